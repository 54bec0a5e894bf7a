import type { MikroORM } from '@mikro-orm/postgresql';
import { Migration0001Desk } from '../migrations/0001-desk.ts';
import type { Config } from './config.ts';
import { BreachWatch, followPriority, followStatus, startClocks } from './domains/sla/index.ts';
import { authenticate, SignInDesk } from './domains/identity/index.ts';
import { notifyMembers } from './domains/notifications/index.ts';
import { stampTicket } from './domains/tickets/index.ts';
import { entities } from './entities.ts';
import type { ContextFactory, LiveSources } from './graphql/context.ts';
import { systemClock, type Clock } from './kernel/clock.ts';
import { systemViewer, type Viewer } from './kernel/viewer.ts';
import { EventFeed } from './platform/event-feed.ts';
import { EventLog } from './platform/event-log.ts';
import { exclusively } from './platform/exclusively.ts';
import type { Logger } from './platform/logger.ts';
import { openOrm } from './platform/orm.ts';
import { PresenceBoard } from './platform/presence-board.ts';
import { LocalPubSub, RedisPubSub, type PubSub } from './platform/pub-sub.ts';
import { Relay } from './platform/relay.ts';
import { Scope } from './platform/scope.ts';

/** Everything behind the doors of one node, built top to bottom. */
export interface Desk {
  readonly orm: MikroORM;
  readonly pubSub: PubSub;
  readonly signInDesk: SignInDesk;
  readonly factory: ContextFactory;
  readonly live: LiveSources;
  scopeFor(viewer: Viewer, clock?: Clock): Scope;
  systemScope(workspaceId: string, clock?: Clock): Scope;
  /** Begins what runs by itself: relay, breaches, presence. */
  start(): void;
  close(): Promise<void>;
}

/** Migrations run in a transaction, so a failed one leaves nothing behind. */
export class MigrationFailed extends Error {
  constructor(override readonly cause: unknown) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    super(
      `A migration of the database failed and was undone; the data is as it was: ${reason}. Remove the cause, or go back to the version that ran before, and start again.`,
    );
  }
}

/** The database cannot search what it should. */
export class UnsuitableDatabase extends Error {
  constructor() {
    super(
      'The database was created with a locale in which Cyrillic cannot be searched. Create it with LC_CTYPE C.UTF-8 (or another UTF-8 locale) and start again.',
    );
  }
}

type DeskConfig = Pick<Config, 'databaseUrl' | 'redisUrl' | 'databasePool'>;

/** Connects, migrates and builds. Nothing runs by itself until `start`. */
export async function openDesk(config: DeskConfig, logger: Logger, clock: Clock = systemClock): Promise<Desk> {
  const orm = await openOrm({
    databaseUrl: config.databaseUrl,
    entities,
    migrations: [{ name: '0001-desk', class: Migration0001Desk }],
    poolSize: config.databasePool,
  });
  try {
    await exclusively(orm, 'migrate', () => migrate(orm));
    await requireUkrainianSearch(orm);
  } catch (error) {
    await orm.close();
    throw error;
  }
  const pubSub = config.redisUrl ? await connectRedis(config.redisUrl, logger) : new LocalPubSub();

  const relay = new Relay(orm, pubSub, logger);
  const log = new EventLog(stampTicket, [startClocks, followStatus, followPriority, notifyMembers], (workspaceId) =>
    relay.poke(workspaceId),
  );
  const scopeFor = (viewer: Viewer, at: Clock = clock) => new Scope(orm.em.fork(), viewer, at, log);
  const systemScope = (workspaceId: string, at?: Clock) => scopeFor(systemViewer(workspaceId), at);
  const signInDesk = new SignInDesk(() => orm.em.fork(), clock);
  const factory: ContextFactory = { authenticate: (secret) => authenticate(orm.em.fork(), clock, secret), scopeFor };
  const live: LiveSources = { feed: new EventFeed(orm, pubSub, logger), presence: new PresenceBoard(pubSub) };
  const breaches = new BreachWatch(systemScope, logger);

  return {
    orm,
    pubSub,
    signInDesk,
    factory,
    live,
    scopeFor,
    systemScope,
    start() {
      relay.start();
      breaches.start();
      live.presence.start();
    },
    async close() {
      live.presence.stop();
      await breaches.stop();
      await relay.stop();
      live.feed.close();
      await pubSub.close();
      await orm.close();
    },
  };
}

async function connectRedis(url: string, logger: Logger): Promise<PubSub> {
  const pubSub = new RedisPubSub(url, logger);
  await pubSub.connect();
  return pubSub;
}

async function migrate(orm: MikroORM): Promise<void> {
  try {
    await orm.migrator.up();
  } catch (error) {
    throw new MigrationFailed(error);
  }
}

/** With a database locale of plain C, PostgreSQL finds no trigrams in Cyrillic and a search finds nothing, in silence. */
async function requireUkrainianSearch(orm: MikroORM): Promise<void> {
  const [row]: { trigrams: string[] }[] = await orm.em.fork().execute(`select show_trgm('їжак') as trigrams`);
  if (!row || row.trigrams.length === 0) throw new UnsuitableDatabase();
}
