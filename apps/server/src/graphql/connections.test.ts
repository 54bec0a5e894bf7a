import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../testing/world.ts';

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));

/** Every field of the schema that answers pages. */
const connections = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ args }) => args.some(({ name }) => name === 'first' || name === 'last'))
      .map(({ name }) => `${type.name}.${name}`),
  )
  .sort();

const PAGE = '{ edges { cursor node { __typename } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

interface Way {
  /** The query, with PAGING in place of the arguments of the page. */
  readonly query: string;
  readonly at: (data: never) => { edges: { cursor: string }[] };
  readonly backwards?: boolean;
}

let world: World;
let owner: Person;
let ticketId: string;
let conversationId: string;
let jobId: string;

const onTicket = (field: string): Way => ({
  query: `query ($id: ID!, $size: Int!, $cursor: String) { ticket(id: $id) { ${field}(last: $size, before: $cursor) ${PAGE} } }`,
  at: ({ ticket }: { ticket: Record<string, { edges: { cursor: string }[] }> }) => ticket[field] ?? { edges: [] },
  backwards: true,
});
const atRoot = (field: string, more = ''): Way => ({
  query: `query ($size: Int!, $cursor: String) { ${field}(first: $size, after: $cursor ${more}) ${PAGE} }`,
  at: (data: Record<string, { edges: { cursor: string }[] }>) => data[field] ?? { edges: [] },
});

const ways: Readonly<Record<string, Way>> = {
  'BulkJob.items': {
    query: `query ($job: ID!, $size: Int!, $cursor: String) { bulkJob(id: $job) { items(outcome: DONE, first: $size, after: $cursor) ${PAGE} } }`,
    at: ({ bulkJob }: { bulkJob: { items: { edges: { cursor: string }[] } } }) => bulkJob.items,
  },
  'Conversation.messages': {
    query: `query ($conversation: ID!, $size: Int!, $cursor: String) { conversation(id: $conversation) { messages(last: $size, before: $cursor) ${PAGE} } }`,
    at: ({ conversation }: { conversation: { messages: { edges: { cursor: string }[] } } }) => conversation.messages,
    backwards: true,
  },
  'Query.contacts': atRoot('contacts'),
  'Query.conversations': atRoot('conversations', ', all: true'),
  'Query.deletedTickets': atRoot('deletedTickets'),
  'Query.failedJobs': atRoot('failedJobs'),
  'Query.notifications': atRoot('notifications'),
  'Query.search': atRoot('search', ', text: "printer"'),
  'Query.securityLog': atRoot('securityLog'),
  'Query.settingVersions': atRoot('settingVersions'),
  'Query.tickets': atRoot('tickets'),
  'Ticket.activity': onTicket('activity'),
  'Ticket.messages': onTicket('messages'),
  'Ticket.notes': onTicket('notes'),
  'View.tickets': {
    query: `query ($size: Int!, $cursor: String) { view(key: "open") { tickets(first: $size, after: $cursor) ${PAGE} } }`,
    at: ({ view }: { view: { tickets: { edges: { cursor: string }[] } } }) => view.tickets,
  },
};

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER', { name: 'Olga' });
  const other = await world.person('AGENT');
  const contacts = [await world.contact(), await world.contact(), await world.contact()];
  const tickets = [];
  for (const requester of contacts)
    tickets.push(await world.ticket({ subject: 'A printer', requesterId: requester.id, assigneeId: owner.id }));
  ticketId = tickets[0]?.id ?? '';
  const run = (query: string, variables: object = {}) => owner.run(`mutation ${query}`, variables);
  for (const text of ['one', 'two', 'three']) {
    await run('($i: NoteAddInput!) { noteAdd(input: $i) { note { id } } }', { i: { ticketId, body: text } });
    await run('($i: MessageReceiveInput!) { messageReceive(input: $i) { message { id } } }', { i: { ticketId, body: text } });
    await other.run('mutation ($i: NoteAddInput!) { noteAdd(input: $i) { note { id } } }', { i: { ticketId, body: text } });
    await run('($n: String!) { teamCreate(input: { name: $n }) { team { id } } }', { n: text });
    const gone = await world.ticket();
    await run('($id: ID!) { ticketDelete(input: { ticketId: $id }) { userErrors { __typename } } }', { id: gone.id });
    const opened = await run('($i: ConversationOpenInput!) { conversationOpen(input: $i) { conversation { id } } }', {
      i: { contactId: contacts[0]?.id, body: text },
    });
    conversationId = opened.conversationOpen.conversation.id;
  }
  await world.sql(
    `insert into work_attempt (workspace_id, id, worker, item, attempts, error, first_at, last_at)
     select ?, gen_random_uuid(), 'EMAIL', 'lost ' || n, 5, 'refused', now(), now() - n * interval '1 second' from generate_series(1, 3) n`,
    [world.workspaceId],
  );
  for (const body of ['four', 'five']) {
    await run('($i: ConversationMessageInput!) { conversationReply(input: $i) { conversation { id } } }', { i: { conversationId, body } });
  }
  const started = await run('($i: BulkStartInput!) { bulkStart(input: $i) { job { id } } }', {
    i: { ticketIds: tickets.map(({ id }) => id), action: { addTags: ['x'] } },
  });
  jobId = started.bulkStart.job.id;
  await waitFor(
    async () => (await owner.run('query ($id: ID!) { bulkJob(id: $id) { finishedAt } }', { id: jobId })).bulkJob.finishedAt,
    'the job',
  );
  await waitFor(async () => (await page('Query.notifications', { size: 3 })).length === 3, 'notifications');
  await waitFor(async () => (await page('Query.search', { size: 3 })).length === 3, 'the index of the search');
});
afterAll(() => world.close());

