// The clients of the chaos suite, a process of their own: each keeps what it follows as a program would, from the public
// API alone, and compares it with a fresh load when asked.
import { createClient, type Client as Socket } from 'graphql-ws';
import WebSocket from 'ws';
import { ask, Draw, monotonicMs, type ClientPlan, type FromClients, type ToClients, type ToldEvent } from './plan.ts';

const PAGE = `query ($filter: TicketFilterInput!, $after: String) { tickets(filter: $filter, first: 100, order: NUMBER, after: $after) {
  position edges { node { id version subject } } pageInfo { hasNextPage endCursor } } }`;
const LIST = `subscription ($filter: TicketFilterInput!, $after: String) { ticketsChanged(filter: $filter, after: $after) { kind ticketId position ticket { id version subject } } }`;
const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { position reload ticketId ticketVersion entry { id at } } }`;
const COUNTS = `subscription { viewCountsChanged { viewId count } }`;
const TICKET = `subscription ($id: ID!) { ticketChanged(id: $id) { id version subject } }`;

/** How often one client of this process moves to the next node, by losing its connection. */
const moveEveryMs = 200;

const say = (message: FromClients) => process.send?.(message);
let urls: readonly string[] = [];
let delivered = 0;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer has the shape of the query beside each use
type Data = any;
interface Row {
  readonly id: string;
  readonly version: number;
  readonly subject: string;
}

/** A client on a socket of its own, which comes back for ever, at any node. */
abstract class Client {
  protected readonly socket: Socket;
  #opened: WebSocket | undefined;
  #turn: number;
  #backAt = 0;
  faults: string[] = [];
  /** When it was told to load everything again. */
  readonly reloads: number[] = [];

  constructor(
    readonly plan: ClientPlan,
    protected readonly draw: Draw,
  ) {
    this.#turn = Math.floor(draw.next() * 1000);
    this.socket = createClient({
      url: () => `ws://${urls[this.#turn++ % urls.length]}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${plan.token}` },
      retryAttempts: Infinity,
      shouldRetry: () => true,
      lazy: false,
      onNonLazyError: () => undefined,
      connectionAckWaitTimeout: 4000,
      keepAlive: 2000,
      retryWait: () =>
        new Promise((resolve) => setTimeout(resolve, Math.max(0, this.#backAt - performance.now()) + 100 + draw.next() * 400)),
      on: {
        opened: (socket) => (this.#opened = socket as WebSocket),
        ping: (received) => {
          if (!received) this.#expectAnswer();
        },
        pong: (received) => received && clearTimeout(this.#overdue),
        closed: () => clearTimeout(this.#overdue),
      },
    });
  }

  #overdue: NodeJS.Timeout | undefined;

  /** A frozen node keeps its sockets open and answers nothing. */
  #expectAnswer(): void {
    clearTimeout(this.#overdue);
    this.#overdue = setTimeout(() => this.#opened?.terminate(), 3000);
  }

  cut(awayMs: number): void {
    // A move does not end a longer absence.
    this.#backAt = Math.max(this.#backAt, performance.now() + awayMs);
    this.#opened?.terminate();
  }

  stall(ms: number): void {
    const opened = this.#opened;
    opened?.pause();
    setTimeout(() => opened?.resume(), ms);
  }

  protected follow(query: string, variables: () => object, onData: (data: Data) => void): () => void {
    const request = {
      query,
      get variables() {
        return variables() as Record<string, unknown>;
      },
    };
    let stopped = false;
    let stop: () => void = () => undefined;
    const subscribe = () => {
      stop = this.socket.subscribe<Data>(request, {
        next: ({ data, errors }) => {
          delivered += 1;
          if (data) onData(data);
          // As the manual says; each other fault is one of the server's.
          else if (errors?.[0]?.extensions?.['code'] === 'RESUBSCRIBE') setTimeout(() => stopped || subscribe(), 1000);
          else this.faults.push(errors?.[0]?.message ?? '');
        },
        error: (fault) => this.faults.push(JSON.stringify(fault)),
        complete: () => undefined,
      });
    };
    subscribe();
    return () => {
      stopped = true;
      stop();
    };
  }

  abstract open(): Promise<void>;
  /** What is shown and what a fresh load shows. */
  abstract compare(): Promise<[shown: string, fresh: string]>;
}

class ListClient extends Client {
  #rows = new Map<string, Row>();
  #position: string | null = null;
  #stop: () => void = () => undefined;
  #openings = 0;

  async open(): Promise<void> {
    this.#stop();
    const opening = ++this.#openings;
    const { rows, position } = await this.#load();
    if (opening !== this.#openings) return;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#position = position;
    this.#stop = this.follow(
      LIST,
      () => ({ filter: this.#filter, after: this.#position }),
      (data) => this.#apply(data.ticketsChanged),
    );
  }

  async compare(): Promise<[string, string]> {
    const shown = (rows: Iterable<Row>) =>
      [...rows]
        .map(({ id, version, subject }) => `${id} ${version} ${subject}`)
        .sort()
        .join('\n');
    const { rows } = await this.#load();
    return [shown(this.#rows.values()), shown(rows)];
  }

  get #filter(): object {
    return this.plan.follows === 'list' ? this.plan.filter : {};
  }

  async #load(): Promise<{ rows: Row[]; position: string }> {
    const rows: Row[] = [];
    let position = '';
    for (let after: string | null = null; ;) {
      const { tickets }: Data = await ask(urls, this.draw, this.plan.token, PAGE, { filter: this.#filter, after });
      // The first page's: what changed while the others were loaded is told again.
      position ||= tickets.position;
      rows.push(...tickets.edges.map(({ node }: { node: Row }) => node));
      if (!tickets.pageInfo.hasNextPage) return { rows, position };
      after = tickets.pageInfo.endCursor;
    }
  }

  #apply({ kind, ticketId, ticket, position }: { kind: string; ticketId: string; ticket: Row | null; position: string }): void {
    this.#position = position;
    if (kind === 'RELOAD') {
      this.reloads.push(monotonicMs());
      void this.open();
    } else if (kind === 'HEARTBEAT') return;
    else if (kind === 'LEFT' || !ticket) this.#rows.delete(ticketId);
    else if ((this.#rows.get(ticketId)?.version ?? 0) <= ticket.version) this.#rows.set(ticketId, ticket);
  }
}

class EventClient extends Client {
  told: ToldEvent[] = [];
  waits: number[] = [];
  after = 0;
  #position = '';

  async open(): Promise<void> {
    const { tickets } = (await ask(urls, this.draw, this.plan.token, PAGE, { filter: {} })) as Data;
    this.#position = tickets.position;
    this.after = placeOf(this.#position);
    this.follow(
      EVENTS,
      () => ({ after: this.#position }),
      ({ eventsStreamed: { position, reload, ticketId, ticketVersion, entry } }) => {
        if (reload) this.reloads.push(monotonicMs());
        this.#position = position;
        if (reload) this.#beginAnew();
        else if (!entry) return;
        else this.told.push([placeOf(position), entry.id, ticketId, ticketVersion]);
        if (entry) this.waits.push(Date.now() - Date.parse(entry.at));
      },
    );
  }

  async compare(): Promise<[string, string]> {
    return ['', ''];
  }

  /** What a program does that is told so: it loads everything, and goes on after the position it was given. */
  #beginAnew(): void {
    this.told = [];
    this.after = placeOf(this.#position);
  }
}

class CountsClient extends Client {
  #shown = '';

  async open(): Promise<void> {
    this.follow(
      COUNTS,
      () => ({}),
      ({ viewCountsChanged }) => (this.#shown = JSON.stringify(viewCountsChanged)),
    );
  }

  async compare(): Promise<[string, string]> {
    const { views } = (await ask(urls, this.draw, this.plan.token, '{ views { id count } }', {})) as Data;
    return [this.#shown, JSON.stringify(views.map(({ id, count }: { id: string; count: number }) => ({ viewId: id, count })))];
  }
}

class TicketClient extends Client {
  #shown = '';

  async open(): Promise<void> {
    this.follow(
      TICKET,
      () => ({ id: this.#id }),
      ({ ticketChanged }) => (this.#shown = JSON.stringify(ticketChanged)),
    );
  }

  get #id(): string {
    return this.plan.follows === 'ticket' ? this.plan.ticketId : '';
  }

  async compare(): Promise<[string, string]> {
    const { ticket } = (await ask(urls, this.draw, this.plan.token, 'query ($id: ID!) { ticket(id: $id) { id version subject } }', {
      id: this.#id,
    })) as Data;
    return [this.#shown, JSON.stringify(ticket)];
  }
}

/** The number in a position, which programs have no business to read; only this suite does, to find the log's rows. */
function placeOf(position: string): number {
  return Number(position.split(':')[1]);
}

const kinds = { list: ListClient, events: EventClient, counts: CountsClient, ticket: TicketClient };
const clients: Client[] = [];

async function check(): Promise<void> {
  const stale = await Promise.all(
    clients.map(async (client) => {
      if (client.faults.length > 0) return [`${client.plan.name}: ${client.faults[0]}`];
      const [shown, fresh] = await client.compare();
      return shown === fresh ? [] : [`${client.plan.name} by ${JSON.stringify(client.plan)} shows\n${shown}\nin place of\n${fresh}`];
    }),
  );
  const programs = clients.filter((client) => client instanceof EventClient);
  const waits = programs.flatMap((client) => client.waits.splice(0));
  say({ kind: 'checked', stale: stale.flat(), delivered, waits });
}

process.on('message', async (message: ToClients) => {
  if (message.kind === 'open') {
    urls = message.urls;
    const seeds = new Draw(message.seed);
    for (const plan of message.plans) clients.push(new kinds[plan.follows](plan, new Draw(seeds.seed())));
    await Promise.all(clients.map((client) => client.open()));
    const moves = new Draw(seeds.seed());
    setInterval(() => moves.one(clients).cut(0), moveEveryMs);
    say({ kind: 'opened' });
  } else if (message.kind === 'check') await check();
  else if (message.kind === 'events') {
    const told = clients.filter((client) => client instanceof EventClient);
    const reloaded = clients.map(({ plan: { name, token }, reloads: at }) => ({ name, token, at }));
    say({ kind: 'told', clients: told.map(({ plan: { name }, after, told: events }) => ({ name, after, events })), reloaded });
  } else {
    const draw = new Draw(message.seed);
    for (const client of clients) {
      if (!draw.chance(message.share)) continue;
      if (message.kind === 'cut') client.cut(message.awayMs);
      else client.stall(message.ms);
    }
  }
});
process.on('disconnect', () => process.exit(0));
