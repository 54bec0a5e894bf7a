import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { AccessToken, Session } from './credential.entity.ts';
import { Member, TeamMember } from './member.entity.ts';
import { permissionsOf, seesEveryTeam } from './role.policy.ts';
import { hashSecret } from './secret.ts';

const lastUsedStepMs = 60_000;

/** Whom a session's or a token's secret stands for at this moment; null for nobody. */
export async function authenticate(em: EntityManager, clock: Clock, secret: string): Promise<Viewer | null> {
  const credential = secret.startsWith('session_')
    ? await em.findOne(Session, { tokenHash: hashSecret(secret), expiresAt: { $gt: clock() } })
    : await useToken(em, clock, secret);
  if (!credential) return null;
  const { workspaceId, memberId } = credential;
  const member = await em.findOne(Member, { workspaceId, id: memberId, active: true });
  return member && viewerOf(em, member);
}

/**
 * The rights behind many secrets in one round trip, as words that are equal when the rights are. Secrets that stand for
 * nobody are left out. Does not count as use of a token.
 */
export async function rightsBehind(em: EntityManager, clock: Clock, secrets: readonly string[]): Promise<Map<string, string>> {
  const now = clock();
  const bySecret = new Map(secrets.map((secret) => [hashSecret(secret), secret]));
  const hashes = `{${[...bySecret.keys()].join(',')}}`;
  const rows: { token_hash: string; role: string; all_teams: boolean; teams: string[] }[] = await em.execute(
    `with credential as (
       select token_hash, workspace_id, member_id from session where token_hash = any(?::text[]) and expires_at > ?
       union all
       select token_hash, workspace_id, member_id from access_token
       where token_hash = any(?::text[]) and revoked_at is null and (expires_at is null or expires_at > ?)
     )
     select c.token_hash, m.role, m.all_teams,
       array(select t.team_id from team_member t where t.workspace_id = m.workspace_id and t.member_id = m.id order by t.team_id) as teams
     from credential c join member m on m.workspace_id = c.workspace_id and m.id = c.member_id and m.active`,
    [hashes, now, hashes, now],
  );
  return new Map(rows.map((row) => [bySecret.get(row.token_hash) ?? '', `${row.role} ${row.all_teams} ${String(row.teams)}`]));
}

/** A member's rights as they are now. */
export async function viewerOf(em: EntityManager, member: Member): Promise<Viewer> {
  const { workspaceId } = member;
  const teams = await em.find(TeamMember, { workspaceId, memberId: member.id });
  return {
    kind: 'MEMBER',
    workspaceId,
    memberId: member.id,
    role: member.role,
    permissions: permissionsOf(member.role),
    allTeams: seesEveryTeam(member.role, member.allTeams),
    teamIds: new Set(teams.map((team) => team.teamId)),
  };
}

async function useToken(em: EntityManager, clock: Clock, secret: string): Promise<AccessToken | null> {
  const now = clock();
  const token = await em.findOne(AccessToken, { tokenHash: hashSecret(secret), revokedAt: null });
  if (!token || (token.expiresAt && token.expiresAt <= now)) return null;
  // To the minute is enough, and spares a write on every request.
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > lastUsedStepMs) {
    await em.nativeUpdate(AccessToken, { workspaceId: token.workspaceId, id: token.id }, { lastUsedAt: now });
  }
  return token;
}
