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

/** `authenticate` for many secrets in one round trip a kind of row; does not count as use of a token. */
export async function authenticateAll(em: EntityManager, clock: Clock, secrets: readonly string[]): Promise<Map<string, Viewer | null>> {
  const now = clock();
  const hashes = new Map(secrets.map((secret) => [hashSecret(secret), secret]));
  const tokenHash = { $in: [...hashes.keys()] };
  const sessions = await em.find(Session, { tokenHash, expiresAt: { $gt: now } });
  const tokens = await em.find(AccessToken, { tokenHash, revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] });
  const credentials = [...sessions, ...tokens];
  const memberIds = [...new Set(credentials.map(({ memberId }) => memberId))];
  const members = await em.find(Member, {
    id: { $in: memberIds },
    workspaceId: { $in: credentials.map((one) => one.workspaceId) },
    active: true,
  });
  const teams = Map.groupBy(await em.find(TeamMember, { memberId: { $in: memberIds } }), ({ memberId }) => memberId);
  const viewers = new Map<string, Viewer | null>(secrets.map((secret) => [secret, null]));
  for (const credential of credentials) {
    const member = members.find(({ id, workspaceId }) => id === credential.memberId && workspaceId === credential.workspaceId);
    if (member) viewers.set(hashes.get(credential.tokenHash) ?? '', viewerIn(member, teams.get(member.id) ?? []));
  }
  return viewers;
}

/** A member's rights as they are now. */
export async function viewerOf(em: EntityManager, member: Member): Promise<Viewer> {
  const { workspaceId } = member;
  return viewerIn(member, await em.find(TeamMember, { workspaceId, memberId: member.id }));
}

function viewerIn(member: Member, teams: readonly TeamMember[]): Viewer {
  return {
    kind: 'MEMBER',
    workspaceId: member.workspaceId,
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
