import type { MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from './logger.ts';

const everyMs = 3_600_000;

/** Takes away, once an hour, what nobody can ask for any more. Any number of nodes may do it. */
export class Housekeeping {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orm: MikroORM,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.clean(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async clean(): Promise<void> {
    try {
      const em = this.orm.em.fork();
      // A client that could not send for a week has long asked its person what to do.
      await em.execute(`delete from idempotency_key where created_at < now() - interval '7 days'`);
      await em.execute(`delete from message_receipt where created_at < now() - interval '7 days'`);
      // The mark that a draft was sent keeps late saves away, and none is that late.
      await em.execute(`delete from draft where finished and updated_at < now() - interval '7 days'`);
      // Sent or never to be: nobody reads them any more, and they name people.
      await em.execute(`delete from outgoing_mail where created_at < now() - interval '30 days'`);
      // As long as the workspace wants it kept; the database itself refuses to delete what is younger.
      await em.execute(
        "delete from security_event e using workspace w where w.id = e.workspace_id and e.at < now() - w.security_log_days * interval '1 day'",
      );
    } catch (error) {
      this.logger.error({ err: error }, 'could not clean up; it is tried again within an hour');
    }
  }
}
