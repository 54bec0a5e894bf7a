import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { createTransport, type Transporter } from 'nodemailer';
import { newId } from '../../kernel/id.ts';
import type { Logger } from '../logger.ts';
import { Watch } from '../watch.ts';
import type { FileStore } from '../files/file-store.ts';
import { OutgoingMail, type MailFile } from './outgoing-mail.entity.ts';

const batchSize = 20;
/** The wait before each further attempt, in minutes: eleven over more than three days. */
const waits = [1, 5, 15, 60, 120, 360, 720, 1440, 1440, 1440];

export interface Mail {
  readonly workspaceId: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly files?: readonly MailFile[];
  /** The tickets that it tells of. */
  readonly ticketIds?: readonly string[];
}

/** Puts a letter in the post, in the transaction of what it tells. */
export async function post(em: EntityManager, mail: Mail, at: Date): Promise<void> {
  await em.insert(OutgoingMail, {
    files: [],
    ...mail,
    ticketIds: [...(mail.ticketIds ?? [])],
    id: newId(),
    createdAt: at,
    dueAt: at,
    attempts: 0,
    sentAt: null,
  });
}

export interface MailerSettings {
  readonly orm: MikroORM;
  readonly logger: Logger;
  /** Such as smtps://user:password@mail.example.org; without one letters stay in the table, where the owner reads them. */
  readonly smtpUrl: string | null;
  readonly sender: string;
  readonly store: FileStore;
}

/** Sends what is in the post. Any number of nodes may: each takes letters that no other has locked. */
export class Mailer {
  readonly #transport: Transporter | null;
  readonly #watch: Watch;

  constructor(private readonly settings: MailerSettings) {
    const { smtpUrl, sender, logger } = settings;
    this.#transport = smtpUrl ? createTransport(smtpUrl, { from: sender }) : null;
    this.#watch = new Watch('look for letters to send', logger, () => this.#send());
  }

  start(): void {
    if (this.#transport) this.#watch.start();
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    this.#transport?.close();
  }

  async #send(): Promise<null> {
    const { orm } = this.settings;
    const due: { id: string }[] = await orm.em
      .fork()
      .execute('select id from outgoing_mail where due_at <= now() order by due_at limit ?', [batchSize]);
    for (const { id } of due) await orm.em.fork().transactional((em) => this.#sendOne(em, id));
    return null;
  }

  /** The row stays locked while it is sent, so that two nodes never send one letter. */
  async #sendOne(em: EntityManager, id: string): Promise<void> {
    const [mail]: { recipient: string; subject: string; body: string; attempts: number; files: MailFile[] }[] = await em.execute(
      'select recipient, subject, body, attempts, files from outgoing_mail where id = ? and due_at <= now() for update skip locked',
      [id],
    );
    if (!mail) return;
    try {
      const { recipient: to, subject, body: text } = mail;
      const attachments = await Promise.all(
        mail.files.map(async ({ key, name: filename, type: contentType }) => ({
          filename,
          contentType,
          content: await this.settings.store.read(key),
        })),
      );
      // The same id at every attempt: a letter that came twice is known for one.
      await this.#transport?.sendMail({
        to,
        subject,
        text,
        attachments,
        messageId: `<${id}@baton>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      await em.execute(`update outgoing_mail set sent_at = now(), due_at = null, body = '' where id = ?`, [id]);
    } catch (error) {
      const wait = waits[mail.attempts] ?? null;
      this.settings.logger.warn({ err: error, mail: id, attempt: mail.attempts + 1 }, 'a letter could not be sent');
      await em.execute(`update outgoing_mail set attempts = attempts + 1, due_at = now() + ? * interval '1 minute' where id = ?`, [
        wait,
        id,
      ]);
    }
  }
}
