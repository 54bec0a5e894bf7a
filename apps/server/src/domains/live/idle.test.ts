import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { poolOf } from '../../platform/orm.ts';
import { waitFor, World } from '../../testing/world.ts';

const CHANGES = `subscription { ticketsChanged(filter: { dueWithinMinutes: 60 }) { kind } }`;
const COUNTS = `subscription { viewCountsChanged { viewId count } }`;
const PRESENCE = `subscription ($id: ID!) { presenceChanged(ticketId: $id) { activity } }`;

let world: World;
const asked: string[] = [];

beforeAll(async () => {
  world = await World.open();
  const recorded = new WeakSet<PoolClient>();
  poolOf(world.desk.orms.live).on('acquire', (client) => {
    if (recorded.has(client)) return;
    recorded.add(client);
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    Object.assign(client, {
      query(...given: unknown[]) {
        const [text, values] = given as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
        asked.push(typeof text === 'string' ? `${text} ${JSON.stringify(values ?? [])}` : `${text.text} ${JSON.stringify(text.values)}`);
        return query(...given);
      },
    });
  });
});
afterAll(() => world.close());

/** The queries that name the workspace while this node sweeps all workspaces for new events three times. */
async function askedOfWorkspace(): Promise<string[]> {
  const from = asked.length;
  const sweeps = () => asked.slice(from).filter((query) => query.includes('position is null')).length;
  await waitFor(() => sweeps() >= 3, 'three sweeps');
  return asked.slice(from).filter((query) => query.includes(world.workspaceId));
}

it('asks the database nothing about a workspace whose last subscriber has left', async () => {
  const person = await world.person('SUPERVISOR');
  const { id } = await world.ticket();
  const streams = [person.follow(CHANGES), person.follow(COUNTS), person.follow(PRESENCE, { id })];
  await Promise.all(streams.slice(1).map((stream) => stream.begun()));
  expect(await askedOfWorkspace()).not.toEqual([]);

  for (const stream of streams) stream.close();

  // The reader waits some seconds for a client that reconnects.
  for (let attempt = 0; attempt < 5 && (await askedOfWorkspace()).length > 0; attempt++);
  expect(await askedOfWorkspace()).toEqual([]);
});

it('serves the workspace again when a subscriber comes back', async () => {
  const person = await world.person('SUPERVISOR');
  const stream = person.follow(COUNTS);
  const before = JSON.stringify(await stream.begun());

  await world.ticket();

  await stream.until((data) => JSON.stringify(data) !== before);
});
