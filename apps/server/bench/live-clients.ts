// The clients of the live benchmark, as a process of its own. Frames are counted and, where asked, timed; a client that
// did more would be measured in place of the server.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { followQueue, type ClientPlan, type Message } from './live-operation.ts';

const say = (message: Message) => process.send?.(message);
let frames = 0;
let timed = false;
const last: Record<string, number> = {};

/** Masks and frames a text, as clients must. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  for (let index = 0; index < body.length; index++) body[index] = (body[index] ?? 0) ^ (mask[index % 4] ?? 0);
  const head =
    body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, mask, body]);
}

class Client {
  #rest: Buffer = Buffer.alloc(0);
  #ready!: () => void;
  readonly ready = new Promise<void>((resolve) => (this.#ready = resolve));
  #socket!: Socket;
  #upgraded = false;
  #last: Buffer | null = null;

  constructor(
    private readonly port: number,
    private readonly plan: ClientPlan,
  ) {
    this.open();
  }

  open(): void {
    this.#upgraded = false;
    this.#rest = Buffer.alloc(0);
    this.#socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    this.#socket.write(
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => undefined);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) return void (this.#rest = data);
      this.#upgraded = true;
      data = data.subarray(end + 4);
      this.#socket.write(frameOf(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${this.plan.token}` } })));
    }
    while (data.length >= 2) {
      const short = (data[1] ?? 0) & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < head) break;
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
      if (data.length < head + length) break;
      this.#take((data[0] ?? 0) & 15, data.subarray(head, head + length));
      data = data.subarray(head + length);
    }
    this.#rest = data;
  }

  #take(opcode: number, body: Buffer): void {
    if (opcode === 9) return void this.#socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    if (opcode !== 1) return;
    // `{"id":…,"type":"next"…`: the first letters tell a result from the rest.
    if (body[2] === 0x69 && body[3] === 0x64) {
      if (body.includes('"type":"next"') && body[kindAt] !== heartbeat) {
        frames += 1;
        this.#last = body;
      }
      if (timed) this.#time(body);
    } else if (body.includes('connection_ack')) {
      this.#socket.write(
        frameOf(
          JSON.stringify({
            id: '1',
            type: 'subscribe',
            payload: { query: followQueue, variables: { filter: this.plan.filter, after: this.#position() } },
          }),
        ),
      );
      this.#ready();
    }
  }

  #position(): string | null {
    return this.#last && (changeIn(this.#last)?.position ?? null);
  }

  #time(body: Buffer): void {
    const ticket = changeIn(body)?.ticket;
    if (ticket) last[ticket.subject] = performance.timeOrigin + performance.now();
  }
}

interface Change {
  readonly position: string;
  readonly ticket: { readonly subject: string } | null;
}

function changeIn(frame: Buffer): Change | undefined {
  return (JSON.parse(frame.toString()) as { payload: { data?: { ticketsChanged: Change } } }).payload.data?.ticketsChanged;
}

/** Where a change says its kind; a heartbeat is no delivery of an edit. */
const kindAt = '{"id":"1","type":"next","payload":{"data":{"ticketsChanged":{"kind":"'.length;
const heartbeat = 'H'.charCodeAt(0);

let clients: Client[] = [];
process.on('message', async (message: Message) => {
  if (message.kind === 'usage') return say({ kind: 'times', last });
  if (message.kind === 'cut') for (const client of clients) client.close();
  if (message.kind === 'comeBack') for (const client of clients) client.open();
  if (message.kind !== 'open') return;
  timed = message.timed;
  if (!message.beside) {
    for (const client of clients) client.close();
    clients = [];
  }
  const before = clients.length;
  for (const plan of message.clients) {
    clients.push(new Client(message.port, plan));
    // A few at a time: the backlog of the listening socket is short.
    if ((clients.length - before) % 50 === 0) await Promise.all(clients.slice(-50).map(({ ready }) => ready));
  }
  await Promise.all(clients.map(({ ready }) => ready));
  say({ kind: 'opened' });
});
setInterval(() => say({ kind: 'received', frames }), 2);
