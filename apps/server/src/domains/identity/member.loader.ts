import { loaderByKey, listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { pendingInvitations } from './accept-invitation.ts';
import { membershipsOf } from './account.ts';
import { Account, Member, MemberKind, Team, TeamMember } from './member.entity.ts';
import { Workspace } from './workspace.entity.ts';

export const memberById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Member, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (member) => member.id,
  { lasting: true },
);

/** A person of the workspace, also one who is no longer active: history names them. */
export function findMember(scope: Scope, id: string): Promise<Member | null> {
  return scope.load(memberById, id);
}

export const teamById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Team, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (team) => team.id,
  { lasting: true },
);

const teamIdsByMember = listLoaderByKey(
  (scope, memberIds: readonly string[]) => scope.em.find(TeamMember, { workspaceId: scope.workspaceId, memberId: { $in: [...memberIds] } }),
  (row) => row.memberId,
);

/** The people of the workspace by name. A desk has hundreds at most, so a plain list. */
export function listMembers(scope: Scope): Promise<Member[]> {
  return scope.em.find(
    Member,
    { workspaceId: scope.workspaceId, kind: MemberKind.PERSON, active: true },
    { orderBy: { name: 'asc', id: 'asc' } },
  );
}

export function listTeams(scope: Scope): Promise<Team[]> {
  return scope.em.find(Team, { workspaceId: scope.workspaceId }, { orderBy: { name: 'asc' } });
}

function currentWorkspace(scope: Scope): Promise<Workspace> {
  return scope.em.findOneOrFail(Workspace, { id: scope.workspaceId });
}

/** A member's teams, by name. */
export async function teamsOfMember(scope: Scope, memberId: string): Promise<Team[]> {
  const rows = (await scope.load(teamIdsByMember, memberId)) ?? [];
  const teams = await Promise.all(rows.map((row) => scope.load(teamById, row.teamId)));
  return teams.filter((team) => team !== null).sort((a, b) => a.name.localeCompare(b.name));
}

export interface CurrentViewer {
  readonly member: Member;
  readonly email: string;
  readonly workspace: Workspace;
  readonly permissions: string[];
  readonly secondFactor: boolean;
  /** All in which they are an active member; for a token its own alone. */
  readonly workspaces: readonly Workspace[];
  readonly invitations: readonly Invitation[];
}

/** A workspace that the viewer may join. */
export interface Invitation {
  readonly workspaceId: string;
  readonly workspaceName: string;
}

/** Who is asking, as they may know themselves. */
export async function currentViewer(scope: Scope): Promise<CurrentViewer> {
  const { workspaceId, viewer } = scope;
  const member = await scope.em.findOneOrFail(Member, { workspaceId, id: viewer.memberId });
  const account = member.accountId === null ? null : await scope.em.findOneOrFail(Account, { id: member.accountId });
  const person = viewer.credential?.kind === 'SESSION' ? account : null;
  const places = person ? await membershipsOf(scope.em, person.id) : [member];
  const workspaces = await scope.em.find(
    Workspace,
    { id: { $in: places.map((place) => place.workspaceId) } },
    { orderBy: { name: 'asc' } },
  );
  return {
    member,
    email: member.email,
    workspace: await currentWorkspace(scope),
    permissions: [...viewer.permissions],
    secondFactor: account?.totpConfirmedAt !== null && account !== null,
    workspaces,
    invitations: person ? await invitationsOf(scope, person) : [],
  };
}

async function invitationsOf({ em }: Scope, account: Account): Promise<Invitation[]> {
  const waiting = await pendingInvitations(em, account);
  const workspaces = await em.find(Workspace, { id: { $in: waiting.map(({ workspaceId }) => workspaceId) } });
  const names = new Map(workspaces.map(({ id, name }) => [id, name]));
  return waiting.map(({ workspaceId }) => ({ workspaceId, workspaceName: names.get(workspaceId) ?? '' }));
}
