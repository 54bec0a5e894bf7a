import { z } from 'zod';
import type { FileLimits } from './domains/attachments/index.ts';
import type { S3Settings } from './platform/files/s3-store.ts';
import type { ClamdAddress } from './platform/files/virus-scanner.ts';
import type { DatabaseLimits } from './platform/orm.ts';

const megabyte = 1_048_576;
const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']);
const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

/** How many days rows are kept that only grow in number. */
export interface Retention {
  /** Read notifications, from their creation. */
  readonly notificationDays: number;
  /** Outgoing emails, from their creation. */
  readonly emailDays: number;
  /** Results per ticket of a bulk action, from its end. It can be undone until then. */
  readonly bulkResultDays: number;
  /** Background work that was given up, from its last attempt. */
  readonly failedJobDays: number;
}

export const defaultRetention: Retention = { notificationDays: 90, emailDays: 30, bulkResultDays: 90, failedJobDays: 90 };
const maxDays = 3650;
const daysFrom = (min: number) => {
  const allowed = `must be ${min} to ${maxDays}`;
  return z.coerce.number({ error: 'must be a number' }).int().min(min, allowed).max(maxDays, allowed);
};
/** A time limit; 0 = none. */
const seconds = (longest: number) =>
  z.coerce.number({ error: 'must be a number' }).min(0, `must be 0 to ${longest}`).max(longest, `must be 0 to ${longest}`);

const environment = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/database' }),
    REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must look like redis://host:6379' }).optional(),
    // Apart from the URL, so that a password may hold any character.
    DATABASE_PASSWORD: z.string().optional(),
    REDIS_PASSWORD: z.string().optional(),
    PORT: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535').default(4000),
    HOST: z.string().default('127.0.0.1'),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must look like https://desk.example.org' }).optional(),
    LOG_LEVEL: level.default('warn'),
    DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
    DATABASE_POOL_LIVE: z.coerce.number().int().min(2).max(100).default(5),
    DATABASE_POOL_WORKERS: z.coerce.number().int().min(2).max(100).default(5),
    DATABASE_POOL_WAIT_SECONDS: z.coerce.number({ error: 'must be a number' }).min(0.1).max(60, 'must be 0.1 to 60').default(5),
    DATABASE_STATEMENT_SECONDS: seconds(3600).default(5),
    DATABASE_LONG_STATEMENT_SECONDS: seconds(86_400).default(60),
    DATABASE_LOCK_SECONDS: seconds(3600).default(3),
    DATABASE_IDLE_TRANSACTION_SECONDS: seconds(3600).default(30),
    RESUME_DAYS: z.coerce.number().min(0).max(365).default(7),
    NOTIFICATION_DAYS: daysFrom(7).default(defaultRetention.notificationDays),
    EMAIL_DAYS: daysFrom(7).default(defaultRetention.emailDays),
    BULK_RESULT_DAYS: daysFrom(30).default(defaultRetention.bulkResultDays),
    FAILED_JOB_DAYS: daysFrom(7).default(defaultRetention.failedJobDays),
    SECRET: z
      .string()
      .min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32')
      .refine((secret) => !/^(change|example|secret|your)/i.test(secret), 'must be one of your own: make one with: openssl rand -base64 32')
      .optional(),
    REQUESTS_PER_MINUTE: z.coerce.number({ error: 'must be a number' }).int().min(0).max(1_000_000).default(3000),
    OPERATIONS_PER_PERSON: z.coerce.number({ error: 'must be a number' }).int().min(0).max(10_000).default(6),
    WRITES_PER_TICKET: z.coerce.number({ error: 'must be a number' }).int().min(0).max(10_000).default(2),
    OPERATION_WAIT_SECONDS: z.coerce.number({ error: 'must be a number' }).min(0, 'must be 0 to 60').max(60, 'must be 0 to 60').default(5),
    SOCKETS_PER_PERSON: z.coerce.number({ error: 'must be a number' }).int().min(0).max(100_000).default(50),
    METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -base64 24').optional(),
    SOCKETS_PER_ADDRESS: z.coerce.number({ error: 'must be a number' }).int().min(0).max(100_000).default(200),
    SOCKET_INIT_SECONDS: z.coerce.number({ error: 'must be a number' }).min(1, 'must be 1 to 60').max(60, 'must be 1 to 60').default(10),
    SHUTDOWN_DELAY_SECONDS: z.coerce.number({ error: 'must be a number' }).min(0).max(60, 'must be 0 to 60').default(1),
    DRAIN_SECONDS: z.coerce.number({ error: 'must be a number' }).min(0).max(600, 'must be 0 to 600').default(20),
    WATCHDOG_SECONDS: z.coerce.number({ error: 'must be a number' }).min(0).max(3600, 'must be 0 to 3600').default(30),
    DEMO: flag.default(false),
    DEMO_TICKETS: z.coerce.number().int().min(1).max(20_000).default(2000),
    GRAPHIQL: flag.default(false),
    INTROSPECTION: flag.default(false),
    TRUSTED_PROXIES: z.string().default(''),
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must look like smtps://user:password@mail.example.org' }).optional(),
    PUSH_SERVICES: z.string().default('fcm.googleapis.com,updates.push.services.mozilla.com,push.apple.com,notify.windows.com'),
    FILES_PATH: z.string().default('.data/files'),
    MAX_FILE_MB: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(1, 'must be 1 to 5000')
      .max(5000, 'must be 1 to 5000')
      .default(25),
    FILE_STORAGE_MB: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(0, 'must be 0 to 1000000000; 0 sets no limit')
      .max(1_000_000_000, 'must be 0 to 1000000000; 0 sets no limit')
      .default(51_200),
    UPLOAD_MB_PER_HOUR: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(0, 'must be 0 to 2000; 0 sets no limit')
      .max(2000, 'must be 0 to 2000; 0 sets no limit')
      .default(1000),
    REFUSED_FILES: z.string().default('exe,bat,cmd,com,scr,pif,msi,vbs,vbe,wsf,jar,ps1,apk,lnk,hta'),
    CLAMD_URL: z.url({ protocol: /^tcp$/, error: 'must look like tcp://127.0.0.1:3310' }).optional(),
    S3_BUCKET: z.string().optional(),
    S3_REGION: z.string().default('us-east-1'),
    S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must look like https://s3.example.org' }).optional(),
    S3_ACCESS_KEY_ID: z.string().optional(),
    S3_SECRET_ACCESS_KEY: z.string().optional(),
    OIDC_ISSUER: z
      .url({ protocol: /^https?$/, error: 'must look like https://login.example.org' })
      .refine(
        (url) => url.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(url),
        'must be https, except on this machine',
      )
      .optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_NAME: z.string().default('single sign-on'),
    MAIL_SENDER: z.string().default('Baton <baton@localhost>'),
  })
  .superRefine(({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }, context) => {
    const whole = (first: string | undefined, of: string, others: Record<string, string | undefined>) => {
      if (!first) return;
      for (const [name, value] of Object.entries(others)) {
        if (!value) context.addIssue({ code: 'custom', path: [name], message: `is needed with ${of}` });
      }
    };
    whole(OIDC_ISSUER, 'OIDC_ISSUER', { OIDC_CLIENT_ID, OIDC_CLIENT_SECRET });
    whole(S3_BUCKET, 'S3_BUCKET', { S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY });
  });

