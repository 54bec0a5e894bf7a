import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { createTransport, type Transporter } from 'nodemailer';
import { nobody } from '../../kernel/viewer.ts';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import type { RetentionRule } from '../housekeeping.ts';
import type { Logger } from '../logger.ts';
import type { FileStore } from '../files/file-store.ts';
import { Unworkable, type WorkItem, type WorkTurn } from '../work/work-attempts.ts';
import { Worker } from '../work/worker.ts';
import { OutgoingMail, type MailFile } from './outgoing-mail.entity.ts';

/** How many emails are sent at a time, so that a server that does not respond to one delays few others. */
const lanes = 5;
/** Longer than an attempt can take, so that no email is sent by two nodes unless one of them froze. */
const leaseMs = 120_000;
/** nodemailer waits for minutes by default. */
const timeouts = { dnsTimeout: 5000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** The wait after each failed attempt but the last: more than a day in all. */
const waitsMs = [60_000, 900_000, 7_200_000, 86_400_000];

export interface Mail {
  readonly workspaceId: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  /** The same as HTML. It refers to an image as `cid:` with the last part of the key of its file. */
  readonly html?: string | null;
  readonly files?: readonly MailFile[];
  /** The tickets that it tells of. */
  readonly ticketIds?: readonly string[];
  /** False for what a person wrote. Out-of-office replies and loop protection depend on it; true by default. */
  readonly automatic?: boolean;
}

/** Queues an email in the transaction of what it is about. */
export async function post(em: EntityManager, mail: Mail, at: Date): Promise<void> {
  await em.insert(OutgoingMail, {
    html: null,
    files: [],
    automatic: true,
    ...mail,
    ticketIds: [...(mail.ticketIds ?? [])],
    id: newId(),
    createdAt: at,
    dueAt: at,
    sentAt: null,
  });
}

export interface MailerSettings {
  readonly orm: MikroORM;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Such as smtps://user:password@mail.example.org; without one letters stay in the table, where the owner reads them. */
  readonly smtpUrl: string | null;
  readonly sender: string;
  readonly store: FileStore;
}

type DueMail = Pick<OutgoingMail, 'recipient' | 'subject' | 'body' | 'html' | 'files' | 'automatic'>;

/** Sends queued emails, outside of transactions. */
export class Mailer {
  readonly #transport: Transporter | null;
  readonly #worker: Worker;

  constructor(private readonly settings: MailerSettings) {
    const { orm, smtpUrl, sender, clock, logger } = settings;
    this.#transport = smtpUrl ? createTransport({ url: smtpUrl, ...timeouts }, { from: sender }) : null;
    this.#worker = new Worker({
      worker: 'EMAIL',
      openEm: () => orm.em.fork(),
      clock,
      logger,
      lanes,
      leaseMs,
      waitsMs,
      due: ({ now, free }) =>
        `select coalesce(m.workspace_id, '${nobody}') as workspace_id, m.id::text as item, m.due_at, null::uuid as ticket_id, null::uuid as member_id
         from outgoing_mail m where m.due_at <= ${now} and ${free(`coalesce(m.workspace_id, '${nobody}')`, 'm.id::text')}`,
      run: (item, turn) => this.#send(item, turn),
    });
  }

  start(): void {
    if (this.#transport) this.#worker.start();
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
    this.#transport?.close();
  }

  retention(days: number): RetentionRule[] {
    return [this.#worker.retention(days)];
  }

  async #send({ key: id }: WorkItem, { signal }: WorkTurn): Promise<void> {
    const { orm, clock } = this.settings;
    const [mail]: DueMail[] = await orm.em
      .fork()
      .execute('select recipient, subject, body, html, files, automatic from outgoing_mail where id = ? and due_at is not null', [id]);
    if (!mail) return;
    await this.#handOver(mail, id, signal);
    await orm.em.fork().execute(`update outgoing_mail set sent_at = ?, due_at = null, body = '', html = null where id = ?`, [clock(), id]);
  }

  async #handOver({ recipient: to, subject, body: text, html, files, automatic }: DueMail, id: string, signal: AbortSignal): Promise<void> {
    const attachments = await Promise.all(
      files.map(async ({ key, name: filename, type: contentType }) => ({
        filename,
        contentType,
        content: await this.settings.store.read(key),
        ...inlineId(html, key),
      })),
    );
    try {
      await this.#transport?.sendMail({
        to,
        subject,
        text,
        ...(html === null ? {} : { html }),
        attachments,
        // The same ID in every attempt: an email that arrives twice is recognized as one.
        messageId: `<${id}@baton>`,
        headers: automatic ? { 'Auto-Submitted': 'auto-generated' } : {},
        signal,
      });
    } catch (error) {
      throw asSmtpError(error);
    } finally {
      for (const { content } of attachments) content.destroy();
    }
  }
}

/** Of a file that the HTML part shows; the others are listed by mail programs. */
function inlineId(html: string | null, key: string): { readonly cid?: string } {
  const cid = key.split('/').at(-1) ?? '';
  return html?.includes(`"cid:${cid}"`) ? { cid } : {};
}

/** Codes of nodemailer for a refused recipient or content, as opposed to an unavailable server. */
const refusals = ['EENVELOPE', 'EMESSAGE'];
const permanent = 500;

/** A permanent refusal (5xx) of this email is not repeated. */
function asSmtpError(error: unknown): Error {
  const { message, code = '', responseCode = 0 } = error as Error & { code?: string; responseCode?: number };
  const isPermanent = refusals.includes(code) && responseCode >= permanent;
  return isPermanent ? new Unworkable(message) : new Error(message);
}
