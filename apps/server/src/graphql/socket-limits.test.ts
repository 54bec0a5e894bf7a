import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { waitFor, World, type Person } from '../testing/world.ts';

let world: World;
let agent: Person;

beforeAll(async () => {
  world = await World.open({ socketsPerAddress: 5, socketInitSeconds: 1, trustedProxies: ['127.0.0.1'] });
  agent = await world.person('AGENT', { name: 'Ada' });
});
afterAll(() => world.close());

interface OpenedSocket {
  readonly socket: WebSocket;
  readonly messages: { id?: string; type: string; payload?: { extensions: { code: string } }[] }[];
  status: number;
  code: number;
}

/** A socket without a signed-in user, from an address that the proxy names. */
function openFrom(address: string, init: object | null = {}): OpenedSocket {
  const socket = new WebSocket(`ws://${world.node(0).url}/graphql`, 'graphql-transport-ws', { headers: { 'x-forwarded-for': address } });
  const opened: OpenedSocket = { socket, messages: [], status: 0, code: 0 };
  socket.on('message', (data) => opened.messages.push(JSON.parse(String(data))));
  socket.on('open', () => {
    opened.status = 101;
    if (init) socket.send(JSON.stringify({ type: 'connection_init', payload: init }));
  });
  socket.on('unexpected-response', (_request, response) => {
    opened.status = response.statusCode ?? 0;
    socket.terminate();
  });
  socket.on('close', (code) => (opened.code = code));
  socket.on('error', () => undefined);
  return opened;
}

async function openMany(address: string, count: number, init: object | null = {}): Promise<OpenedSocket[]> {
  const opened = Array.from({ length: count }, () => openFrom(address, init));
  await waitFor(() => opened.every(({ status }) => status > 0), 'all handshakes');
  return opened;
}

function close(opened: readonly OpenedSocket[]): void {
  for (const { socket } of opened) socket.close();
}

describe('an address', () => {
  it('has few sockets without a signed-in user, and does not take those of another address', async () => {
    const flood = await openMany('203.0.113.7', 50);
    const other = await openMany('203.0.113.8', 1);

    expect(flood.filter(({ status }) => status === 101)).toHaveLength(5);
    expect(flood.filter(({ status }) => status === 429)).toHaveLength(45);
    expect(other[0]?.status).toBe(101);
    close(flood);
    await waitFor(async () => {
      const [again] = await openMany('203.0.113.7', 1);
      again?.socket.close();
      return again?.status === 101;
    }, 'room for another socket');
    close(other);
  });

  it('has more sockets than that for members who signed in on them', async () => {
    const signedIn: OpenedSocket[] = [];
    for (let count = 0; count < 8; count++) {
      const [opened] = await openMany('203.0.113.9', 1, { authorization: `Bearer ${agent.secret}` });
      if (!opened) continue;
      signedIn.push(opened);
      await waitFor(() => opened.messages.length > 0, 'the acknowledgment');
      opened.socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ viewer { email } }' } }));
      await waitFor(() => opened.messages.some(({ type }) => type === 'complete'), 'the answer');
    }

    expect(signedIn.map(({ status }) => status)).toEqual(Array(8).fill(101));
    close(signedIn);
  });

  it('loses a socket that does not start the protocol in time', async () => {
    const [silent] = await openMany('203.0.113.10', 1, null);

    await waitFor(() => silent?.code === 4408, 'the server to close the socket');
  });
});

