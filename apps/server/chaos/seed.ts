import { openDesk } from '../src/desk.ts';
import { AccessToken, Team, TeamMember, type Role } from '../src/domains/identity/index.ts';
import { hashSecret } from '../src/platform/keys.ts';
import { createMember, createWorkspace } from '../src/domains/onboarding/index.ts';
import { createTicket, listStatuses } from '../src/domains/tickets/index.ts';
import { newId } from '../src/kernel/id.ts';
import { createLogger } from '../src/platform/logger.ts';
import type { ClientPlan, Draw } from './plan.ts';
import type { ModelTicket } from './writers.ts';

export type ChaosDesk = Awaited<ReturnType<typeof seedDesk>>;

/** Lists of all kinds under all kinds of rights, programs that want every event, counts, single tickets. */
export function planClients(desk: ChaosDesk, draw: Draw, count: number): ClientPlan[] {
  return Array.from({ length: count }, (_, index): ClientPlan => {
    const name = `client ${index}`;
    if (index % 10 === 0) return { name, token: desk.owner, follows: 'events' };
    const { token } = draw.one(desk.people);
    if (index % 10 === 1) return { name, token, follows: 'counts' };
    if (index % 10 === 2) return { name, token, follows: 'ticket', ticketId: draw.one(desk.tickets).id };
    return { name, token, follows: 'list', filter: filter(desk, draw, 0) };
  });
}

function filter(desk: ChaosDesk, draw: Draw, depth: number): object {
  const part: Record<string, unknown> = {};
  const { teams, assignees } = desk.choices;
  if (draw.chance(0.3)) part.priorities = draw.some(['LOW', 'NORMAL', 'HIGH', 'CRITICAL']);
  if (draw.chance(0.3)) part.categories = draw.some(['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING', 'RESOLVED']);
  if (draw.chance(0.15)) part.teamIds = draw.some(teams);
  if (draw.chance(0.15)) part.assigneeIds = draw.some(assignees);
  if (draw.chance(0.1)) part.mine = true;
  if (draw.chance(0.1)) part.myTeams = true;
  if (draw.chance(0.1)) part.unassigned = true;
  if (draw.chance(0.1)) part.inStatusMinutes = draw.one([0, 1]);
  if (draw.chance(0.1)) part.dueWithinMinutes = draw.one([60, 600]);
  if (depth < 2 && draw.chance(0.2)) part.any = [filter(desk, draw, depth + 1), filter(desk, draw, depth + 1)];
  if (depth < 2 && draw.chance(0.2)) part.not = filter(desk, draw, depth + 2);
  return part;
}

/** A desk of people under all kinds of rights, with 64 tickets. */
export async function seedDesk(databaseUrl: string, draw: Draw) {
  const at = new Date();
  const opened = await openDesk({ databaseUrl, redisUrl: null, databasePool: 4, resumeDays: 7 }, createLogger('fatal'));
  const em = opened.orm.em.fork();
  const { id: workspaceId } = await em.transactional((tx) => createWorkspace(tx, { name: 'Chaos', slug: 'chaos', demo: false, at }));
  const teams = [newId(), newId(), newId()];
  await em.insertMany(
    Team,
    teams.map((id, index) => ({ workspaceId, id, name: `Team ${index}` })),
  );
  const roles: readonly Role[] = ['OWNER', 'SUPERVISOR', 'AGENT', 'AGENT', 'AGENT', 'LIGHT_AGENT', 'GUEST'];
  const people: { id: string; token: string; role: Role }[] = [];
  const memberships: { memberId: string; teamId: string }[] = [];
  for (const [index, role] of [...roles, ...roles].entries()) {
    const member = await createMember(em, {
      workspaceId,
      name: `Person ${index}`,
      email: `p${index}@chaos.test`,
      password: 'correct horse',
      role,
      at,
      allTeams: role === 'OWNER',
    });
    const token = `baton_${crypto.randomUUID()}`;
    await em.insert(AccessToken, {
      workspaceId,
      id: newId(),
      memberId: member.id,
      name: 'chaos',
      tokenHash: hashSecret(token),
      hint: '',
      permissions: null,
      createdAt: at,
      expiresAt: null,
      lastUsedAt: at,
      revokedAt: null,
    });
    const own = teams.filter((_, place) => (index + place) % 3 === 0);
    await em.insertMany(
      TeamMember,
      own.map((teamId) => ({ workspaceId, teamId, memberId: member.id })),
    );
    people.push({ id: member.id, token, role });
    // Not of the owner, by whose token the programs follow: other teams are other rights, and they would have to load anew.
    if (role !== 'OWNER') memberships.push(...own.map((teamId) => ({ memberId: member.id, teamId })));
  }
  const statuses = await listStatuses(opened.systemScope(workspaceId));
  const tickets: ModelTicket[] = [];
  for (let index = 0; index < 64; index++) {
    const teamId = draw.one([null, ...teams]);
    const { id, subject, priority, statusId } = await createTicket(opened.systemScope(workspaceId), { subject: `Ticket ${index}`, teamId });
    tickets.push({ id, subject, priority, teamId, statusId, assigneeId: null, tags: new Set(), notes: [] });
  }
  await opened.close();
  const choices = {
    teams,
    firstStatus: statuses.find(({ category }) => category === 'NEW')?.id ?? '',
    statuses: statuses.filter(({ category }) => category !== 'NEW').map(({ id }) => id),
    assignees: people.filter(({ role }) => role !== 'LIGHT_AGENT' && role !== 'GUEST').map(({ id }) => id),
  };
  const ticketIds = tickets.map(({ id }) => id);
  return { workspaceId, people, memberships, tickets, ticketIds, choices, owner: people[0]?.token ?? '' };
}
