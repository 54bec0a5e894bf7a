import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { newId } from './kernel/id.ts';
import { waitFor, World, type Person, type Reply, type WorldOptions } from './testing/world.ts';

const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { ... on UserError { code } } } }`;
const SUBJECT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { subject } userErrors { ... on UserError { code } } } }`;

let world: World;
const openClients: pg.Client[] = [];
let watch: pg.Client | undefined;

async function open(options: WorldOptions): Promise<Person> {
  world = await World.open(options);
  return world.person('AGENT');
}

afterEach(async () => {
  watch = undefined;
  await Promise.all(openClients.splice(0).map((client) => client.end()));
  await world.close();
});

/** A connection to the database that belongs to no pool of the node. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client(world.databaseUrl);
  await client.connect();
  openClients.push(client);
  return client;
}

/** Holds the row of a ticket locked. Returns what lets it go. */
async function lock(ticketId: string): Promise<() => Promise<unknown>> {
  const client = await connect();
  await client.query('begin');
  await client.query('select 1 from ticket where id = $1 for update', [ticketId]);
  return () => client.query('rollback');
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Reply & { readonly errors?: readonly { readonly extensions: { readonly retryAfter?: number } }[] };
}

async function post({ secret }: Person, query: string, variables: object): Promise<Answer> {
  const response = await fetch(`http://${world.node(0).url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: (await response.json()) as Reply };
}

const addNote = (person: Person, ticketId: string, body = 'A note') => post(person, NOTE, { input: { ticketId, body } });
const codeOf = ({ body }: Answer) => body.errors?.[0]?.extensions.code ?? body.data?.noteAdd?.userErrors?.[0]?.code ?? 'OK';

async function waitingForLocks(): Promise<number> {
  // Outside of transactions, which see the activity of their beginning only.
  watch ??= await connect();
  const { rows } = await watch.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

function expectOverloaded(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, body: { errors: [{ extensions: { code: 'OVERLOADED' } }] } });
  expect(Number(answer.retryAfter)).toBeGreaterThan(0);
  expect(answer.body.errors?.[0]?.extensions.retryAfter).toBe(Number(answer.retryAfter));
}

it('cancels a statement that runs too long, and asks the client to try again', async () => {
  const agent = await open({ databaseLimits: { statementMs: 300 } });
  const ticket = await world.ticket();
  await world.sql(`create function sleep_long() returns trigger language plpgsql as $$ begin perform pg_sleep(120); return new; end $$`);
  await world.sql(`create trigger slow_note before insert on note for each row execute function sleep_long()`);

  expectOverloaded(await addNote(agent, ticket.id));

  await world.sql(`drop trigger slow_note on note`);
  expect(codeOf(await addNote(agent, ticket.id))).toBe('OK');
  expect(await world.sql(`select id from note`)).toHaveLength(1);
});

it('gives up on a lock that another transaction holds too long', async () => {
  const agent = await open({ databaseLimits: { lockMs: 300 } });
  const ticket = await world.ticket();
  const unlock = await lock(ticket.id);

  expectOverloaded(await addNote(agent, ticket.id));

  await unlock();
  expect(codeOf(await addNote(agent, ticket.id))).toBe('OK');
});

it('refuses what finds no free connection, stays ready, and delivers events', async () => {
  const agent = await open({ databasePool: 2, databaseLimits: { poolWaitMs: 500 } });
  const watching = await world.person('SUPERVISOR');
  const [hot, quiet] = [await world.ticket(), await world.ticket({ subject: 'Before' })];
  const stream = watching.follow(`subscription ($id: ID!) { ticketChanged(id: $id) { subject } }`, { id: quiet.id });
  await stream.begun();
  const unlock = await lock(hot.id);
  const held = [addNote(agent, hot.id), addNote(agent, hot.id)];
  await waitFor(async () => (await waitingForLocks()) === 2, 'requests that hold every connection');

  expectOverloaded(await addNote(agent, quiet.id));
  const refused = watching.follow(`subscription { viewCountsChanged { viewId count } }`);
  await waitFor(() => refused.faults.length > 0, 'a refusal of the subscription');
  const ready = await fetch(`http://${world.node(0).url}/readyz`);
  await editOutside(quiet.id, 'After');
  await stream.until((data) => JSON.stringify(data).includes('After'));

  // Clients subscribe again after this code alone.
  expect(refused.faults).toEqual([expect.stringContaining('Subscribe again')]);
  expect(ready.status).toBe(200);
  expect(await waitingForLocks()).toBe(2);
  await unlock();
  expect((await Promise.all(held)).map(codeOf)).toEqual(['OK', 'OK']);
});