describe('a socket', () => {
  const burst = 1000;
  const message = (id: number) =>
    JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: 'subscription { notificationsChanged { unreadCount } }' } });

  async function openAsAgent(): Promise<OpenedSocket> {
    const [opened] = await openMany('203.0.113.20', 1, { authorization: `Bearer ${agent.secret}` });
    if (!opened) throw new Error('the socket was not opened');
    await waitFor(() => opened.messages.length > 0, 'the acknowledgment');
    return opened;
  }

  const refused = ({ messages }: OpenedSocket) =>
    messages.filter(({ payload }) => JSON.stringify(payload ?? null).includes('TOO_MANY_SUBSCRIPTIONS')).length;

  it('carries at most 100 subscriptions, also when they come in one burst', async () => {
    const opened = await openAsAgent();
    for (let id = 0; id < burst; id++) opened.socket.send(message(id));

    await waitFor(() => refused(opened) + started(opened) === burst, 'an answer to each');
    expect(started(opened)).toBe(100);
    opened.socket.close();
  });

  it('has room again for what ended, whether it was opened or refused', async () => {
    const opened = await openAsAgent();
    for (let id = 0; id < 100; id++) {
      opened.socket.send(
        JSON.stringify({
          type: 'subscribe',
          id: `no${id}`,
          payload: { query: 'subscription { presenceChanged(ticketId: "00000000-0000-7000-8000-000000000000") { field } }' },
        }),
      );
    }
    await waitFor(() => opened.messages.filter(({ type, id }) => id?.startsWith('no') && type !== 'next').length >= 100, 'the refusals');
    for (let id = 0; id < 100; id++) opened.socket.send(message(id));
    await waitFor(() => started(opened) === 100, 'all subscriptions');
    for (let id = 0; id < 100; id++) opened.socket.send(JSON.stringify({ type: 'complete', id: String(id) }));
    for (let id = 100; id < 200; id++) opened.socket.send(message(id));

    await waitFor(() => started(opened) === 200, 'the subscriptions that took their place');
    expect(refused(opened)).toBe(0);
    opened.socket.close();
  });

  it('ends every subscription with it, also one whose id was used again while it was being opened', async () => {
    const { id: ticketId } = await world.ticket();
    const query = `subscription ($id: ID!) { presenceChanged(ticketId: $id) { member { name } } }`;
    const observer = await world.person('SUPERVISOR', { name: 'Bob' });
    const presence = observer.follow(query, { id: ticketId });
    await presence.begun();
    const opened = await openAsAgent();
    for (let round = 0; round < 20; round++) {
      opened.socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables: { id: ticketId } } }));
      opened.socket.send(JSON.stringify({ type: 'complete', id: '1' }));
    }
    opened.socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables: { id: ticketId } } }));
    await presence.until(({ presenceChanged }) => presenceChanged.length === 2);
    opened.socket.close();

    await waitFor(() => presence.received.at(-1).presenceChanged.length === 1, 'Ada to leave the ticket');
  });

  function started({ messages }: OpenedSocket): number {
    return new Set(
      messages.filter(({ type, payload }) => type === 'next' && !JSON.stringify(payload).includes('errors')).map(({ id }) => id),
    ).size;
  }
});

describe('a subscription', () => {
  it.each([
    'subscription { settingsChanged @skip(if: true) viewCountsChanged { count } }',
    'subscription ($yes: Boolean = true) { settingsChanged @skip(if: $yes) }',
    'subscription { notificationsChanged @include(if: true) { unreadCount } }',
    'subscription { ... @include(if: true) { notificationsChanged { unreadCount } } }',
    'subscription { ...F @skip(if: false) } fragment F on Subscription { notificationsChanged { unreadCount } }',
  ])('is refused with a condition on its root field: %s', async (query) => {
    await expect(agent.follow(query).begun()).rejects.toThrow(/on the root field of a subscription/);
  });

  it('follows the field that its own operation selects, in whatever fragment it is', async () => {
    const document = `
      subscription Other { ...Other } fragment Other on Subscription { viewCountsChanged { count } }
      subscription Mine { ... { ...Mine } } fragment Mine on Subscription { notificationsChanged { unreadCount } }`;
    const stream = agent.follow(document, {}, 'Mine');

    expect(await stream.begun()).toEqual({ notificationsChanged: { unreadCount: 0 } });
  });
});
