import type { MikroORM } from '@mikro-orm/postgresql';
import { Migration0001Desk } from '../migrations/0001-desk.ts';
import { Migration0002Live } from '../migrations/0002-live.ts';
import { Migration0003Access } from '../migrations/0003-access.ts';
import { Migration0004Clients } from '../migrations/0004-clients.ts';
import { Migration0005Sla } from '../migrations/0005-sla.ts';
import { Migration0006TicketWork } from '../migrations/0006-ticket-work.ts';
import { Migration0007Conversations } from '../migrations/0007-conversations.ts';
import { Migration0008Merges } from '../migrations/0008-merges.ts';
import { Migration0009Links } from '../migrations/0009-links.ts';
import { Migration0010Snooze } from '../migrations/0010-snooze.ts';
import { Migration0011Search } from '../migrations/0011-search.ts';
import { Migration0012Views } from '../migrations/0012-views.ts';
import { Migration0013Bulk } from '../migrations/0013-bulk.ts';
import { Migration0014Fields } from '../migrations/0014-fields.ts';
import { Migration0015TicketSettings } from '../migrations/0015-ticket-settings.ts';
import { Migration0016NoteVersions } from '../migrations/0016-note-versions.ts';
import { Migration0017NotificationSettings } from '../migrations/0017-notification-settings.ts';
import { Migration0018Lifecycle } from '../migrations/0018-lifecycle.ts';
import { Migration0019Attachments } from '../migrations/0019-attachments.ts';
import { Migration0020Contacts } from '../migrations/0020-contacts.ts';
import { Migration0021Lists } from '../migrations/0021-lists.ts';
import { Migration0022Intake } from '../migrations/0022-intake.ts';
import { Migration0023TicketLife } from '../migrations/0023-ticket-life.ts';
import { Migration0024VersionsAndLists } from '../migrations/0024-versions-and-lists.ts';
import { Migration0027Credentials } from '../migrations/0027-identity-credentials.ts';
import { Migration0028PlatformWorkAttempts } from '../migrations/0028-platform-work-attempts.ts';
import { Migration0029LiveAppendOnlyLog } from '../migrations/0029-live-append-only-log.ts';
import { Migration0030CustomersReferencesAndTraces } from '../migrations/0030-customers-references-and-traces.ts';
import { Migration0031ImportRefusedRows } from '../migrations/0031-import-refused-rows.ts';
import { Migration0032SlaPresentTarget } from '../migrations/0032-sla-present-target.ts';
import { Migration0037LiveGuardEventToken } from '../migrations/0037-live-guard-event-token.ts';
import { Migration0040ViewsMetricsAndQueue } from '../migrations/0040-views-metrics-and-queue.ts';
import { Migration0042PlatformRetention } from '../migrations/0042-platform-retention.ts';
import { Migration0043CustomersKeylessLocks } from '../migrations/0043-customers-keyless-locks.ts';
import { Migration0046AttachmentsUsedSpace } from '../migrations/0046-attachments-used-space.ts';
import { Migration0047PlatformUniqueNames } from '../migrations/0047-platform-unique-names.ts';
import { Migration0048TicketSettingsTopicKey } from '../migrations/0048-ticket-settings-topic-key.ts';
import { Migration0049IdentityReadScope } from '../migrations/0049-identity-read-scope.ts';
import { Migration0053ContactsLocale } from '../migrations/0053-contacts-locale.ts';
import { Migration0054ContactsNames } from '../migrations/0054-contacts-names.ts';
import { Migration0055ConversationsOfContact } from '../migrations/0055-conversations-of-contact.ts';
import { Migration0057SlaTeamHours } from '../migrations/0057-sla-team-hours.ts';
import { Migration0066PlatformMailHtml } from '../migrations/0066-platform-mail-html.ts';
import { defaultRetention, type Config } from './config.ts';
import { FileCleaner } from './domains/attachments/index.ts';
import { BulkWatch } from './domains/bulk/index.ts';
import {
  BreachWatch,
  escalate,
  ReapplyWatch,
  followFacts,
  followMerges,
  followMessages,
  followOrganizations,
  followStatus,
  startClocks,
  followTeamHours,
} from './domains/sla/index.ts';
import { requireChecklist } from './domains/checklists/index.ts';
import { acknowledge, LifecycleWatch } from './domains/lifecycle/index.ts';
import { requireFields } from './domains/fields/index.ts';
import {
  authenticate,
  authenticator,
  PasswordRequestWorker,
  rightsBehind,
  SignInDesk,
  stateOfToken,
  TokenState,
} from './domains/identity/index.ts';
import { DeliveryWatch, markReadByActing, notifyMembers, PushWatch } from './domains/notifications/index.ts';
import { authenticateClient, clientRightsBehind, LinkDesk, mailReplies, tokenPrefix } from './domains/public-links/index.ts';
import { askForRating } from './domains/ratings/index.ts';
import { followText } from './domains/search/index.ts';
import { lockTicketsOfContact, nextInstant, stampTicket, TicketEvent, topicsOf, type TimeField } from './domains/tickets/index.ts';
import { entities } from './entities.ts';
import type { ContextFactory, LiveSources } from './graphql/context.ts';
import type { Clock } from './kernel/clock.ts';
import type { DomainEvent } from './kernel/domain-event.ts';
import { systemViewer, tokenOf, type Viewer } from './kernel/viewer.ts';
import { DatabaseClock } from './platform/database-clock.ts';
import { readDatabaseIdentity } from './platform/database-identity.ts';
import { EventLog } from './platform/event-log.ts';
import { exclusively } from './platform/exclusively.ts';
import { FolderStore, type FileStore } from './platform/files/file-store.ts';
import { S3Store } from './platform/files/s3-store.ts';
import { Housekeeping } from './platform/housekeeping.ts';
import { openKeys } from './platform/keys.ts';
import type { Logger } from './platform/logger.ts';
import { LiveDesk } from './platform/live/live-desk.ts';
import { TimeWatch } from './platform/live/time-watch.ts';
import { openOrm, unlimited, type DatabaseSettings } from './platform/orm.ts';
import { defaultLimits, openOrms, type Orms } from './platform/orms.ts';
import { PresenceBoard } from './platform/presence-board.ts';
import { Mailer } from './platform/mail/mailer.ts';
import { LocalPubSub, RedisPubSub, type PubSub } from './platform/pub-sub.ts';
import { PushService } from './platform/push/push-service.ts';
import { RateLimits } from './platform/rate-limits.ts';
import { RefusalLog } from './platform/refusal-log.ts';
import { SharedRows } from './platform/loader.ts';
import { Relay } from './platform/relay.ts';
import { Scope } from './platform/scope.ts';
import { retentionRules } from './retention.ts';

