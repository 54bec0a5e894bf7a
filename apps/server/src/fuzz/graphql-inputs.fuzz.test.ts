import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema } from 'graphql';
import WebSocket from 'ws';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { operations as rows } from '../testing/access-matrix.ts';
import { expectHarmless, expectNoServerError, fuzz, fuzzTimeout, startTarget, type Target } from '../testing/fuzz.ts';
import { MatrixWorld, fixtureKeysOf, type RoleCode } from '../testing/matrix-world.ts';
import type { Person, Reply } from '../testing/world.ts';
import { serialize } from './hostile-values.ts';
import { RandomSource } from './random-source.ts';
import { listOperations, writeOperation, type FuzzedOperation, type KnownIds, type Operation } from './schema-operations.ts';

const readSchema = (path: string): GraphQLSchema => buildSchema(readFileSync(join(import.meta.dirname, path), 'utf8'));
const agentSchema = readSchema('../../../../schema.graphql');
const customerSchema = readSchema('../../client-schema.graphql');
const agentOperations = listOperations(agentSchema);
const customerOperations = listOperations(customerSchema);

/** A server process and a workspace that has a record of every kind. */
interface Place {
  readonly matrix: MatrixWorld;
  readonly target: Target;
  readonly ids: KnownIds;
}

let place: Place;
/** What was sent to the server: `kind name`, and paths of their inputs. */
const sent = new Set<string>();
const accepted = new Set<string>();

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.target.stop());

const ofOthers = ['ticketId', 'noteId', 'contactId', 'conversationId', 'personId', 'teamId', 'topicId', 'tagId', 'fieldId'] as const;

async function openPlace(): Promise<Place> {
  const matrix = await MatrixWorld.open();
  const target = await startTarget({ SOCKETS_PER_PERSON: '0', GRAPHIQL: 'true', PUSH_SERVICES: 'push.test' }, matrix.world);
  const needs = [...new Set(Object.values(rows).flatMap(fixtureKeysOf))];
  // Some records end the ticket that they belong to, as a merge does, so no two records share a ticket.
  const make = async (key: (typeof needs)[number], where: 'free' | 'foreign', { member }: Person): Promise<[string, unknown]> => {
    const fixture = await matrix.fixture({ on: 'self', who: '', needs: [key] }, where, member);
    return [key, fixture[key]];
  };
  const own = Object.fromEntries(await Promise.all(needs.map((key) => make(key, 'free', matrix.person('O')))));
  const foreign = Object.fromEntries(await Promise.all(ofOthers.map((key) => make(key, 'foreign', matrix.stranger))));
  await matrix.world.sql('create table fuzz_member as select * from member');
  await matrix.world.sql('create table fuzz_account as select * from account');
  return { matrix, target, ids: { own: { ...own, me: matrix.person('O').id }, foreign: Object.values(foreign).map(String) } };
}

/** Undoes what hostile operations do to the callers and to the other user, so that later ones are not all refused. */
async function restore({ matrix: { world } }: Place): Promise<void> {
  await world.sql('delete from rate_limit');
  await world.sql('update workspace set second_factor_required = false where second_factor_required');
  await world.sql('update access_token set revoked_at = null where revoked_at is not null and member_id in (select id from fuzz_member)');
  await world.sql('update bulk_job set finished_at = now() where finished_at is null');
  await world.sql(
    `update member set role = kept.role, custom_role_id = kept.custom_role_id, active = kept.active, all_teams = kept.all_teams
     from fuzz_member kept where kept.id = member.id`,
  );
  await world.sql(
    `update account set totp_secret = null, totp_confirmed_at = null, password_hash = kept.password_hash
     from fuzz_account kept where kept.id = account.id`,
  );
}

interface Caller {
  readonly path: string;
  readonly secret: string;
}

const patienceMs = 30_000;
/** The limit of the server, in bytes. */
const largestBody = 1024 * 1024;
const isLong = inject('fuzz').seconds > 0;