function asked(name: string, variables: { size: number; cursor?: string | null }) {
  const way = ways[name];
  if (!way) throw new Error(`no query reaches ${name}`);
  const own = { id: ticketId, conversation: conversationId, job: jobId, ...variables };
  const used = Object.fromEntries(Object.entries(own).filter(([key]) => new RegExp(`\\$${key}\\b`).test(way.query)));
  return { way, variables: used };
}

async function page(name: string, wanted: { size: number; cursor?: string | null }): Promise<{ cursor: string }[]> {
  const { way, variables } = asked(name, wanted);
  return way.at((await owner.run(way.query, variables)) as never).edges;
}

async function refusal(name: string, wanted: { size: number; cursor?: string | null }) {
  const { way, variables } = asked(name, wanted);
  const { errors } = await owner.ask(way.query, variables);
  return { code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
}

it('is tested for every connection of the schema', () => {
  expect(Object.keys(ways).sort()).toEqual(connections);
});

describe.each(Object.keys(ways))('%s', (name) => {
  it.each([101, 1000, 2_147_483_647, 0, -1])('refuses a page of %s and states the limit', async (size) => {
    expect(await refusal(name, { size })).toEqual({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(new RegExp(`1 to 100.*${size}`)),
    });
  });

  it('refuses a cursor that it did not give', async () => {
    const others = await Promise.all(
      Object.keys(ways)
        .filter((other) => other !== name && ways[other]?.query.split('(first')[0] !== ways[name]?.query.split('(first')[0])
        .map(async (other) => [other, (await page(other, { size: 1 }))[0]?.cursor ?? ''] as const),
    );
    const forged = [
      'garbage',
      '',
      '0',
      crypto.randomUUID(),
      'ÿ\u0000\ud800',
      Buffer.from('null').toString('base64url'),
      Buffer.from('["UPDATED","x","y"]').toString('base64url'),
      Buffer.from(JSON.stringify(['UPDATED', '2026-99-99 00:00:00+00', crypto.randomUUID()])).toString('base64url'),
      Buffer.from(JSON.stringify(['UPDATED', ['2026-01-01\u0000'], crypto.randomUUID()])).toString('base64url'),
      Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`).toString('base64url'),
    ];
    for (const [from, cursor] of [...others, ...forged.map((cursor) => ['forged', cursor] as const)]) {
      // Both lists of tickets have the same order, so a cursor of one is a place in the other.
      if (/\.tickets$/.test(from) && /\.tickets$/.test(name)) continue;
      if (/\.messages$/.test(from) && /\.messages$/.test(name)) continue;
      expect(await refusal(name, { size: 5, cursor }), `${from}: ${cursor.slice(0, 80)}`).toEqual({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/^Invalid cursor/),
      });
    }
  });

  it('goes through the whole list by its cursors, each row once', async () => {
    const all = (await page(name, { size: 100 })).map(({ cursor }) => cursor);
    const walked: string[] = [];
    const { backwards = false } = ways[name] ?? {};
    let cursor: string | null = null;
    for (let pages = 0; pages <= all.length; pages++) {
      const edges: { cursor: string }[] = await page(name, { size: 2, cursor });
      if (edges.length === 0) break;
      walked[backwards ? 'unshift' : 'push'](...edges.map((edge) => edge.cursor));
      cursor = (backwards ? edges.at(0) : edges.at(-1))?.cursor ?? null;
    }

    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(walked).toEqual(all);
  });
});

it('continues at a cursor whose row was deleted since', async () => {
  const before = (await page('Ticket.notes', { size: 100 })).map(({ cursor }) => cursor);
  const cursor = before.at(3) ?? '';
  const { ticket } = await owner.run(
    'query ($id: ID!, $c: String) { ticket(id: $id) { notes(last: 1, before: $c) { edges { node { id } } } } }',
    {
      id: ticketId,
      c: before.at(4),
    },
  );
  await owner.run('mutation ($id: ID!) { noteDelete(input: { noteId: $id }) { userErrors { __typename } } }', {
    id: ticket.notes.edges[0].node.id,
  });

  expect((await page('Ticket.notes', { size: 2, cursor })).map((edge) => edge.cursor)).toEqual(before.slice(1, 3));
});