/** Everything behind the doors of one node, built top to bottom. */
export interface Desk {
  /** For requests. */
  readonly orm: MikroORM;
  readonly orms: Orms;
  readonly pubSub: PubSub;
  readonly signInDesk: SignInDesk;
  readonly linkDesk: LinkDesk;
  readonly push: PushService;
  readonly store: FileStore;
  readonly limits: RateLimits;
  readonly clock: Clock;
  readonly housekeeping: Housekeeping;
  /** For members, by session or token. */
  readonly factory: ContextFactory;
  /** For clients, by the link of a ticket. */
  readonly clientFactory: ContextFactory;
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

/** Connections of the pools of live delivery and of workers, where the configuration says nothing. */
const usualPool = 5;

/** A node that starts waits this long for Redis, and then starts without it. */
const redisPatienceMs = 2000;

type DeskConfig = Pick<Config, 'databaseUrl' | 'redisUrl' | 'databasePool' | 'resumeDays'> &
  Partial<
    Pick<
      Config,
      | 'publicUrl'
      | 'smtpUrl'
      | 'mailSender'
      | 'singleSignOn'
      | 'secret'
      | 'requestsPerMinute'
      | 'uploadBytesPerHour'
      | 'pushServices'
      | 'files'
      | 'retention'
      | 'livePool'
      | 'workerPool'
      | 'databaseLimits'
    >
  >;

/** The database with the migrations of this version. */
function databaseAt(databaseUrl: string): DatabaseSettings {
  return {
    databaseUrl,
    entities,
    migrations: [
      { name: '0001-desk', class: Migration0001Desk },
      { name: '0002-live', class: Migration0002Live },
      { name: '0003-access', class: Migration0003Access },
      { name: '0004-clients', class: Migration0004Clients },
      { name: '0005-sla', class: Migration0005Sla },
      { name: '0006-ticket-work', class: Migration0006TicketWork },
      { name: '0007-conversations', class: Migration0007Conversations },
      { name: '0008-merges', class: Migration0008Merges },
      { name: '0009-links', class: Migration0009Links },
      { name: '0010-snooze', class: Migration0010Snooze },
      { name: '0011-search', class: Migration0011Search },
      { name: '0012-views', class: Migration0012Views },
      { name: '0013-bulk', class: Migration0013Bulk },
      { name: '0014-fields', class: Migration0014Fields },
      { name: '0015-ticket-settings', class: Migration0015TicketSettings },
      { name: '0016-note-versions', class: Migration0016NoteVersions },
      { name: '0017-notification-settings', class: Migration0017NotificationSettings },
      { name: '0018-lifecycle', class: Migration0018Lifecycle },
      { name: '0019-attachments', class: Migration0019Attachments },
      { name: '0020-contacts', class: Migration0020Contacts },
      { name: '0021-lists', class: Migration0021Lists },
      { name: '0022-intake', class: Migration0022Intake },
      { name: '0023-ticket-life', class: Migration0023TicketLife },
      { name: '0024-versions-and-lists', class: Migration0024VersionsAndLists },
      { name: '0027-identity-credentials', class: Migration0027Credentials },
      { name: '0028-platform-work-attempts', class: Migration0028PlatformWorkAttempts },
      { name: '0029-live-append-only-log', class: Migration0029LiveAppendOnlyLog },
      { name: '0030-customers-references-and-traces', class: Migration0030CustomersReferencesAndTraces },
      { name: '0031-import-refused-rows', class: Migration0031ImportRefusedRows },
      { name: '0032-sla-present-target', class: Migration0032SlaPresentTarget },
      { name: '0037-live-guard-event-token', class: Migration0037LiveGuardEventToken },
      { name: '0040-views-metrics-and-queue', class: Migration0040ViewsMetricsAndQueue },
      { name: '0042-platform-retention', class: Migration0042PlatformRetention },
      { name: '0043-customers-keyless-locks', class: Migration0043CustomersKeylessLocks },
      { name: '0046-attachments-used-space', class: Migration0046AttachmentsUsedSpace },
      { name: '0047-platform-unique-names', class: Migration0047PlatformUniqueNames },
      { name: '0048-ticket-settings-topic-key', class: Migration0048TicketSettingsTopicKey },
      { name: '0049-identity-read-scope', class: Migration0049IdentityReadScope },
      { name: '0053-contacts-locale', class: Migration0053ContactsLocale },
      { name: '0054-contacts-names', class: Migration0054ContactsNames },
      { name: '0055-conversations-of-contact', class: Migration0055ConversationsOfContact },
      { name: '0057-sla-team-hours', class: Migration0057SlaTeamHours },
      { name: '0066-platform-mail-html', class: Migration0066PlatformMailHtml },
    ],
  };
}

/** A database without time limits, for a backup or a restore. No migration runs yet. */
export function openDatabase({ databaseUrl, databasePool }: Pick<Config, 'databaseUrl' | 'databasePool'>): Promise<MikroORM> {
  return openOrm(databaseAt(databaseUrl), { size: databasePool, limits: unlimited });
}

/** The migrations of this version, oldest first. */
export function migrationNames(orm: MikroORM): string[] {
  return orm.config.get('migrations').migrationsList?.flatMap((migration) => ('name' in migration ? migration.name : [])) ?? [];
}

/** Connects, migrates and builds. Nothing but the clock runs by itself until `start`; `givenClock` is for tests. */
export async function openDesk(config: DeskConfig, logger: Logger, givenClock?: Clock): Promise<Desk> {
  const database = databaseAt(config.databaseUrl);
  await migrate(database);
  const { databasePool, livePool = usualPool, workerPool = usualPool, databaseLimits = defaultLimits } = config;
  const orms = await openOrms(database, { requests: databasePool, live: livePool, workers: workerPool }, databaseLimits);
  const { requests: orm, live: liveOrm, workers: workerOrm } = orms;
  const closeOrms = () => Promise.all(Object.values(orms).map((one) => one.close()));
  const databaseClock = new DatabaseClock(liveOrm, logger);
  try {
    await databaseClock.start();
  } catch (error) {
    databaseClock.stop();
    await closeOrms();
    throw error;
  }
  const clock = givenClock ?? databaseClock.now;
  const keys = await openKeys(orm, config.secret ?? null);
  const namespace = keys
    .sign('redis', await readDatabaseIdentity(orm))
    .toString('hex')
    .slice(0, 16);
  const redis = config.redisUrl ? new RedisPubSub({ url: config.redisUrl, namespace, logger }) : null;
  await redis?.connect(redisPatienceMs);
  const pubSub = redis ?? new LocalPubSub(logger);
  const { requestsPerMinute = 0, uploadBytesPerHour = 0 } = config;
  const limits = new RateLimits(redis?.commands ?? null, { requestsPerMinute, uploadBytesPerHour }, namespace);

  const linkDesk = new LinkDesk(keys, config.publicUrl ?? '');
  const sharedRows: SharedRows[] = [];
  const forgetRows = (workspaceId: string) => sharedRows.forEach((rows) => rows.forget(workspaceId));
  const relay = new Relay(liveOrm, pubSub, logger);
  const log = new EventLog(
    stampTicket,
    [
      lockTicketsOfContact,
      requireFields,
      requireChecklist,
      acknowledge,
      startClocks,
      followTeamHours,
      followStatus,
      followFacts,
      followMessages,
      followMerges,
      followOrganizations,
      escalate,
      mailReplies(linkDesk),
      askForRating((tx, ticketId) => linkDesk.forLetter(tx, ticketId)),
      notifyMembers,
      markReadByActing,
    ],
    (workspaceId, events) => {
      if (events.length === 0 || events.some(mayChangeRows)) forgetRows(workspaceId);
      if (events.length > 0) relay.poke(workspaceId);
    },
    [followText],
  );
  /** Units of work on the connections of one pool. */
  const scopesOn = (from: MikroORM) => {
    const shared = new SharedRows(() => from.em.fork());
    sharedRows.push(shared);
    const scopeFor = (viewer: Viewer, at: Clock = clock) =>
      new Scope(from.em.fork(), viewer, at, log, shared.loadersFor(viewer.workspaceId));
    return { scopeFor, systemScope: (workspaceId: string, at?: Clock) => scopeFor(systemViewer(workspaceId), at) };
  };
  const { scopeFor, systemScope } = scopesOn(orm);
  const liveScopes = scopesOn(liveOrm);
  const workerScopes = scopesOn(workerOrm);
  const refusals = new RefusalLog(() => workerOrm.em.fork(), clock, logger);
  const signInDesk = new SignInDesk({
    orm,
    clock,
    keys,
    refusals,
    publicUrl: config.publicUrl ?? '',
    sendsMail: Boolean(config.smtpUrl),
    singleSignOn: config.singleSignOn?.name ?? null,
  });
  const passwordRequests = new PasswordRequestWorker({ orm: workerOrm, desk: signInDesk, clock, logger });
  const factory: ContextFactory = {
    scopeFor,
    authenticate: authenticator(() => orm.em.fork(), clock),
    explain: async (secret) => tokenWords[await stateOfToken(orm.em.fork(), clock, secret)],
    logDenial(viewer, what) {
      const { workspaceId, memberId: actorId, origin } = viewer;
      refusals.count({ workspaceId, kind: 'DENIED', actorId, tokenId: tokenOf(viewer), origin, what });
    },
  };
  const push = new PushService(keys, contactOf(config), config.pushServices ?? []);
  const clientFactory: ContextFactory = {
    scopeFor,
    logDenial: factory.logDenial,
    async authenticate(token, { address }) {
      await limits.requireFewGuesses(address);
      const viewer = await authenticateClient(orm.em.fork(), clock, token);
      if (!viewer) await limits.countGuess(address);
      return viewer;
    },
  };
  const isClients = (secret: string) => secret.startsWith(tokenPrefix);
  const liveDesk = new LiveDesk({
    orm: liveOrm,
    pubSub,
    logger,
    clock,
    systemScope: liveScopes.systemScope,
    topicsOf,
    retentionMs: config.resumeDays * 86_400_000,
    credentials: {
      async rightsBehind(secrets) {
        const members = await rightsBehind(
          liveOrm.em.fork(),
          clock,
          secrets.filter((secret) => !isClients(secret)),
        );
        const clients = await clientRightsBehind(liveOrm.em.fork(), clock, secrets.filter(isClients));
        return new Map([...members, ...clients]);
      },
      async authenticate(secret) {
        if (isClients(secret)) return authenticateClient(liveOrm.em.fork(), clock, secret);
        const viewer = await authenticate(liveOrm.em.fork(), clock, secret);
        return viewer?.unsecured ? null : viewer;
      },
    },
  });
  const time = new TimeWatch({
    clock,
    logger,
    nextInstant: (workspaceId, field, after) => nextInstant({ em: liveOrm.em.fork(), workspaceId }, field as TimeField, after),
    ring: (workspaceId, topic) => liveDesk.signal(workspaceId, topic),
  });
  liveDesk.listen((workspaceId, events) => {
    if (events.some(mayChangeRows)) forgetRows(workspaceId);
    time.hear(workspaceId, events);
  });
  const presence = new PresenceBoard(pubSub, (workspaceId, placeId) => {
    if (placeId === null) return liveDesk.signal(workspaceId, 'online');
    liveDesk.signal(workspaceId, `presence:${placeId}`);
    liveDesk.signal(workspaceId, 'presences', placeId);
  });
  const live: LiveSources = { desk: liveDesk, presence, time };
  const store = storeOf(config.files);
  const mailer = new Mailer({ orm: workerOrm, clock, logger, smtpUrl: config.smtpUrl ?? null, sender: config.mailSender ?? '', store });
  const cleaner = new FileCleaner(workerScopes.systemScope, store, logger);
  const breaches = new BreachWatch(workerScopes.systemScope, logger);
  const deliveries = new DeliveryWatch({ ...workerScopes, publicUrl: config.publicUrl ?? '', logger });
  const pushes = new PushWatch(workerScopes.systemScope, push, logger);
  const bulk = new BulkWatch(workerScopes.scopeFor, workerScopes.systemScope, logger);
  const lifecycle = new LifecycleWatch(workerScopes.systemScope, logger, (tx, ticketId, locale) => linkDesk.footer(tx, ticketId, locale));
  const reapply = new ReapplyWatch(workerScopes.systemScope, logger);
  const workers = [breaches, reapply, bulk, lifecycle, deliveries, pushes, mailer, cleaner];
  const retention = config.retention ?? defaultRetention;
  const retained = workers.flatMap((worker) => worker.retention(retention.failedJobDays));
  const housekeeping = new Housekeeping(workerOrm, [...retentionRules(retention, config.resumeDays), ...retained], logger);

  return {
    orm,
    orms,
    pubSub,
    signInDesk,
    linkDesk,
    push,
    store,
    limits,
    clock,
    housekeeping,
    factory,
    clientFactory,
    live,
    scopeFor,
    systemScope,
    start() {
      relay.start();
      for (const worker of [...workers, passwordRequests]) worker.start();
      housekeeping.start();
      liveDesk.start();
      presence.start();
    },
    async close() {
      presence.stop();
      time.stop();
      await housekeeping.stop();
      await Promise.all([...workers, passwordRequests].map((worker) => worker.stop()));
      await refusals.stop();
      await relay.stop();
      await liveDesk.close();
      await pubSub.close();
      databaseClock.stop();
      await closeOrms();
    },
  };
}

const tokenWords: Readonly<Record<TokenState, string>> = {
  UNKNOWN: 'This access token is unknown. Check that you sent all of it, or create a new one.',
  EXPIRED: 'This access token has expired. Create a new one.',
  REVOKED: 'This access token was revoked. Create a new one.',
};

/** Where the configuration keeps files. */
export function storeOf(files: Config['files'] = { kind: 'FOLDER', path: '.data/files' }): FileStore {
  return files.kind === 'S3' ? new S3Store(files) : new FolderStore(files.path);
}

/** Whom a push service writes to when our pushes trouble it: the desk's address, or the one its letters come from. */
function contactOf({ publicUrl, mailSender }: DeskConfig): string {
  if (publicUrl?.startsWith('https:')) return publicUrl;
  return `mailto:${/<(.*)>/.exec(mailSender ?? '')?.[1] ?? 'baton@localhost'}`;
}

/** What happens to a ticket, and what is told of it, changes nothing of the people, teams and settings that tickets name. */
function mayChangeRows({ type, ticketId }: Pick<DomainEvent, 'type' | 'ticketId'>): boolean {
  return (ticketId === null && !type.startsWith('notification.') && !type.startsWith('conversation.')) || type === TicketEvent.TAGGED;
}

/** Migrates without time limits, with connections of its own. The nodes that start at the same time wait for their turn. */
async function migrate(database: DatabaseSettings): Promise<void> {
  const orm = await openOrm({ ...database, entities: [] }, { size: 2, limits: unlimited });
  try {
    await exclusively(orm, 'migrate', () =>
      orm.migrator.up().catch((error: unknown) => {
        throw new MigrationFailed(error);
      }),
    );
    await requireUkrainianSearch(orm);
  } finally {
    await orm.close();
  }
}

/** With a database locale of plain C, PostgreSQL finds no trigrams in Cyrillic and a search finds nothing, in silence. */
async function requireUkrainianSearch(orm: MikroORM): Promise<void> {
  const [row]: { trigrams: string[] }[] = await orm.em.fork().execute(`select show_trgm('їжак') as trigrams`);
  if (!row || row.trigrams.length === 0) throw new UnsuitableDatabase();
}