export interface Config {
  readonly databaseUrl: string;
  /** Without one, this node is alone. */
  readonly redisUrl: string | null;
  readonly port: number;
  readonly host: string;
  /** Where people reach the desk, when that is not where it listens. */
  readonly publicUrl: string;
  readonly logLevel: z.infer<typeof level>;
  /** Connections of a node for requests, for live delivery, and for background workers. */
  readonly databasePool: number;
  readonly livePool: number;
  readonly workerPool: number;
  readonly databaseLimits: DatabaseLimits;
  /** How many days a client may have been away and still be told what it missed. */
  readonly resumeDays: number;
  readonly retention: Retention;
  /** What the desk signs and seals with; null = with a key that its database keeps. */
  readonly secret: string | null;
  /** What one person, program or address may ask in a minute, and how many sockets they may have at a node; 0 = no limit. */
  readonly requestsPerMinute: number;
  readonly socketsPerPerson: number;
  /** Operations of one member, API client or address that run at the same time at a node; 0 = no limit. */
  readonly operationsPerPerson: number;
  /** Changes of one ticket that run at the same time at a node; 0 = no limit. */
  readonly writesPerTicket: number;
  /** How long an operation waits for its turn before it is refused. */
  readonly operationWaitSeconds: number;
  /** The token of those who read `/metrics`; null = it is not served. */
  readonly metricsToken: string | null;
  /** Sockets without a signed-in user, per address and node; 0 = no limit. */
  readonly socketsPerAddress: number;
  /** How long an opened socket may stay silent. */
  readonly socketInitSeconds: number;
  /** How long a stopping node reports that it is not ready and still answers. */
  readonly shutdownDelaySeconds: number;
  /** How long a stopping node waits for requests in flight. */
  readonly drainSeconds: number;
  /** How long the event loop may be blocked before the process ends itself; 0 = no limit. */
  readonly watchdogSeconds: number;
  /** Make a demo workspace when there is no workspace at all. */
  readonly demo: boolean;
  readonly demoTickets: number;
  /** Serve the explorer, and let browsers run operations that are not the pages' own. */
  readonly graphiql: boolean;
  /** Tell the schema to those who are signed in. */
  readonly introspection: boolean;
  /** Addresses and ranges of proxies whose word on where a request came from is believed. */
  readonly trustedProxies: readonly string[];
  /** Where letters are handed over; without one the owner reads them on a page. */
  readonly smtpUrl: string | null;
  readonly mailSender: string;
  /** The hosts of browsers' push services that may be sent to, with all under them. */
  readonly pushServices: readonly string[];
  /** Where files are kept: in a folder, or in a bucket. */
  readonly files: { readonly kind: 'FOLDER'; readonly path: string } | ({ readonly kind: 'S3' } & S3Settings);
  readonly fileLimits: FileLimits;
  /** Of one member or public link; 0 = no limit. */
  readonly uploadBytesPerHour: number;
  /** Who looks through files that come in; null = nobody. */
  readonly clamd: ClamdAddress | null;
  /** Where people sign in who need no password here; null = with a password alone. */
  readonly singleSignOn: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly name: string;
  } | null;
}

