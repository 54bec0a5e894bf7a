import pg from 'pg';
import { beforeAll, expect, inject, it } from 'vitest';
import { World, type Person, type Reply } from './testing/world.ts';

const ticketCount = 8;
const contactCount = 4;
const workerCount = 20;
/** Of the short form. The long form goes on for FUZZ_SECONDS. */
const operationCount = 200;
const { seed, seconds } = inject('fuzz');
const words = ['printer', 'invoice', 'refund', 'delivery', 'scanner', 'contract', 'password', 'warehouse'];

let world: World;
let people: Person[];
let ticketIds: string[];
let contactIds: string[];

beforeAll(async () => {
  world = await World.open({ nodes: 2 });
  people = await Promise.all(Array.from({ length: 4 }, (_, index) => world.person('ADMIN', { node: index % 2 })));
  contactIds = (await Promise.all(Array.from({ length: contactCount }, () => world.contact()))).map(({ id }) => id);
  ticketIds = (
    await Promise.all(
      Array.from({ length: ticketCount }, (_, index) => world.ticket({ requesterId: contactIds[index % contactCount] ?? null })),
    )
  ).map(({ id }) => id);
});

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Turn {
  /** Runs a mutation that takes one input. */
  readonly ask: (name: string, input: object, select?: string) => Promise<Reply>;
  readonly read: (query: string, variables: object) => Promise<Reply['data']>;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly ticketId: string;
  readonly otherId: string;
  readonly contactId: string;
  readonly otherContactId: string;
}

const text = ({ pick }: Turn) => `<p>${pick(words)} ${pick(words)} ${crypto.randomUUID().slice(0, 8).replaceAll(/\d/g, 'x')}</p>`;

const operations: Record<string, (turn: Turn) => Promise<unknown>> = {
  note: (turn) => turn.ask('noteAdd', { ticketId: turn.ticketId, body: text(turn) }),
  reply: (turn) => turn.ask('replySend', { ticketId: turn.ticketId, body: text(turn) }),
  message: (turn) => turn.ask('messageReceive', { ticketId: turn.ticketId, body: text(turn) }),
  tag: ({ ask, ticketId, pick }) => ask('ticketTag', { ticketId, add: [pick(words), pick(words)], remove: [pick(words)] }),
  async edit({ ask, read, ticketId, pick, contactId }) {
    const { ticket } = await read('query ($id: ID!) { ticket(id: $id) { priority requester { id } } }', { id: ticketId });
    if (!ticket) return;
    await ask('ticketEdit', {
      ticketId,
      priority: { from: ticket.priority, to: pick(['LOW', 'NORMAL', 'HIGH', 'CRITICAL']) },
      requesterId: { from: ticket.requester?.id ?? null, to: contactId },
    });
  },
  async status({ ask, read, ticketId, pick }) {
    const { ticket } = await read('query ($id: ID!) { ticket(id: $id) { status { id } } }', { id: ticketId });
    if (ticket) await ask('ticketSetStatus', { ticketId, from: ticket.status.id, to: pick(world.statuses).id });
  },
  async assign({ ask, read, ticketId, pick }) {
    const { ticket } = await read('query ($id: ID!) { ticket(id: $id) { assignee { id } } }', { id: ticketId });
    if (ticket) await ask('ticketAssign', { ticketId, from: ticket.assignee?.id ?? null, to: pick(people).id });
  },
  watch: ({ ask, ticketId, pick }) => ask('watcherAdd', { ticketId, memberId: pick(people).id }),
  link: ({ ask, ticketId, otherId }) => ask('linkAdd', { ticketId, otherId, role: 'RELATED' }),
  merge: ({ ask, ticketId, otherId }) => ask('ticketMerge', { sourceId: ticketId, destinationId: otherId }),
  unmerge: ({ ask, ticketId }) => ask('ticketUnmerge', { ticketId }),
  async split(turn) {
    const { data } = await turn.ask('noteAdd', { ticketId: turn.ticketId, body: text(turn) }, 'note { id }');
    const noteId = data?.noteAdd.note?.id;
    if (noteId) await turn.ask('ticketSplit', { ticketId: turn.ticketId, subject: 'Split', noteIds: [noteId], messageIds: [] });
  },
  concern: ({ ask, ticketId, contactId }) => ask('ticketContactAdd', { ticketId, contactId }),
  async contact({ ask, read, contactId }) {
    const { contact } = await read('query ($id: ID!) { contact(id: $id) { version name emails phones } }', { id: contactId });
    if (contact)
      await ask('contactEdit', { contactId, ...contact, emails: [`${crypto.randomUUID()}@client.test`], organization: 'Acme', notes: '' });
  },
  async contactMerge({ ask, contactId, otherContactId }) {
    const { data } = await ask('contactMerge', { sourceId: contactId, destinationId: otherContactId }, 'merge { id }');
    const mergeId = data?.contactMerge.merge?.id;
    if (mergeId) await ask('contactUnmerge', { mergeId });
  },
  async conversation(turn) {
    const { ask, contactId, ticketId } = turn;
    const { data } = await ask('conversationOpen', { contactId, body: text(turn) }, 'conversation { id }');
    const conversationId = data?.conversationOpen.conversation?.id;
    if (!conversationId) return;
    await ask('conversationLink', { conversationId, ticketId });
    await Promise.all([ask('conversationReceive', { conversationId, body: text(turn) }), ask('conversationUnlink', { conversationId })]);
  },
  create: (turn) =>
    turn.ask('ticketCreate', { subject: turn.pick(words), requesterId: turn.contactId, watcherIds: [turn.pick(people).id] }),
  bulk: ({ ask, pick }) =>
    ask('bulkStart', {
      ticketIds,
      action: pick<object>([{ addTags: [pick(words)] }, { priority: 'HIGH' }, { mergeIntoId: pick(ticketIds) }]),
    }),
  async undo({ ask, read, ticketId }) {
    const { ticket } = await read('query ($id: ID!) { ticket(id: $id) { activity(last: 5) { edges { node { id } } } } }', { id: ticketId });
    const entryId = ticket?.activity.edges.at(-1)?.node.id;
    if (entryId) await ask('activityUndo', { entryId });
  },
};

