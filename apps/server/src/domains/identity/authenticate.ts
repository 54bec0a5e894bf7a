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
