import { isDeepStrictEqual } from 'node:util';
import { limits } from '@baton/rules';
import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireEmailAddress } from '../../kernel/email-address.ts';
import { AssignmentScope } from '../../kernel/viewer.ts';
import { requireLine } from '../../kernel/text.ts';
import { NameTaken } from '../../kernel/settings-error.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { ReferenceNotFound, Topic } from '../tickets/index.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  Account,
  createInvitationLink,
  createResetLink,
  CustomRole,
  findAccount,
  letterWords,
  Member,
  MemberKind,
  requireConfirmedBrowser,
  Role,
  seesEveryTeam,
  seesEveryTicket,
  Session,
  Team,
  TeamMember,
  Workspace,
} from '../identity/index.ts';
import { LastOwner, MemberNotFound, RoleNotFound, TeamNotFound } from './access.errors.ts';
import { permissionsOfRole, requireCanChange, requireCanGive, requireSettings, type Holding } from './access.policy.ts';

/** What somebody is in the workspace. Everything that is not given stays as it is. */
export interface Place {
  readonly role?: Role | null | undefined;
  /** The role of the workspace's own that a `CUSTOM` role means. */
  readonly customRoleId?: string | null | undefined;
  readonly teamIds?: readonly string[] | null | undefined;
  readonly allTeams?: boolean | null | undefined;
  /** Limits which tickets they can read; none = every topic. */
  readonly topicIds?: readonly string[] | null | undefined;
  readonly assignmentScope?: AssignmentScope | null | undefined;
}

export interface InviteMember extends Place {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly locale?: string | null | undefined;
}

/** How account links reach people. */
export interface LinkDelivery {
  readonly publicUrl: string;
  /** Without a mail server, the inviter is shown the link of a person without an account. */
  readonly sendsMail: boolean;
}

export interface Invited {
  readonly member: Member;
  /** Shown once; null where it was mailed, and for an address with an account, which accepts by signing in. */
  readonly link: string | null;
}

/**
 * Adds a person, who joins by accepting the invitation. Whether the address has an account changes nothing in the answer
 * while emails are delivered.
 */
export function inviteMember(scope: Scope, command: InviteMember, delivery: LinkDelivery): Promise<Invited> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { workspaceId } = tx;
    const name = requireLine('name', command.name, limits.name);
    const email = requireEmailAddress('email', command.email);
    if (await tx.em.findOne(Member, { workspaceId, email })) throw new NameTaken('email', email);
    const member = newMember(tx, { name, email, kind: MemberKind.PERSON, locale: command.locale ?? 'en' });
    await place(tx, member, command);
    const link = await sendInvitation(tx, member, delivery);
    await recordSecurity(tx, SecurityEventKind.MEMBER_INVITED, { subjectId: member.id, details: { email, role: member.role } });
    return { member, link };
  });
}

/** Repeats the invitation of a person who has not accepted it. The earlier link stops working. */
export function inviteAgain(scope: Scope, memberId: string, delivery: LinkDelivery): Promise<Invited> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { member } = await requireChangeable(tx, memberId);
    if (member.kind !== MemberKind.PERSON) throw new MemberNotFound();
    if (member.accountId !== null) throw new InvalidInput(`${member.name} has accepted the invitation already.`, 'memberId');
    const link = await sendInvitation(tx, member, delivery);
    await recordSecurity(tx, SecurityEventKind.MEMBER_INVITED, { subjectId: member.id, details: { again: true } });
    return { member, link };
  });
}

/** Creates a link that sets a member's password, for a member who receives no email. Only this answer contains it. */
export function makeResetLink(scope: Scope, memberId: string, publicUrl: string): Promise<string> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    requireSettings(tx.viewer, 'people.manage');
    const { member, account } = await requireChangeable(tx, memberId);
    if (!account) throw new MemberNotFound();
    // The account may open another workspace, of which this administrator is not one.
    if ((await tx.em.count(Member, { accountId: account.id })) > 1) {
      throw new NotPermitted('This person signs in to other workspaces too. Ask them to use "Forgot password".');
    }
    await recordSecurity(tx, SecurityEventKind.PASSWORD_RESET_ASKED, { subjectId: member.id, details: { by: 'administrator' } });
    return createResetLink(tx.em, account.id, { publicUrl, at: tx.now(), mailed: false });
  });
}