/** Sends an operation and returns whether it was accepted. */
async function post(operation: FuzzedOperation, { path, secret }: Caller): Promise<boolean> {
  const { query, variables } = operation;
  const body = `{"query":${JSON.stringify(query)},"variables":${serialize(variables)}}`;
  const response = await fetch(`http://${place.target.server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body,
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => {
    // The server answers such a body before it has read it all, and closes the connection.
    if (Buffer.byteLength(body) > largestBody) return null;
    throw new Error(`no answer to ${query} with ${JSON.stringify(variables).slice(0, 3000)}`, { cause: error });
  });
  if (!response) return false;
  const text = await response.text();
  if (response.status >= 500 || text.includes('INTERNAL_SERVER_ERROR')) throw new InternalError(operation, `${response.status} ${text}`);
  const answer = (JSON.parse(text) as Reply).data?.[operation.name];
  return answer !== null && answer !== undefined && (answer.userErrors ?? []).length === 0;
}

/** Opens a subscription until it has answered, or until the server has answered another operation on the same socket. */
async function subscribe(operation: FuzzedOperation, { path, secret }: Caller): Promise<boolean> {
  const { query, variables } = operation;
  const socket = new WebSocket(`ws://${place.target.server.url}${path}`, 'graphql-transport-ws');
  const payload = `{"query":${JSON.stringify(query)},"variables":${serialize(variables)}}`;
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })));
  const answer = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('no answer'), patienceMs);
    const end = (text: string): void => {
      clearTimeout(timer);
      resolve(text);
    };
    socket.on('error', (error) => end(String(error)));
    socket.on('close', (code) => end(`closed with ${code}`));
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (!text.includes('"connection_ack"')) return end(text);
      socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
      socket.send('{"id":"2","type":"subscribe","payload":{"query":"{ __typename }"}}');
    });
  });
  socket.terminate();
  if (/no answer|INTERNAL_SERVER_ERROR|closed with (4500|1006)/.test(answer)) throw new InternalError(operation, answer);
  return !answer.includes('"errors"') && !answer.includes('"type":"error"') && answer.startsWith('{');
}

class InternalError extends Error {
  constructor({ query, variables }: FuzzedOperation, answer: string) {
    super(`${query}\n${JSON.stringify(variables).slice(0, 3000)}\nwas answered with ${answer.slice(0, 2000)}`);
  }
}

/**
 * Sends an operation with a valid input, and with each part of its input hostile in turn, sometimes with another part too.
 * The short form takes two parts at a time.
 */
async function fuzzOperation(operation: Operation, random: RandomSource, { callers, inputOf }: Entrance): Promise<number> {
  const { kind, field, inputs } = operation;
  const name = `${kind} ${field.name}`;
  const cases = [[], ...groupInputs(inputs, random)];
  const [owner, other] = await callers();
  let valid: Input | null = null;
  for (const hostile of cases) {
    valid ??= await inputOf(operation);
    if (isLong && hostile.length > 0 && random.chance(25)) hostile.push(random.pick(inputs));
    const written = writeOperation({ operation, valid, hostile, ids: place.ids, random });
    for (const path of hostile) sent.add(`${name} ${path.join('.')}`);
    sent.add(name);
    const send = kind === 'subscription' ? subscribe : post;
    if (other && random.chance(25)) await send(written, other);
    const isAccepted = await send(written, owner);
    if (isAccepted) accepted.add(name);
    // An accepted mutation may have deleted the records that its input names.
    if (isAccepted && kind === 'mutation') valid = null;
  }
  return cases.length;
}

/** Each part alone; in the short form some pairs, and the rest at one time. */
function groupInputs(inputs: readonly Path[], random: RandomSource): Path[][] {
  if (isLong) return inputs.map((path) => [path]);
  const mixed = random.draw(fc.shuffledSubarray([...inputs], { minLength: inputs.length }));
  const pairs = Array.from({ length: shortPairs }, (_, index) => mixed.slice(index * 2, index * 2 + 2));
  return [...pairs, mixed.slice(shortPairs * 2)].filter((group) => group.length > 0);
}

type Path = readonly string[];
type Input = Readonly<Record<string, unknown>>;

interface Entrance {
  /** Who sends everything, and who sends a part of it. */
  callers(): Promise<readonly [Caller, Caller?]>;
  /** An input that the operation accepts. */
  inputOf(operation: Operation): Promise<Input>;
}

const inFlight = 6;
const shortPairs = 2;

