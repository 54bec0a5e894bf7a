import { limits } from '@baton/rules';
import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { NameTaken } from '../../kernel/settings-error.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  Account,
  CustomRole,
  findAccount,
  LetterKind,
  letterWords,
  makeLink,
  Member,
  MemberKind,
  Role,
  Session,
  Team,
  TeamMember,
  Workspace,
} from '../identity/index.ts';
import { LastOwner, MemberNotFound, RoleNotFound, TeamNotFound } from './access.errors.ts';
import { canChange, canGiveRole, permissionsOfRole, requireSettings } from './access.policy.ts';

/** What somebody is in the workspace. Everything that is not given stays as it is. */
export interface Place {
  readonly role?: Role | null | undefined;
  /** The role of the workspace's own that a `CUSTOM` role means. */
  readonly customRoleId?: string | null | undefined;
  readonly teamIds?: readonly string[] | null | undefined;
  readonly allTeams?: boolean | null | undefined;
}

export interface InviteMember extends Place {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly locale?: string | null | undefined;
}

/** Adds a person, and sends them a link by which they choose a password; who has an account already is only told. */
export function inviteMember(scope: Scope, command: InviteMember, publicUrl: string): Promise<Member> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { workspaceId } = tx;
    const at = tx.now();
    const name = requireLine('name', command.name, limits.name);
    const email = requireLine('email', command.email, limits.email).toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new InvalidInput(`"${email}" is no e-mail address. Write it as name@example.org.`, 'email');
    if (await tx.em.findOne(Member, { workspaceId, email })) throw new NameTaken('email', email);
    const known = await findAccount(tx.em, email);
    const account =
      known ??
      tx.em.create(Account, {
        id: newId(),
        email,
        passwordHash: null,
        totpSecret: null,
        totpConfirmedAt: null,
        totpLastStep: null,
        createdAt: at,
      });
    const member = await newMember(tx, { name, email, accountId: account.id, kind: MemberKind.PERSON, locale: command.locale ?? 'en' });
    await take(tx, member, command);
    await tx.em.persist([account, member]).flush();
    await joinTeams(tx, member, command.teamIds ?? []);
    await sendInvitation(tx, member, account, publicUrl);
    await recordSecurity(tx, SecurityEventKind.MEMBER_INVITED, { subjectId: member.id, details: { email, role: member.role } });
    return member;
  });
}

/** Sends the link once more; the one before opens nothing any more. */
export function inviteAgain(scope: Scope, memberId: string, publicUrl: string): Promise<Member> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { member, account } = await requireChangeable(tx, memberId);
    if (!account) throw new MemberNotFound();
    await sendInvitation(tx, member, account, publicUrl);
    await recordSecurity(tx, SecurityEventKind.MEMBER_INVITED, { subjectId: member.id, details: { again: true } });
    return member;
  });
}

/** A link by which somebody who cannot get a letter chooses a new password. It is in the answer and nowhere else. */
export function makeResetLink(scope: Scope, memberId: string, publicUrl: string): Promise<string> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { member, account } = await requireChangeable(tx, memberId);
    if (!account) throw new MemberNotFound();
    // An account may be a member elsewhere, where this administrator has no say.
    if ((await tx.em.count(Member, { accountId: account.id })) > 1) {
      throw new NotPermitted('This person works in other workspaces too. Let them ask for a letter with "Forgot password".');
    }
    await recordSecurity(tx, SecurityEventKind.PASSWORD_RESET_ASKED, { subjectId: member.id, details: { by: 'administrator' } });
    return makeLink(tx.em, publicUrl, LetterKind.RESET, account.id, tx.now());
  });
}

export interface EditMember extends Place {
  readonly memberId: string;
  readonly name?: string | null | undefined;
  /** False ends everything they have open within a second; their name stays in what they did. */
  readonly active?: boolean | null | undefined;
}