/** Every fault of the environment at once, in words for the one who set it. */
export class ConfigFault extends Error {}

export function readConfig(variables: Record<string, string | undefined>): Config {
  // An empty variable is one that somebody meant to leave out.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      if (given[name] === undefined) return `${name} is not set; it ${message}`;
      return `${name} is "${/SECRET|PASSWORD|TOKEN/.test(name) ? '…' : hidePassword(given[name])}"; it ${message}`;
    });
    throw new ConfigFault(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
  const values = parsed.data;
  return {
    databaseUrl: withPassword(values.DATABASE_URL, values.DATABASE_PASSWORD),
    redisUrl: values.REDIS_URL ? withPassword(values.REDIS_URL, values.REDIS_PASSWORD) : null,
    port: values.PORT,
    host: values.HOST,
    publicUrl: (values.PUBLIC_URL ?? `http://${values.HOST === '0.0.0.0' ? 'localhost' : values.HOST}:${values.PORT}`).replace(/\/$/, ''),
    logLevel: values.LOG_LEVEL,
    databasePool: values.DATABASE_POOL,
    livePool: values.DATABASE_POOL_LIVE,
    workerPool: values.DATABASE_POOL_WORKERS,
    databaseLimits: {
      poolWaitMs: values.DATABASE_POOL_WAIT_SECONDS * 1000,
      statementMs: values.DATABASE_STATEMENT_SECONDS * 1000,
      longStatementMs: values.DATABASE_LONG_STATEMENT_SECONDS * 1000,
      lockMs: values.DATABASE_LOCK_SECONDS * 1000,
      idleTransactionMs: values.DATABASE_IDLE_TRANSACTION_SECONDS * 1000,
    },
    resumeDays: values.RESUME_DAYS,
    retention: {
      notificationDays: values.NOTIFICATION_DAYS,
      emailDays: values.EMAIL_DAYS,
      bulkResultDays: values.BULK_RESULT_DAYS,
      failedJobDays: values.FAILED_JOB_DAYS,
    },
    secret: values.SECRET ?? null,
    requestsPerMinute: values.REQUESTS_PER_MINUTE,
    operationsPerPerson: values.OPERATIONS_PER_PERSON,
    writesPerTicket: values.WRITES_PER_TICKET,
    operationWaitSeconds: values.OPERATION_WAIT_SECONDS,
    socketsPerPerson: values.SOCKETS_PER_PERSON,
    metricsToken: values.METRICS_TOKEN ?? null,
    socketsPerAddress: values.SOCKETS_PER_ADDRESS,
    socketInitSeconds: values.SOCKET_INIT_SECONDS,
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    drainSeconds: values.DRAIN_SECONDS,
    watchdogSeconds: values.WATCHDOG_SECONDS,
    demo: values.DEMO,
    demoTickets: values.DEMO_TICKETS,
    graphiql: values.GRAPHIQL,
    introspection: values.INTROSPECTION,
    trustedProxies: asList(values.TRUSTED_PROXIES),
    pushServices: asList(values.PUSH_SERVICES),
    smtpUrl: values.SMTP_URL ?? null,
    mailSender: values.MAIL_SENDER,
    files: values.S3_BUCKET
      ? {
          kind: 'S3',
          bucket: values.S3_BUCKET,
          region: values.S3_REGION,
          endpoint: values.S3_ENDPOINT ?? null,
          accessKeyId: values.S3_ACCESS_KEY_ID ?? '',
          secretAccessKey: values.S3_SECRET_ACCESS_KEY ?? '',
        }
      : { kind: 'FOLDER', path: values.FILES_PATH },
    clamd: values.CLAMD_URL ? addressOf(values.CLAMD_URL) : null,
    fileLimits: {
      mostBytes: values.MAX_FILE_MB * megabyte,
      refused: asList(values.REFUSED_FILES.toLowerCase()),
      workspaceBytes: values.FILE_STORAGE_MB * megabyte,
    },
    uploadBytesPerHour: values.UPLOAD_MB_PER_HOUR * megabyte,
    singleSignOn: values.OIDC_ISSUER
      ? {
          issuer: values.OIDC_ISSUER,
          clientId: values.OIDC_CLIENT_ID ?? '',
          clientSecret: values.OIDC_CLIENT_SECRET ?? '',
          name: values.OIDC_NAME,
        }
      : null,
  };
}

function asList(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

function withPassword(url: string, password: string | undefined): string {
  if (!password) return url;
  const full = new URL(url);
  full.password = encodeURIComponent(password);
  return full.href;
}

export function hidePassword(url: string): string {
  return url.replace(/(:\/\/[^:/@]*:)[^@]*@/, '$1…@');
}

function addressOf(url: string): ClamdAddress {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 3310) };
}