export interface EditMember extends Place {
  readonly memberId: string;
  readonly name?: string | null | undefined;
  /** False ends everything they have open within a second; their name stays in what they did. */
  readonly active?: boolean | null | undefined;
}

/** Changes a member. Their permissions change within a second, also in what is open. */
export function editMember(scope: Scope, command: EditMember): Promise<Member> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { workspaceId } = tx;
    // One change of members at a time: two owners must not step down together.
    await tx.em.findOneOrFail(Workspace, { id: workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const { member } = await requireChangeable(tx, command.memberId);
    const before = describe(member);
    const teamsBefore = await teamIdsOf(tx, member);
    if (command.name) member.name = requireLine('name', command.name, limits.name);
    if (typeof command.active === 'boolean') member.active = command.active;
    await place(tx, member, command);
    if (!member.active) await tx.em.nativeDelete(Session, { workspaceId, memberId: member.id });
    if ((await tx.em.count(Member, { workspaceId, role: Role.OWNER, active: true })) === 0) throw new LastOwner();
    const changes = differences(before, describe(member));
    if (Object.keys(changes).length === 0 && isDeepStrictEqual(await teamIdsOf(tx, member), teamsBefore)) return member;
    await recordSecurity(tx, SecurityEventKind.MEMBER_CHANGED, {
      subjectId: member.id,
      details: { ...changes, ...(command.teamIds ? { teams: command.teamIds.length } : {}) },
    });
    tx.record(domainEvent(accessChanged, null, { memberIds: [member.id] }));
    return member;
  });
}

/** Creates the member of a service account, which acts by tokens alone. */
export async function createMachine(tx: Scope, { name, ...given }: Place & { readonly name: string }): Promise<Member> {
  const line = requireLine('name', name, limits.name);
  const id = newId();
  const member = newMember(tx, { id, name: line, email: `${id}@machine.invalid`, kind: MemberKind.MACHINE, locale: 'en' });
  await place(tx, member, given);
  return member;
}

type NewMember = Pick<Member, 'name' | 'email' | 'kind' | 'locale'> & { readonly id?: string };

function newMember(tx: Scope, { id = newId(), ...person }: NewMember): Member {
  const { workspaceId } = tx;
  return tx.em.create(Member, {
    workspaceId,
    id,
    ...person,
    accountId: null,
    role: Role.GUEST,
    customRoleId: null,
    allTeams: false,
    topicIds: [],
    assignmentScope: AssignmentScope.ANY,
    active: true,
    createdAt: tx.now(),
  });
}

/** Gives a role and teams, and refuses if the member would then hold more than the viewer does. */
async function place(tx: Scope, member: Member, given: Place): Promise<void> {
  const { role, customRoleId, allTeams, teamIds, topicIds, assignmentScope } = given;
  if (role) {
    const custom = role === Role.CUSTOM ? await requireRole(tx, customRoleId ?? null) : null;
    member.role = role;
    member.customRoleId = custom?.id ?? null;
  }
  if (typeof allTeams === 'boolean') member.allTeams = allTeams;
  if (topicIds) member.topicIds = await requireTopics(tx, topicIds);
  if (assignmentScope) member.assignmentScope = assignmentScope;
  await tx.em.persist(member).flush();
  if (teamIds) await joinTeams(tx, member, teamIds);
  requireCanGive(tx.viewer, await holdingOf(tx, member));
}