/** Commits what an edit commits, as another node would: the relay has to give the event its position. */
async function editOutside(ticketId: string, subject: string): Promise<void> {
  const client = await connect();
  const changes = JSON.stringify([{ field: 'subject', from: 'Before', to: subject }]);
  await client.query(
    `with edited as (
       update ticket set subject = $3, version = version + 1, updated_at = now() where workspace_id = $1 and id = $2
       returning version, ticket_facets(ticket) as facets
     )
     insert into event (workspace_id, id, type, ticket_id, ticket_version, actor_kind, member_ids, changes, facets, at)
     select $1, $4, 'ticket.edited', $2, version, 'SYSTEM', '{}', $5::jsonb, facets, now() from edited`,
    [world.workspaceId, ticketId, subject, newId(), changes],
  );
}

it('runs 600 notes of one member on one ticket in turns, refuses the rest for now, and serves other members', async () => {
  const greedy = await open({ operationsPerPerson: 4, writesPerTicket: 2 });
  const other = await world.person('AGENT');
  const [hot, quiet] = [await world.ticket(), await world.ticket({ subject: 'Before' })];
  const unlock = await lock(hot.id);
  let refused = 0;
  const flood = Promise.all(
    Array.from({ length: 600 }, async (_, index) => {
      const answer = await addNote(greedy, hot.id, `Note ${index}`);
      if (answer.status === 429) refused += 1;
      return answer;
    }),
  );
  await waitFor(async () => (await waitingForLocks()) === 2, 'the writes that are allowed at a time');

  const { body } = await post(other, SUBJECT, { input: { ticketId: quiet.id, subject: { from: 'Before', to: 'After' } } });
  expect(body).toMatchObject({ data: { ticketEdit: { ticket: { subject: 'After' }, userErrors: [] } } });
  expect(await waitingForLocks()).toBe(2);
  await waitFor(() => refused >= 600 - 4 - 40, 'the refusals of what exceeds the queue');
  await unlock();

  const answers = await flood;
  const codes = Object.groupBy(answers, codeOf);
  expect(Object.keys(codes).sort()).toEqual(['OK', 'TOO_MANY_REQUESTS']);
  // What ran and what waited; on a slow machine some of those waited too long.
  expect(codes.OK?.length).toBeGreaterThanOrEqual(4);
  expect(codes.OK?.length).toBeLessThanOrEqual(4 + 40);
  expect(await world.sql(`select id from note`)).toHaveLength(codes.OK?.length ?? 0);
  for (const refusal of codes.TOO_MANY_REQUESTS ?? []) {
    expect(refusal).toMatchObject({ status: 429, retryAfter: '1', body: { errors: [{ extensions: { retryAfter: 1 } }] } });
  }
});

it('counts the operations of a member over HTTP and sockets together', async () => {
  const greedy = await open({ operationsPerPerson: 1 });
  const ticket = await world.ticket();
  const unlock = await lock(ticket.id);
  const overHttp = Array.from({ length: 11 }, () => addNote(greedy, ticket.id));
  await waitFor(async () => (await waitingForLocks()) === 1, 'the operation that is allowed at a time');
  await waitFor(async () => world.node(0).app.inFlight.waiting === 10, 'a full queue');

  const overSocket = greedy.follow('{ viewer { email } }');
  await waitFor(() => overSocket.faults.length > 0, 'a refusal');

  expect(overSocket.faults).toEqual([expect.stringContaining('too many operations')]);
  await unlock();
  expect((await Promise.all(overHttp)).map(codeOf)).toEqual(Array(11).fill('OK'));
});

it('queues writes to one ticket by all members, and leaves reads and other tickets alone', async () => {
  const agent = await open({ writesPerTicket: 1 });
  const others = [await world.person('AGENT'), await world.person('SUPERVISOR')];
  const [hot, quiet] = [await world.ticket(), await world.ticket()];
  const unlock = await lock(hot.id);
  const writes = Array.from({ length: 11 }, (_, index) => addNote(others[index % 2] ?? agent, hot.id));
  await waitFor(async () => world.node(0).app.inFlight.waiting === 10, 'a full queue');
  expect(await waitingForLocks()).toBe(1);

  expectOverloaded(await addNote(agent, hot.id.toUpperCase()));
  expect(codeOf(await addNote(agent, quiet.id))).toBe('OK');
  expect((await post(agent, 'query ($id: ID!) { ticket(id: $id) { id } }', { id: hot.id })).body.data.ticket.id).toBe(hot.id);

  await unlock();
  expect((await Promise.all(writes)).map(codeOf)).toEqual(Array(11).fill('OK'));
});
