import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { ownership, type AssignmentScope, type Permission, type Viewer } from '../../kernel/viewer.ts';
import { joined } from '../../platform/joined.ts';
import { hashSecret } from '../../platform/keys.ts';
import { AccessToken, Session } from './credential.entity.ts';
import { CustomRole, TeamMember, type Member } from './member.entity.ts';
import { permissionsOf, seesEveryTeam, seesEveryTicket } from './role.policy.ts';

const lastUsedStepMs = 60_000;

/** What each credential among some hashes gives, as one row: parameters are the hashes and the instant, twice. */
const credentials = `
  with credential as (
    select s.token_hash, s.workspace_id, s.id, s.member_id, null::text[] as permissions, s.last_used_at, s.confirmed_at,
      w.second_factor_required and not s.single_sign_on and a.totp_confirmed_at is null as unsecured
    from session s join workspace w on w.id = s.workspace_id join account a on a.id = s.account_id
    where s.token_hash = any(?::text[]) and s.expires_at > ?
    union all
    select token_hash, workspace_id, id, member_id, permissions, last_used_at, null, false from access_token
    where token_hash = any(?::text[]) and revoked_at is null and (expires_at is null or expires_at > ?)
  )
  select c.token_hash, c.workspace_id, c.id, c.member_id, to_json(c.permissions) as part, c.last_used_at, c.confirmed_at, c.unsecured, m.role, m.all_teams, m.assignment_scope,
    case when cardinality(m.topic_ids) > 0 then to_json(topics_under(m.workspace_id, m.topic_ids)) end as topics,
    to_json(r.permissions) as own,
    to_json(array(select t.team_id from team_member t where t.workspace_id = m.workspace_id and t.member_id = m.id order by t.team_id)) as teams
  from credential c
  join member m on m.workspace_id = c.workspace_id and m.id = c.member_id and m.active
  left join custom_role r on r.workspace_id = m.workspace_id and r.id = m.custom_role_id`;

interface Credential {
  readonly token_hash: string;
  readonly workspace_id: string;
  readonly id: string;
  readonly member_id: string;
  /** What a token was given of its owner's rights; null = all of them. */
  readonly part: Permission[] | null;
  readonly last_used_at: string | null;
  /** Of a session; null for a token. */
  readonly confirmed_at: string | null;
  readonly unsecured: boolean;
  readonly role: string;
  readonly all_teams: boolean;
  /** Of a role of the workspace's own; null for a built-in one. */
  readonly own: Permission[] | null;
  readonly teams: string[];
  readonly assignment_scope: AssignmentScope;
  /** Null = every topic. */
  readonly topics: string[] | null;
}

function readCredentials(em: EntityManager, clock: Clock, hashes: readonly string[]): Promise<Credential[]> {
  const now = clock();
  const list = `{${hashes.join(',')}}`;
  return em.execute(credentials, [list, now, list, now]);
}

/** Why a token opens nothing. */
export const TokenState = { UNKNOWN: 'UNKNOWN', EXPIRED: 'EXPIRED', REVOKED: 'REVOKED' } as const;
export type TokenState = (typeof TokenState)[keyof typeof TokenState];

/** The state of a token that `authenticate` refused. The tokens of a member who was deactivated count as revoked. */
export async function stateOfToken(em: EntityManager, clock: Clock, secret: string): Promise<TokenState> {
  const token = await em.findOne(AccessToken, { tokenHash: hashSecret(secret) });
  if (!token) return TokenState.UNKNOWN;
  return token.revokedAt === null && token.expiresAt !== null && token.expiresAt <= clock() ? TokenState.EXPIRED : TokenState.REVOKED;
}

/** Whom a session's or a token's secret stands for at this moment; null for nobody. */
export async function authenticate(em: EntityManager, clock: Clock, secret: string): Promise<Viewer | null> {
  const [found] = await readCredentials(em, clock, [hashSecret(secret)]);
  if (!found) return null;
  await noteUse(em, clock(), found);
  return viewerBehind(found);
}

/**
 * The same as each request asks it. Requests at the same time share the read of all their credentials, and those with one
 * credential share the note of its use: many of them must not take all connections to update one row.
 */
export function authenticator(openEm: () => EntityManager, clock: Clock): (secret: string) => Promise<Viewer | null> {
  const find = joined(async (hashes: readonly string[]) => {
    const found = new Map((await readCredentials(openEm(), clock, hashes)).map((row) => [row.token_hash, row]));
    return hashes.map((hash) => found.get(hash) ?? null);
  });
  const noting = new Map<string, Promise<void>>();
  const note = (found: Credential) => {
    const running = noting.get(found.id) ?? noteUse(openEm(), clock(), found).finally(() => noting.delete(found.id));
    noting.set(found.id, running);
    return running;
  };
  return async (secret) => {
    const found = await find(hashSecret(secret));
    if (!found) return null;
    await note(found);
    return viewerBehind(found);
  };
}