async function holdingOf(tx: Scope, member: Member): Promise<Holding> {
  const { id: memberId, role, customRoleId, allTeams } = member;
  const custom = customRoleId === null ? null : await requireRole(tx, customRoleId);
  const teamIds = await teamIdsOf(tx, { id: memberId });
  const isLimited = !seesEveryTicket(role);
  const topicIds = isLimited ? member.topicIds : [];
  const assignmentScope = isLimited ? member.assignmentScope : AssignmentScope.ANY;
  const scope = { allTeams: seesEveryTeam(role, allTeams), teamIds, topicIds, assignmentScope };
  return { role, permissions: permissionsOfRole(role, custom), scope };
}

async function requireTopics({ em, workspaceId }: Scope, topicIds: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(topicIds)];
  const known = wanted.every(isId) ? await em.count(Topic, { workspaceId, id: { $in: wanted } }) : -1;
  if (known !== wanted.length) throw new ReferenceNotFound('topicIds', 'topic');
  return wanted;
}

async function teamIdsOf({ em, workspaceId }: Scope, { id: memberId }: Pick<Member, 'id'>): Promise<string[]> {
  const teams = await em.find(TeamMember, { workspaceId, memberId }, { orderBy: { teamId: 'asc' } });
  return teams.map(({ teamId }) => teamId);
}

async function requireRole(tx: Scope, id: string | null): Promise<CustomRole> {
  const role = id !== null && isId(id) ? await tx.em.findOne(CustomRole, { workspaceId: tx.workspaceId, id }) : null;
  if (!role) throw new RoleNotFound('customRoleId');
  return role;
}

async function joinTeams(tx: Scope, { id: memberId }: Member, teamIds: readonly string[]): Promise<void> {
  const { workspaceId } = tx;
  const wanted = [...new Set(teamIds)];
  const known = wanted.every(isId) ? await tx.em.count(Team, { workspaceId, id: { $in: wanted } }) : -1;
  if (known !== wanted.length) throw new TeamNotFound('teamIds');
  await tx.em.nativeDelete(TeamMember, { workspaceId, memberId, teamId: { $nin: wanted } });
  const there = new Set((await tx.em.find(TeamMember, { workspaceId, memberId })).map(({ teamId }) => teamId));
  await tx.em.insertMany(
    TeamMember,
    wanted.filter((teamId) => !there.has(teamId)).map((teamId) => ({ workspaceId, memberId, teamId })),
  );
}

/** A member whom the viewer may change, and their account. */
async function requireChangeable(tx: Scope, id: string): Promise<{ member: Member; account: Account | null }> {
  const { workspaceId, em, viewer } = tx;
  const member = isId(id) ? await em.findOne(Member, { workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!member) throw new MemberNotFound();
  requireCanChange(viewer, await holdingOf(tx, member));
  return { member, account: member.accountId === null ? null : await em.findOneOrFail(Account, { id: member.accountId }) };
}

/** Mails the link of an invitation; without a mail server returns it, for a person without a proven account. */
async function sendInvitation(tx: Scope, member: Member, { publicUrl, sendsMail }: LinkDelivery): Promise<string | null> {
  const { em } = tx;
  const at = tx.now();
  const account = await findAccount(em, member.email);
  if (!sendsMail) return account?.addressProvenAt ? null : createInvitationLink(em, member, { publicUrl, at, mailed: false });
  const { name: workspace } = await em.findOneOrFail(Workspace, { id: tx.workspaceId });
  const link = await createInvitationLink(em, member, { publicUrl, at, mailed: true });
  const letter = letterWords(member.locale, account ? 'JOIN' : 'INVITATION', { name: member.name, workspace, link });
  await post(em, { workspaceId: null, recipient: member.email, ...letter }, at);
  return null;
}

function describe({ name, role, customRoleId, allTeams, topicIds, assignmentScope, active }: Member) {
  return { name, role, customRoleId, allTeams, topics: topicIds.join(', '), assignmentScope, active };
}

/** The fields that changed, each as `old → new`. */
function differences<T extends object>(before: T, after: T): Record<string, string> {
  const changed = (Object.keys(after) as (keyof T & string)[]).filter((field) => before[field] !== after[field]);
  return Object.fromEntries(changed.map((field) => [field, `${String(before[field])} → ${String(after[field])}`]));
}
