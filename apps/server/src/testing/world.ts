import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client as Socket, type SubscribePayload } from 'graphql-ws';
import pg from 'pg';
import { inject } from 'vitest';
import WebSocket from 'ws';
import type { StatusCategory } from '@baton/rules';
import { openApp, type App } from '../app.ts';
import { openDesk, type Desk } from '../desk.ts';
import type { ClamdAddress } from '../platform/files/virus-scanner.ts';
import type { FileLimits } from '../domains/attachments/index.ts';
import { createContact, type Contact } from '../domains/contacts/index.ts';
import { AccessToken, Team, TeamMember, type Member, type Role } from '../domains/identity/index.ts';
import { createMember, createWorkspace } from '../domains/onboarding/index.ts';
import { listStatuses, createTicket, Topic, type CreateTicket, type Status, type Ticket } from '../domains/tickets/index.ts';
import { hashSecret } from '../platform/keys.ts';
import type { DatabaseLimits } from '../platform/orm.ts';
import { newId } from '../kernel/id.ts';
import { createLogger } from '../platform/logger.ts';

export interface Reply {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer has the shape of the test's query
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** One node of a desk, on a port of its own. */
interface Node {
  readonly desk: Desk;
  readonly app: App;
  readonly url: string;
}

/** A person at the API's door. */
export class Person {
  readonly #sockets: Socket[] = [];
  readonly #others: Person[] = [];

  constructor(
    readonly member: Member,
    readonly secret: string,
    private readonly node: Pick<Node, 'url'>,
  ) {}

  get id(): string {
    return this.member.id;
  }