/** Fuzzes operations, some at a time, and reports all that failed. */
async function fuzzAll(operations: readonly Operation[], random: RandomSource, entrance: Entrance): Promise<number> {
  const waiting = [...operations];
  const faults: string[] = [];
  let cases = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const own = new RandomSource(random.below(2 ** 31));
        try {
          const done = await fuzzOperation(next, own, entrance);
          cases += done;
        } catch (error) {
          faults.push(error instanceof InternalError ? error.message : `${next.field.name}: ${inspect(error)}`);
        }
      }
    }),
  );
  expect(faults).toEqual([]);
  return cases;
}

const groupSize = 24;

const agents: Entrance = {
  async callers() {
    const callerOf = async (roleCode: RoleCode): Promise<Caller> => {
      const { secret } = await place.matrix.caller(roleCode, 'SESSION');
      return { path: '/graphql', secret };
    };
    return [await callerOf('O'), await callerOf('L')];
  },
  async inputOf({ kind, field }) {
    const row = rows[field.name];
    if (!row) throw new Error(`${field.name} has no row in access-matrix.ts`);
    const { matrix } = place;
    const fixture = await matrix.fixture(row, 'free', matrix.memberOf('O', 'SESSION'));
    const input = row.input?.(fixture) ?? {};
    return kind === 'mutation' ? { input } : { ...input };
  },
};

it('answers hostile inputs of every operation of agents without an internal error', { timeout: fuzzTimeout() }, async () => {
  const round = fc.record({
    order: fc.shuffledSubarray(
      agentOperations.map((_, index) => index),
      { minLength: agentOperations.length },
    ),
    seed: fc.integer(),
  });
  let rounds = 0;
  await fuzz(
    'operations of agents',
    round,
    async ({ order, seed }, isOver) => {
      const operations = order.map((index) => agentOperations[index] as Operation);
      // Each round fills the lists of its workspace up to their limits, so the next round opens another workspace.
      if (rounds++ > 0) {
        await place.target.stop();
        place = await openPlace();
      }
      const random = new RandomSource(seed);
      let cases = 0;
      for (let start = 0; start < operations.length && !isOver(); start += groupSize) {
        await restore(place);
        await expectHarmless(place.target, async () => {
          const done = await fuzzAll(operations.slice(start, start + groupSize), random, agents);
          cases += done;
        });
        expectNoServerError(place.target);
      }
      return cases;
    },
    { runs: 1, share: 0.42, target: () => place.target },
  );

  expect([...sent].sort()).toEqual(everyInput(agentOperations).sort());
  expect(accepted.size).toBeGreaterThan(agentOperations.length * 0.7);
});

function everyInput(operations: readonly Operation[]): string[] {
  return operations.flatMap(({ kind, field, inputs }) => {
    const name = `${kind} ${field.name}`;
    return [name, ...inputs.map((path) => `${name} ${path.join('.')}`)];
  });
}

it('answers hostile inputs of every operation of customers without an internal error', { timeout: fuzzTimeout() }, async () => {
  const { matrix } = place;
  const boss = matrix.person('O');
  const valid: Record<string, () => Input> = {
    ticket: () => ({}),
    ticketChanged: () => ({}),
    messageSend: () => ({ input: { id: crypto.randomUUID(), text: 'Hello' } }),
    ratingGive: () => ({ input: { score: 5 } }),
  };
  const customers: Entrance = {
    async callers() {
      const { id } = await matrix.world.ticket({ requesterId: matrix.contact('free') });
      const open = 'mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }';
      const { ticketLinkOpen } = await boss.run(open, { id });
      await matrix.world.sql('update ticket set status_id = ?, resolved_at = now() where id = ?', [matrix.world.status('RESOLVED'), id]);
      return [{ path: '/client/graphql', secret: String(ticketLinkOpen.ticket.publicLink.url).split('#')[1] ?? '' }];
    },
    inputOf: ({ field }) => Promise.resolve(valid[field.name]?.() ?? {}),
  };
  sent.clear();
  accepted.clear();
  await fuzz(
    'operations of customers',
    fc.integer(),
    async (seed) => {
      await restore(place);
      let cases = 0;
      await expectHarmless(place.target, async () => {
        cases += await fuzzAll(customerOperations, new RandomSource(seed), customers);
      });
      expectNoServerError(place.target);
      return cases;
    },
    { runs: 5, share: 0.03, target: () => place.target },
  );

  expect([...sent].sort()).toEqual(everyInput(customerOperations).sort());
  expect(accepted.size).toBe(customerOperations.length);
});