/** Changes what somebody is. Their rights are others within a second, also in what is open. */
export function editMember(scope: Scope, command: EditMember): Promise<Member> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const { workspaceId } = tx;
    // One change of people at a time: two owners must not step down together.
    await tx.em.findOneOrFail(Workspace, { id: workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const { member } = await requireChangeable(tx, command.memberId);
    const before = describe(member);
    if (command.name) member.name = requireLine('name', command.name, limits.name);
    await take(tx, member, command);
    if (typeof command.active === 'boolean') member.active = command.active;
    await tx.em.flush();
    if (command.teamIds) await joinTeams(tx, member, command.teamIds);
    if (!member.active) await tx.em.nativeDelete(Session, { workspaceId, memberId: member.id });
    if ((await tx.em.count(Member, { workspaceId, role: Role.OWNER, active: true })) === 0) throw new LastOwner();
    await recordSecurity(tx, SecurityEventKind.MEMBER_CHANGED, {
      subjectId: member.id,
      details: { ...differences(before, describe(member)), ...(command.teamIds ? { teams: command.teamIds.length } : {}) },
    });
    tx.record(domainEvent(accessChanged, null, { memberIds: [member.id] }));
    return member;
  });
}

/** A member for a program. It signs in nowhere: its tokens act for it. */
export async function createMachine(tx: Scope, { name, ...place }: Place & { readonly name: string }): Promise<Member> {
  const line = requireLine('name', name, limits.name);
  const id = newId();
  const member = await newMember(tx, {
    id,
    name: line,
    email: `${id}@machine.invalid`,
    accountId: null,
    kind: MemberKind.MACHINE,
    locale: 'en',
  });
  await take(tx, member, place);
  await tx.em.persist(member).flush();
  await joinTeams(tx, member, place.teamIds ?? []);
  return member;
}

type NewMember = Pick<Member, 'name' | 'email' | 'accountId' | 'kind' | 'locale'> & { readonly id?: string };

async function newMember(tx: Scope, { id = newId(), ...person }: NewMember): Promise<Member> {
  const { workspaceId } = tx;
  return tx.em.create(Member, {
    workspaceId,
    id,
    ...person,
    role: Role.GUEST,
    customRoleId: null,
    allTeams: false,
    active: true,
    createdAt: tx.now(),
  });
}

/** Gives a role and a scope that the viewer may give. */
async function take(tx: Scope, member: Member, { role, customRoleId, allTeams }: Place): Promise<void> {
  if (role) {
    const custom = role === Role.CUSTOM ? await requireRole(tx, customRoleId ?? null) : null;
    if (!canGiveRole(tx.viewer, role, permissionsOfRole(role, custom))) {
      throw new NotPermitted(`You cannot make somebody ${role}: it may do what you may not.`);
    }
    member.role = role;
    member.customRoleId = custom?.id ?? null;
  }
  if (typeof allTeams === 'boolean') member.allTeams = allTeams;
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
  const custom = member.customRoleId === null ? null : await requireRole(tx, member.customRoleId);
  if (!canChange(viewer, member, permissionsOfRole(member.role, custom))) {
    throw new NotPermitted(`You cannot change somebody who is ${member.role}: they may do what you may not.`);
  }
  return { member, account: member.accountId === null ? null : await em.findOneOrFail(Account, { id: member.accountId }) };
}

async function sendInvitation(tx: Scope, member: Member, account: Account, publicUrl: string): Promise<void> {
  const at = tx.now();
  const { name: workspace } = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
  const isNew = account.passwordHash === null;
  const link = isNew ? await makeLink(tx.em, publicUrl, LetterKind.INVITATION, account.id, at) : `${publicUrl}/sign-in`;
  const letter = letterWords(member.locale, isNew ? 'INVITATION' : 'ADDED', { name: member.name, workspace, link });
  await post(tx.em, { workspaceId: tx.workspaceId, recipient: account.email, ...letter }, at);
}

function describe({ name, role, customRoleId, allTeams, active }: Member) {
  return { name, role, customRoleId, allTeams, active };
}

/** The fields that became others, each as `old → new`. */
function differences<T extends object>(before: T, after: T): Record<string, string> {
  const changed = (Object.keys(after) as (keyof T & string)[]).filter((field) => before[field] !== after[field]);
  return Object.fromEntries(changed.map((field) => [field, `${String(before[field])} → ${String(after[field])}`]));
}