/** Stores that a credential is used now, where the stored time is old. */
async function noteUse(em: EntityManager, now: Date, found: Credential): Promise<void> {
  const { workspace_id: workspaceId, id, last_used_at: lastUsedAt, confirmed_at: confirmedAt } = found;
  if (!isStale(lastUsedAt === null ? null : new Date(lastUsedAt), now)) return;
  if (confirmedAt === null) await em.nativeUpdate(AccessToken, { workspaceId, id }, { lastUsedAt: now });
  else await em.nativeUpdate(Session, { workspaceId, id }, { lastUsedAt: now });
}

function viewerBehind(found: Credential): Viewer {
  const { workspace_id: workspaceId, id, member_id: memberId, part, unsecured, role, own } = found;
  const member = { workspaceId, id: memberId, role, allTeams: found.all_teams, assignmentScope: found.assignment_scope };
  const viewer = partOf(asViewer(member, own ?? permissionsOf(role), { teamIds: found.teams, topicIds: found.topics }), part);
  if (found.confirmed_at === null) return { ...viewer, credential: { kind: 'TOKEN', id } };
  return { ...viewer, unsecured, credential: { kind: 'SESSION', id, confirmedAt: new Date(found.confirmed_at) } };
}

/**
 * The rights behind many secrets in one round trip, as words that are equal when the rights are. Secrets that stand for
 * nobody are left out. Does not count as use of a token.
 */
export async function rightsBehind(em: EntityManager, clock: Clock, secrets: readonly string[]): Promise<Map<string, string>> {
  const bySecret = new Map(secrets.map((secret) => [hashSecret(secret), secret]));
  const rows = await readCredentials(em, clock, [...bySecret.keys()]);
  return new Map(
    rows.map(({ token_hash: hash, part, unsecured, role, own, all_teams: allTeams, teams, topics, assignment_scope: assignment }) => [
      bySecret.get(hash) ?? '',
      JSON.stringify([part, unsecured, role, own, allTeams, teams, topics, assignment]),
    ]),
  );
}

/** A member's rights as they are now, or the part of them that a token was given. */
export async function viewerOf(em: EntityManager, member: Member, part: readonly Permission[] | null = null): Promise<Viewer> {
  return partOf((await viewersOf(em, [member]))(member), part);
}

function partOf(viewer: Viewer, part: readonly Permission[] | null): Viewer {
  if (part === null) return viewer;
  const permissions = new Set(viewer.permissions).intersection(new Set(part));
  // A part of an owner's permissions never makes an owner.
  permissions.delete(ownership);
  return { ...viewer, permissions, partial: true };
}

/** The same for many members, in two queries. */
export async function viewersOf(em: EntityManager, members: readonly Member[]): Promise<(member: Member) => Viewer> {
  const ids = members.map(({ id }) => id);
  const [first] = members;
  const teams = first ? await em.find(TeamMember, { workspaceId: first.workspaceId, memberId: { $in: ids } }) : [];
  const roleIds = members.flatMap(({ customRoleId }) => customRoleId ?? []);
  const roles = first && roleIds.length > 0 ? await em.find(CustomRole, { workspaceId: first.workspaceId, id: { $in: roleIds } }) : [];
  const topicsOf = await topicsOfMembers(em, members);
  const teamsOf = Map.groupBy(teams, ({ memberId }) => memberId);
  return (member) => {
    const own = roles.find(({ id }) => id === member.customRoleId);
    const teamIds = (teamsOf.get(member.id) ?? []).map(({ teamId }) => teamId);
    return asViewer(member, own?.permissions ?? permissionsOf(member.role), { teamIds, topicIds: topicsOf.get(member.id) ?? null });
  };
}

/** The topics of the limited ones among some members, with the topics under them. */
async function topicsOfMembers(em: EntityManager, members: readonly Member[]): Promise<Map<string, string[]>> {
  const limited = members.filter(({ topicIds }) => topicIds.length > 0);
  const rows = await Promise.all(
    limited.map(async ({ id, workspaceId, topicIds }): Promise<[string, string[]]> => {
      const [row]: { topics: string[] }[] = await em.execute('select to_json(topics_under(?, ?::uuid[])) as topics', [
        workspaceId,
        `{${topicIds.join(',')}}`,
      ]);
      return [id, row?.topics ?? []];
    }),
  );
  return new Map(rows);
}

interface Reach {
  readonly teamIds: readonly string[];
  /** Null = every topic. */
  readonly topicIds: readonly string[] | null;
}

function asViewer(
  member: Pick<Member, 'workspaceId' | 'id' | 'allTeams' | 'assignmentScope'> & { readonly role: string },
  held: readonly Permission[],
  { teamIds, topicIds }: Reach,
): Viewer {
  const isLimited = !seesEveryTicket(member.role);
  return {
    kind: 'MEMBER',
    workspaceId: member.workspaceId,
    memberId: member.id,
    permissions: new Set(held),
    partial: false,
    allTeams: seesEveryTeam(member.role, member.allTeams),
    teamIds: new Set(teamIds),
    ...(isLimited && topicIds ? { topicIds: new Set(topicIds) } : {}),
    ...(isLimited ? { assignmentScope: member.assignmentScope } : {}),
  };
}

/** To the minute is enough, and spares a write on every request. */
function isStale(lastUsedAt: Date | null, now: Date): boolean {
  return !lastUsedAt || now.getTime() - lastUsedAt.getTime() > lastUsedStepMs;
}
