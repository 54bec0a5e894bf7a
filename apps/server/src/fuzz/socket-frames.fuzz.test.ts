import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectHarmless, fuzz, fuzzTimeout, startTarget, type Target } from '../testing/fuzz.ts';
import { endings, exchange, type Ending } from './raw-connection.ts';

let target: Target;

beforeAll(async () => {
  target = await startTarget({ SOCKETS_PER_PERSON: '0' });
});
afterAll(() => target.stop());

const oddText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '__proto__', 'constructor', '\0', 'x'.repeat(70_000)),
);
const document = fc.oneof(
  fc.constantFrom(
    ...['{ viewer { email } }', 'query ($a: ID!) { ticket(id: $a) { subject } }', 'subscription { notificationsChanged { unreadCount } }'],
    ...[
      'subscription ($after: String) { ticketsChanged(after: $after) { kind position } }',
      'subscription { a: settingsChanged b: settingsChanged }',
    ],
    ...[
      'subscription { ...F } fragment F on Subscription { ...F }',
      'mutation { signOut { done } }',
      'subscription { __typename }',
      '{',
      '{ x }',
    ],
    ...[
      'subscription ($id: ID!) { presenceChanged(ticketId: $id) { field } }',
      'query A { viewer { email } } query B { viewer { email } }',
    ],
  ),
  oddText,
);
const variables = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom('a', 'id', 'after', '__proto__'), fc.oneof(fc.jsonValue(), oddText)),
  fc.constant(JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`)),
);
const payload = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ query: document, variables, operationName: oddText, extensions: fc.jsonValue() }, { requiredKeys: ['query'] }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const id = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('1', '2') }, { weight: 1, arbitrary: fc.oneof(oddText, fc.jsonValue()) });
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('subscribe', 'complete', 'ping', 'pong') },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.constantFrom('connection_init', 'connection_ack', 'next', 'error', 'start', 'stop'), oddText, fc.jsonValue()),
  },
);
const message = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type, id, payload }, { requiredKeys: ['type'] }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.oneof(fc.json(), oddText, fc.constant('['.repeat(50_000))) },
);

interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly reserved: number;
  readonly masked: boolean;
  /** Added to the true length in the header. */
  readonly lie: number;
  readonly content: Uint8Array;
}

const usually = <Value>(value: Value, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
const frame: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(15) }),
  final: usually(true, fc.boolean()),
  reserved: usually(0, fc.nat(7)),
  masked: usually(true, fc.boolean()),
  lie: usually(0, fc.constantFrom(-1, 1, 3, 2_000_000, 2 ** 40)),
  content: fc.oneof(
    { weight: 9, arbitrary: message.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  ),
});

function encode({ opcode, final, reserved, masked, lie, content }: Frame): Buffer {
  const length = Math.max(0, content.length + lie);
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, 0, 0])
        : Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, content]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, content.map((byte, index) => byte ^ (key[index % 4] ?? 0))]);
}

interface Session {
  readonly signsIn: boolean;
  readonly portal: boolean;
  readonly frames: readonly Frame[];
  readonly ending: Ending;
}

const session: fc.Arbitrary<Session> = fc.record({
  signsIn: usually(true, fc.constant(false)),
  portal: usually(false, fc.constant(true)),
  frames: fc.array(frame, { minLength: 1, maxLength: 12 }),
  ending: fc.constantFrom(...endings),
});

function textFrame(value: unknown): Buffer {
  return encode({ opcode: 1, final: true, reserved: 0, masked: true, lie: 0, content: Buffer.from(JSON.stringify(value)) });
}

async function run({ signsIn, portal, frames, ending }: Session): Promise<void> {
  const handshake = [
    `GET ${portal ? '/client/graphql' : '/graphql'} HTTP/1.1`,
    ...['Host: desk.test', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: graphql-transport-ws', '', ''],
  ].join('\r\n');
  const init = signsIn ? [textFrame({ type: 'connection_init', payload: { authorization: `Bearer ${target.witness.secret}` } })] : [];
  const answer = await exchange({ port: target.server.port, chunks: [Buffer.from(handshake), ...init, ...frames.map(encode)], ending });
  // The status 4500 is in the two bytes at the start of a close frame of 23 bytes.
  expect(answer).not.toMatch(/HTTP\/1\.1 5|INTERNAL_SERVER_ERROR|Internal server error|\u0011\u0094/);
}

const batchSize = 10;

it('answers malformed frames and messages without an internal error, and serves other users', { timeout: fuzzTimeout() }, async () => {
  await fuzz(
    `sockets in batches of ${batchSize}`,
    fc.array(session, { minLength: batchSize, maxLength: batchSize }),
    (batch) => expectHarmless(target, async () => void (await Promise.all(batch.map(run)))),
    { runs: 40, share: 0.1, target: () => target },
  );
});
