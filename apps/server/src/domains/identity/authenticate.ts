import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import type { Permission, Viewer } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';
import { AccessToken, Session } from './credential.entity.ts';
import { Account, CustomRole, Member, TeamMember } from './member.entity.ts';
import { permissionsOf, seesEveryTeam } from './role.policy.ts';
import { Workspace } from './workspace.entity.ts';

const lastUsedStepMs = 60_000;

/** Whom a session's or a token's secret stands for at this moment; null for nobody. */
export async function authenticate(em: EntityManager, clock: Clock, secret: string): Promise<Viewer | null> {
  const credential = secret.startsWith('session_') ? await useSession(em, clock, secret) : await useToken(em, clock, secret);
  if (!credential) return null;
  const { workspaceId, memberId } = credential;
  const member = await em.findOne(Member, { workspaceId, id: memberId, active: true });
  if (!member) return null;
  if (credential instanceof AccessToken) return viewerOf(em, member, credential.permissions);
  return { ...(await viewerOf(em, member)), unsecured: await lacksSecondFactor(em, credential) };
}

/** Whether the workspace asks for a second factor and this browser came in without one. Programs have none to ask for. */
async function lacksSecondFactor(em: EntityManager, { workspaceId, accountId, singleSignOn }: Session): Promise<boolean> {
  const { secondFactorRequired } = await em.findOneOrFail(Workspace, { id: workspaceId });
  return secondFactorRequired && !singleSignOn && (await em.findOneOrFail(Account, { id: accountId })).totpConfirmedAt === null;
}

/**
 * The rights behind many secrets in one round trip, as words that are equal when the rights are. Secrets that stand for
 * nobody are left out. Does not count as use of a token.
 */
export async function rightsBehind(em: EntityManager, clock: Clock, secrets: readonly string[]): Promise<Map<string, string>> {
  const now = clock();
  const bySecret = new Map(secrets.map((secret) => [hashSecret(secret), secret]));
  const hashes = `{${[...bySecret.keys()].join(',')}}`;
  const rows: { token_hash: string; rights: unknown }[] = await em.execute(
    `with credential as (
       select s.token_hash, s.workspace_id, s.member_id, null::text[] as permissions,
         w.second_factor_required and not s.single_sign_on and a.totp_confirmed_at is null as unsecured
       from session s join workspace w on w.id = s.workspace_id join account a on a.id = s.account_id
       where s.token_hash = any(?::text[]) and s.expires_at > ?
       union all
       select token_hash, workspace_id, member_id, permissions, false from access_token
       where token_hash = any(?::text[]) and revoked_at is null and (expires_at is null or expires_at > ?)
     )
     select c.token_hash, json_build_array(c.permissions, c.unsecured, m.role, r.permissions, m.all_teams,
       array(select t.team_id from team_member t where t.workspace_id = m.workspace_id and t.member_id = m.id order by t.team_id)) as rights
     from credential c
     join member m on m.workspace_id = c.workspace_id and m.id = c.member_id and m.active
     left join custom_role r on r.workspace_id = m.workspace_id and r.id = m.custom_role_id`,
    [hashes, now, hashes, now],
  );
  return new Map(rows.map(({ token_hash, rights }) => [bySecret.get(token_hash) ?? '', JSON.stringify(rights)]));
}

/** A member's rights as they are now, or the part of them that a token was given. */
export async function viewerOf(em: EntityManager, member: Member, part: readonly Permission[] | null = null): Promise<Viewer> {
  const { workspaceId } = member;
  const teams = await em.find(TeamMember, { workspaceId, memberId: member.id });
  const viewer = asViewer(
    member,
    await permissionsOfMember(em, member),
    teams.map(({ teamId }) => teamId),
  );
  return part === null ? viewer : { ...viewer, permissions: new Set(viewer.permissions).intersection(new Set(part)), partial: true };
}

/** The same for many members, in two queries. */
export async function viewersOf(em: EntityManager, members: readonly Member[]): Promise<(member: Member) => Viewer> {
  const ids = members.map(({ id }) => id);
  const [first] = members;
  const teams = first ? await em.find(TeamMember, { workspaceId: first.workspaceId, memberId: { $in: ids } }) : [];
  const roleIds = members.flatMap(({ customRoleId }) => customRoleId ?? []);
  const roles = first && roleIds.length > 0 ? await em.find(CustomRole, { workspaceId: first.workspaceId, id: { $in: roleIds } }) : [];
  const teamsOf = Map.groupBy(teams, ({ memberId }) => memberId);
  return (member) => {
    const own = roles.find(({ id }) => id === member.customRoleId);
    const teamIds = (teamsOf.get(member.id) ?? []).map(({ teamId }) => teamId);
    return asViewer(member, own?.permissions ?? permissionsOf(member.role), teamIds);
  };
}

function asViewer(member: Member, held: readonly Permission[], teamIds: readonly string[]): Viewer {
  return {
    kind: 'MEMBER',
    workspaceId: member.workspaceId,
    memberId: member.id,
    role: member.role,
    permissions: new Set(held),
    partial: false,
    allTeams: seesEveryTeam(member.role, member.allTeams),
    teamIds: new Set(teamIds),
  };
}

async function permissionsOfMember(em: EntityManager, { workspaceId, role, customRoleId }: Member): Promise<readonly Permission[]> {
  if (customRoleId === null) return permissionsOf(role);
  return (await em.findOneOrFail(CustomRole, { workspaceId, id: customRoleId })).permissions;
}

async function useSession(em: EntityManager, clock: Clock, secret: string): Promise<Session | null> {
  const now = clock();
  const session = await em.findOne(Session, { tokenHash: hashSecret(secret), expiresAt: { $gt: now } });
  if (session && isStale(session.lastUsedAt, now)) {
    await em.nativeUpdate(Session, { workspaceId: session.workspaceId, id: session.id }, { lastUsedAt: now });
  }
  return session;
}

/** To the minute is enough, and spares a write on every request. */
function isStale(lastUsedAt: Date | null, now: Date): boolean {
  return !lastUsedAt || now.getTime() - lastUsedAt.getTime() > lastUsedStepMs;
}

async function useToken(em: EntityManager, clock: Clock, secret: string): Promise<AccessToken | null> {
  const now = clock();
  const token = await em.findOne(AccessToken, { tokenHash: hashSecret(secret), revokedAt: null });
  if (!token || (token.expiresAt && token.expiresAt <= now)) return null;
  if (isStale(token.lastUsedAt, now)) {
    await em.nativeUpdate(AccessToken, { workspaceId: token.workspaceId, id: token.id }, { lastUsedAt: now });
  }
  return token;
}
