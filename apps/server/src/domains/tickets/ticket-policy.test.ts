import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { viewerOf } from '../identity/index.ts';
import { findTicket, letIn, visibleTickets } from './index.ts';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

it('sees in a list exactly the tickets it sees one by one, for generated people and tickets', async () => {
  const teams = [await world.team(), await world.team()];
  const roles = ['OWNER', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST'] as const;
  const people: Person[] = [];
  for (const role of roles) for (const own of [[], [teams[0] ?? ''], teams]) people.push(await world.person(role, { teams: own }));
  const tickets: string[] = [];
  const ticketShape = fc.record({
    teamId: fc.constantFrom(null, ...teams),
    assigneeId: fc.constantFrom(null, ...people.map(({ id }) => id)),
    letIn: fc.subarray(people.map(({ id }) => id)),
    deleted: fc.boolean(),
  });
  for (const shape of fc.sample(ticketShape, { numRuns: 80, seed: 7 })) {
    const { id } = await world.ticket({ teamId: shape.teamId, assigneeId: shape.assigneeId });
    await world.desk.systemScope(world.workspaceId).transaction((tx) => letIn(tx, id, shape.letIn, 'test'));
    if (shape.deleted) await world.sql('update ticket set deleted_at = now() where id = ?', [id]);
    tickets.push(id);
  }

  for (const { member } of people) {
    const viewer = await viewerOf(world.desk.orm.em.fork(), member);
    const scope = world.desk.scopeFor(viewer);
    const { sql, parameters } = visibleTickets(viewer);
    const listed = await world.sql<{ id: string }>(`select t.id from ticket t where t.workspace_id = ? and ${sql}`, [
      world.workspaceId,
      ...parameters,
    ]);
    const seen = await Promise.all(tickets.map(async (id) => ((await findTicket(scope, id)) ? [id] : [])));
    expect(listed.map(({ id }) => id).sort(), member.name).toEqual(seen.flat().sort());
  }
});
