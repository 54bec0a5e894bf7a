import { createClient } from 'graphql-ws';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ServerProcess } from './testing/server-process.ts';
import { waitFor, World, type Person, type Reply } from './testing/world.ts';

const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { subject } userErrors { ... on UserError { code } } } }`;
const requests = 64;

let world: World;
const people: Person[] = [];

beforeAll(async () => {
  world = await World.open();
  for (let count = 0; count < 8; count++) people.push(await world.person('SUPERVISOR'));
});
afterAll(() => world.close());

it('answers every request in flight when the server is stopped, after it reported that it is not ready', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: world.databaseUrl, DATABASE_POOL: '80', SHUTDOWN_DELAY_SECONDS: '1' });
  const tickets = [];
  for (let count = 0; count < requests; count++) tickets.push(await world.ticket());
  const database = new pg.Client(world.databaseUrl);
  await database.connect();
  await database.query('begin');
  await database.query('select 1 from ticket for update');
  const answers = tickets.map(({ id, subject }, index) =>
    server.ask(people[index % people.length]?.secret ?? '', EDIT, {
      input: { ticketId: id, subject: { from: subject, to: `Edited ${index}` } },
    }),
  );
  await waitFor(async () => (await waiting(world)) === requests, 'all requests to wait for a row');

  server.signal('SIGTERM');
  await waitFor(async () => (await fetch(`http://${server.url}/readyz`)).status === 503, 'the server to report that it is not ready');
  await database.query('commit');
  await database.end();

  const subjects = (await Promise.all(answers)).map(({ data }: Reply) => data.ticketEdit.ticket.subject as string);
  expect(subjects).toEqual(tickets.map((_ticket, index) => `Edited ${index}`));
  expect(await server.ended()).toBe(0);
  const rows = await world.sql<{ subject: string }>(`select subject from ticket where subject like 'Edited %'`);
  expect(rows).toHaveLength(requests);
});

it('ends a request that takes longer than the deadline, and then stops', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: world.databaseUrl, SHUTDOWN_DELAY_SECONDS: '0', DRAIN_SECONDS: '1' });
  const { id, subject } = await world.ticket();
  const database = new pg.Client(world.databaseUrl);
  await database.connect();
  await database.query('begin');
  await database.query('select 1 from ticket where id = $1 for update', [id]);
  const answer = server.ask(people[0]?.secret ?? '', EDIT, { input: { ticketId: id, subject: { from: subject, to: 'Late' } } });
  const failed = expect(answer).rejects.toThrow('fetch failed');
  await waitFor(async () => (await waiting(world)) === 1, 'the request to wait for a row');

  server.signal('SIGTERM');

  await failed;
  await database.query('commit');
  await database.end();
  expect(await server.ended()).toBe(0);
});

it('closes sockets with a code after which clients resume on another node, and miss nothing', async () => {
  const nodes = [
    await ServerProcess.start({ DATABASE_URL: world.databaseUrl }),
    await ServerProcess.start({ DATABASE_URL: world.databaseUrl }),
  ] as const;
  const [person] = people;
  if (!person) throw new Error('no subscriber');
  const codes: number[] = [];
  const subjects: string[] = [];
  let { position } = (await person.at(nodes[0].url).run('{ tickets { position } }')).tickets as { position: string };
  let node: 0 | 1 = 0;
  const client = createClient({
    url: () => `ws://${nodes[node].url}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${person.secret}` },
    retryAttempts: 5,
    retryWait: async () => void (node = 1),
  });
  client.on('closed', (event) => codes.push((event as { code: number }).code));
  client.subscribe<{ ticketsChanged: { position: string; ticket: { subject: string } | null } }>(
    {
      query: 'subscription ($after: String) { ticketsChanged(after: $after) { kind position ticket { subject } } }',
      // Read again for each attempt, so that it resumes after the last change.
      get variables() {
        return { after: position };
      },
    },
    {
      next({ data }) {
        position = data?.ticketsChanged.position ?? position;
        if (data?.ticketsChanged.ticket) subjects.push(data.ticketsChanged.ticket.subject);
      },
      error: (error) => subjects.push(String(error)),
      complete: () => undefined,
    },
  );
  await world.ticket({ subject: 'Before' });
  await waitFor(() => subjects.includes('Before'), 'a change from the first node');

  nodes[0].signal('SIGTERM');
  await waitFor(() => codes.length > 0, 'the server to close the socket');
  for (const subject of ['While away', 'After']) await world.ticket({ subject });
  await waitFor(() => subjects.includes('After'), 'a change from the other node');

  expect(codes).toEqual([1012]);
  expect([...new Set(subjects)]).toEqual(['Before', 'While away', 'After']);
  expect(await nodes[0].ended()).toBe(0);
  await client.dispose();
  await nodes[1].stop();
});

async function waiting({ sql }: World): Promise<number> {
  const [row] = await sql.call(
    world,
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return (row as { count: number }).count;
}