  async ask(query: string, variables: object = {}): Promise<Reply> {
    const response = await fetch(`http://${this.node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.secret}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Reply;
  }

  /** The data of an operation that must not fail. */
  async run(query: string, variables: object = {}): Promise<Reply['data']> {
    const { data, errors } = await this.ask(query, variables);
    if (errors) throw new Error(`the operation failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** Follows a subscription; what arrives is kept until somebody waits for it. */
  follow(query: string, variables: object = {}, operationName?: string): Stream {
    const socket = createClient({
      url: `ws://${this.node.url}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${this.secret}` },
      retryAttempts: 0,
    });
    this.#sockets.push(socket);
    return new Stream(socket, { query, variables: variables as Record<string, unknown>, ...(operationName ? { operationName } : {}) });
  }

  /** The same person at the address of another server; their sockets are closed with this person's. */
  at(url: string): Person {
    const other = new Person(this.member, this.secret, { url });
    this.#others.push(other);
    return other;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#others.splice(0).map((other) => other.leave()));
    await Promise.all(this.#sockets.splice(0).map((socket) => socket.dispose()));
  }
}

/** What a subscription has brought. */
export class Stream {
  readonly received: Reply['data'][] = [];
  readonly faults: string[] = [];
  ended = false;
  readonly #stop: () => void;
  #opened: WebSocket | undefined;

  constructor(socket: Socket, operation: SubscribePayload) {
    socket.on('opened', (opened) => (this.#opened = opened as WebSocket));
    this.#stop = socket.subscribe<Record<string, unknown>>(operation, {
      next: ({ data, errors }) => (data ? this.received.push(data) : this.faults.push(errors?.[0]?.message ?? '')),
      error: (error) => this.faults.push(Array.isArray(error) ? String(error[0]?.message) : String(error)),
      complete: () => (this.ended = true),
    });
  }

  /** Waits until something that was received satisfies the condition, and answers it. */
  async until(satisfies: (data: Reply['data']) => boolean): Promise<Reply['data']> {
    await waitFor(() => this.received.some(satisfies) || this.faults.length > 0);
    if (this.faults.length > 0) throw new Error(`the subscription failed: ${this.faults.join(', ')}`);
    return this.received.findLast(satisfies);
  }

  /** Waits for the first thing to arrive: from then on nothing is missed. */
  begun(): Promise<Reply['data']> {
    return this.until(() => true);
  }

  /** Waits until everything that the server wrote to this socket before now has arrived. */
  async flushed(): Promise<void> {
    await waitFor(() => this.#opened !== undefined || this.faults.length > 0, 'a socket to open');
    const opened = this.#opened;
    if (opened?.readyState !== WebSocket.OPEN) return;
    await new Promise<void>((resolve) => {
      opened.once('pong', () => resolve());
      opened.once('close', () => resolve());
      opened.ping();
    });
  }

  /** Stops reading, as a client does whose machine is busy. */
  pause(): void {
    this.#opened?.pause();
  }

  resume(): void {
    this.#opened?.resume();
  }

  close(): void {
    this.#stop();
  }
}

/** Waits for a condition, never for time. */
export async function waitFor(condition: () => boolean | Promise<boolean>, what: string | (() => string) = 'a condition'): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ten seconds for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface WorldOptions {
  readonly nodes?: number;
  readonly redis?: boolean;
  readonly resumeDays?: number;
  /** No limits by default: tests ask much in little time. */
  readonly requestsPerMinute?: number;
  readonly socketsPerPerson?: number;
  readonly operationsPerPerson?: number;
  readonly writesPerTicket?: number;
  readonly databasePool?: number;
  /** Generous by default: many tests share a machine. */
  readonly databaseLimits?: Partial<DatabaseLimits>;
  readonly socketsPerAddress?: number;
  readonly socketInitSeconds?: number;
  readonly trustedProxies?: readonly string[];
  /** Hosts of push services; none by default. */
  readonly pushServices?: readonly string[];
  readonly fileLimits?: FileLimits;
  readonly uploadBytesPerHour?: number;
  readonly clamd?: ClamdAddress;
  /** None by default: emails stay in the table. */
  readonly smtpUrl?: string;
}

const patientLimits: DatabaseLimits = {
  statementMs: 30_000,
  longStatementMs: 60_000,
  lockMs: 20_000,
  idleTransactionMs: 60_000,
  poolWaitMs: 5000,
};

/** A workspace in a database of its own, served by one node or several. */
export class World {
  readonly #people: Person[] = [];
  #count = 0;

  private constructor(
    readonly nodes: readonly Node[],
    readonly workspaceId: string,
    readonly statuses: readonly Status[],
    /** What the desk takes for now; null = the true time. */
    readonly time: { now: Date | null },
    readonly databaseUrl: string,
    /** Where the bytes of files are. */
    readonly filesPath: string,
  ) {}

  static async open({
    nodes = 1,
    redis = false,
    resumeDays = 7,
    requestsPerMinute = 0,
    socketsPerPerson = 0,
    operationsPerPerson = 0,
    writesPerTicket = 0,
    databasePool = 6,
    databaseLimits = {},
    socketsPerAddress = 0,
    socketInitSeconds = 10,
    trustedProxies = [],
    pushServices = [],
    fileLimits = { mostBytes: 1_048_576, refused: ['exe'], workspaceBytes: 0 },
    uploadBytesPerHour = 0,
    clamd,
    smtpUrl,
  }: WorldOptions = {}): Promise<World> {
    const databaseUrl = await createDatabase();
    const time: { now: Date | null } = { now: null };
    const clock = () => time.now ?? new Date();
    const opened: Node[] = [];
    const files = { kind: 'FOLDER', path: await mkdtemp(join(tmpdir(), 'baton-files-')) } as const;
    for (let index = 0; index < nodes; index++) {
      const logger = createLogger('silent');
      const desk = await openDesk(
        {
          databaseUrl,
          redisUrl: redis ? inject('redisUrl') : null,
          databasePool,
          databaseLimits: { ...patientLimits, ...databaseLimits },
          resumeDays,
          requestsPerMinute,
          uploadBytesPerHour,
          publicUrl: 'http://desk.test',
          pushServices,
          files,
          ...(smtpUrl ? { smtpUrl } : {}),
        },
        logger,
        clock,
      );
      const app = await openApp(
        desk,
        {
          publicUrl: 'http://desk.test',
          graphiql: true,
          introspection: true,
          trustedProxies,
          pagesPath: null,
          socketsPerPerson,
          operationsPerPerson,
          writesPerTicket,
          // A busy machine is no reason to refuse what waits.
          operationWaitSeconds: 30,
          socketsPerAddress,
          socketInitSeconds,
          fileLimits,
          ...(clamd ? { clamd } : {}),
        },
        logger,
      );
      await app.http.listen({ port: 0, host: '127.0.0.1' });
      const address = app.http.server.address() as { port: number };
      desk.start();
      opened.push({ desk, app, url: `127.0.0.1:${address.port}` });
    }
    const [first] = opened;
    if (!first) throw new Error('a world has at least one node');
    const em = first.desk.orm.em.fork();
    const workspace = await em.transactional((tx) => createWorkspace(tx, { name: 'Desk', slug: 'desk', demo: false, at: clock() }));
    const statuses = await listStatuses(first.desk.systemScope(workspace.id));
    return new World(opened, workspace.id, statuses, time, databaseUrl, files.path);
  }

  get desk(): Desk {
    return this.node(0).desk;
  }

  node(index: number): Node {
    const node = this.nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  }

  status(category: StatusCategory): string {
    const status = this.statuses.find((one) => one.category === category);
    if (!status) throw new Error(`there is no status of ${category}`);
    return status.id;
  }

  async person(
    role: Role,
    { teams = [], node = 0, name = `${role} ${++this.#count}` }: { teams?: string[]; node?: number; name?: string } = {},
  ): Promise<Person> {
    const em = this.desk.orm.em.fork();
    const at = new Date();
    const { workspaceId } = this;
    const email = `${name.toLowerCase().replace(/\W/g, '.')}@desk.test`;
    const member = await createMember(em, { workspaceId, name, email, password: 'correct horse', role, at });
    await em.insertMany(
      TeamMember,
      teams.map((teamId) => ({ workspaceId, teamId, memberId: member.id })),
    );
    const secret = `baton_${crypto.randomUUID()}`;
    await em.insert(AccessToken, {
      workspaceId,
      id: newId(),
      memberId: member.id,
      name: 'test',
      tokenHash: hashSecret(secret),
      hint: 'baton_test',
      permissions: null,
      createdAt: at,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
    return this.seat(member, secret, node);
  }

  /** The same member at another door. */
  seat(member: Member, secret: string, node: number): Person {
    const person = new Person(member, secret, this.node(node));
    this.#people.push(person);
    return person;
  }

  async team(name = `Team ${++this.#count}`): Promise<string> {
    const id = newId();
    await this.desk.orm.em.fork().insert(Team, { workspaceId: this.workspaceId, id, name });
    return id;
  }

  async topic(name: string): Promise<string> {
    const id = newId();
    await this.desk.orm.em.fork().insert(Topic, { workspaceId: this.workspaceId, id, name: { en: name }, parentId: null, place: 0 });
    return id;
  }

  ticket(overrides: Partial<CreateTicket> = {}): Promise<Ticket> {
    return createTicket(this.desk.systemScope(this.workspaceId), { subject: `Ticket ${++this.#count}`, ...overrides });
  }

  ticketIn(workspaceId: string): Promise<Ticket> {
    return createTicket(this.desk.systemScope(workspaceId), { subject: `Ticket ${++this.#count}` });
  }

  /** A client, by default with an address. */
  async contact(given: { name?: string; email?: string | null; locale?: string } = {}): Promise<Contact> {
    const count = ++this.#count;
    const { name = `Client ${count}`, email = `client${count}@example.test` } = given;
    return createContact(this.desk.systemScope(this.workspaceId), { ...given, name, email });
  }

  /** Another workspace in the same database, with one ticket and one administrator. */
  async stranger(): Promise<{ ticketId: string; person: Person }> {
    const em = this.desk.orm.em.fork();
    const workspace = await em.transactional((tx) =>
      createWorkspace(tx, { name: 'Other', slug: `other-${++this.#count}`, demo: false, at: new Date() }),
    );
    const ticket = await createTicket(this.desk.systemScope(workspace.id), { subject: 'Foreign' });
    const home = this.workspaceId;
    Object.assign(this, { workspaceId: workspace.id });
    const person = await this.person('OWNER', { name: `Stranger ${this.#count}` });
    Object.assign(this, { workspaceId: home });
    return { ticketId: ticket.id, person };
  }

  async sql<Row>(query: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.desk.orm.em.fork().execute(query, parameters);
  }

  /** Changes rows that triggers protect, such as the log: for tests of what a log may look like. */
  async rewriteLog(query: string, parameters: unknown[] = []): Promise<void> {
    await this.desk.orm.em.fork().transactional(async (em) => {
      await em.execute(`set local session_replication_role = replica`);
      await em.execute(query, parameters);
    });
  }

  /**
   * Copies the database as it is now, as a dump would. The answer puts the copy in the place of the database, as a restore
   * on another server would.
   */
  async dump(): Promise<() => Promise<void>> {
    const database = this.#database;
    await this.withoutDatabase(() => askServer(`create database ${database}_dump template ${database} strategy file_copy`));
    return () =>
      this.withoutDatabase(async () => {
        await askServer(`alter database ${database} rename to ${database}_old`);
        await askServer(`alter database ${database}_dump rename to ${database}`);
      });
  }

  /** Takes the database away from the nodes while the work runs: what is connected is cut off, and nobody gets in. */
  async withoutDatabase(work: () => Promise<void>): Promise<void> {
    const database = this.#database;
    await askServer(`alter database ${database} allow_connections false`);
    await askServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
    try {
      await work();
    } finally {
      await askServer(`alter database ${database} allow_connections true`);
    }
  }

  get #database(): string {
    return new URL(this.databaseUrl).pathname.slice(1);
  }

  async close(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.leave()));
    for (const { app, desk } of this.nodes) {
      await app.close();
      await desk.close();
    }
  }
}

async function createDatabase(): Promise<string> {
  const name = `t_${crypto.randomUUID().replaceAll('-', '')}`;
  await askServer(`create database ${name} template template_baton strategy file_copy`);
  const server = new URL(inject('postgresUrl'));
  server.pathname = `/${name}`;
  return server.href;
}

async function askServer(query: string): Promise<void> {
  const client = new pg.Client(inject('postgresUrl'));
  await client.connect();
  await client.query(query);
  await client.end();
}