/** Merges and bulk actions are rarer than notes, also in real use. */
const rare = new Set(['merge', 'bulk', 'contactMerge', 'split']);
const mix = Object.keys(operations).flatMap((name) => (rare.has(name) ? [name] : [name, name]));

/** Once all connections to the database are closed, so that PostgreSQL has counted everything. */
async function deadlocksOf(databaseUrl: string): Promise<number> {
  const client = new pg.Client(inject('postgresUrl'));
  await client.connect();
  const name = new URL(databaseUrl).pathname.slice(1);
  const { rows } = await client.query<{ deadlocks: string }>('select deadlocks from pg_stat_database where datname = $1', [name]);
  await client.end();
  return Number(rows[0]?.deadlocks);
}

it(
  'answers many concurrent operations on the same tickets and contacts without a deadlock or an internal error',
  async () => {
    console.log(`Mixing operations with FUZZ_SEED=${seed}`);
    const random = generator(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    const faults: string[] = [];
    const done = new Set<string>();
    const end = performance.now() + seconds * 1000;
    let count = 0;
    const isGoingOn = () => (seconds > 0 ? performance.now() < end : count < operationCount);
    const check = (what: string, { errors }: Reply) => {
      for (const { message, extensions } of errors ?? []) faults.push(`${what}: ${extensions.code} ${message}`);
    };
    const turnOf = (person: Person, name: string): Turn => ({
      pick,
      async ask(mutation, input, select = '__typename') {
        const type = inputs[mutation] ?? `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
        const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${select} userErrors { ... on UserError { code } } } }`;
        const reply = await person.ask(query, { input });
        check(mutation, reply);
        return reply;
      },
      async read(query, variables) {
        const reply = await person.ask(query, variables);
        check(name, reply);
        return reply.data ?? {};
      },
      ticketId: pick(ticketIds),
      otherId: pick(ticketIds),
      contactId: pick(contactIds),
      otherContactId: pick(contactIds),
    });

    await Promise.all(
      Array.from({ length: workerCount }, async () => {
        while (isGoingOn()) {
          count += 1;
          const name = pick(mix);
          done.add(name);
          await operations[name]?.(turnOf(pick(people), name));
        }
      }),
    );
    await world.close();

    expect({ faults: faults.slice(0, 10), count: faults.length }).toEqual({ faults: [], count: 0 });
    expect(await deadlocksOf(world.databaseUrl)).toBe(0);
    expect(done.size).toBe(Object.keys(operations).length);
  },
  seconds * 1000 + 120_000,
);

/** Mutations whose input has another name. */
const inputs: Record<string, string> = {
  ticketContactAdd: 'TicketContactInput',
  conversationReceive: 'ConversationMessageInput',
};
