import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
import { Contact } from '../contacts/index.ts';
import { Channel, Conversation } from '../conversations/index.ts';
import { Workspace } from '../identity/index.ts';
import { listStatuses, lockTicket, TicketEvent, type Ticket } from '../tickets/index.ts';

const batchSize = 50;
const dayMs = 86_400_000;

type Footer = (tx: Scope, ticketId: string, locale: string) => Promise<string>;

const noticeOf = (text: string, days: number) => text.replaceAll('{days}', String(days));

type Step = 'CLOSE_RESOLVED' | 'PING' | 'CLOSE_STALE';

interface Due {
  readonly workspace_id: string;
  readonly id: string;
  readonly step: Step;
}

const usualNotices = {
  close:
    'This ticket is closed now. If something is left to do, answer this letter or write on the ticket’s page within {days} days, and it is open again.',
  stale: 'We are waiting for your answer. Without one this ticket is closed in {days} days.',
};

/**
 * Closes what was resolved and stayed so, and asks after what waits for its client for too long: its assignee first, and the
 * client, and only after a further time it is closed. What is due is in the rows, so any number of nodes may watch; each
 * ticket is looked at again under its lock.
 */
export class LifecycleWatch {
  readonly #watch: Watch;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    logger: Logger,
    /** What stands under every letter about a ticket, in a language. */
    private readonly footer: Footer,
  ) {
    this.#watch = new Watch('close what is done', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async look(): Promise<number | null> {
    const system = this.systemScope(nobody);
    const now = system.now();
    const waits = (category: string, days: string) =>
      `select t.workspace_id, t.id from workspace w join ticket t on t.workspace_id = w.id and t.category = '${category}' and t.stale_at is null
         and t.deleted_at is null and t.status_since <= ?::timestamptz - w.${days} * interval '1 day'
       where w.${days} is not null and (t.snoozed_until is null or t.snoozed_until <= ?) limit ${batchSize}`;
    const due: Due[] = await system.em.execute(
      `select *, 'CLOSE_RESOLVED' as step from (${waits('RESOLVED', 'close_after_days')}) r
       union all select *, 'PING' from (${waits('WAITING', 'stale_after_days')}) p
       union all (select t.workspace_id, t.id, 'CLOSE_STALE' from workspace w
         join ticket t on t.workspace_id = w.id and t.deleted_at is null and t.stale_at <= ?::timestamptz - w.stale_close_days * interval '1 day'
         where w.stale_close_days is not null and (t.snoozed_until is null or t.snoozed_until <= ?) limit ${batchSize})`,
      [now, now, now, now, now, now],
    );
    for (const { workspace_id: workspaceId, id, step } of due) {
      if (this.#watch.isClosed) return null;
      await this.systemScope(workspaceId).transaction((tx) => take(tx, id, step, this.footer));
    }
    return due.length > 0 ? 0 : null;
  }
}

async function take(tx: Scope, ticketId: string, step: Step, footer: Footer): Promise<void> {
  const ticket = await lockTicket(tx, ticketId);
  const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
  if (!isDue(ticket, workspace, step, tx.now())) return;
  if (step === 'PING') {
    ticket.staleAt = tx.now();
    tx.record(domainEvent(TicketEvent.STALE, ticketId));
    if (workspace.staleCloseDays !== null) {
      await tell(tx, ticket, noticeOf(workspace.staleNotice || usualNotices.stale, workspace.staleCloseDays), footer);
    }
    return;
  }
  const closed = (await listStatuses(tx)).find(({ category }) => category === 'CLOSED');
  if (!closed) return;
  const change = { field: 'statusId', from: ticket.statusId, to: closed.id };
  ticket.moveTo(closed, tx.now());
  tx.record(domainEvent(TicketEvent.STATUS_CHANGED, ticketId, { changes: [change] }));
  await tell(tx, ticket, noticeOf(workspace.closeNotice || usualNotices.close, workspace.reopenDays), footer);
}

/** Somebody may have been faster. */
function isDue(ticket: Ticket, workspace: Workspace, step: Step, now: Date): boolean {
  const passed = (since: Date | null, days: number | null) =>
    since !== null && days !== null && now.getTime() >= since.getTime() + days * dayMs;
  const { category, statusSince, staleAt, deletedAt } = ticket;
  if (deletedAt) return false;
  if (step === 'CLOSE_RESOLVED') return category === 'RESOLVED' && passed(statusSince, workspace.closeAfterDays);
  if (step === 'PING') return category === 'WAITING' && staleAt === null && passed(statusSince, workspace.staleAfterDays);
  return category === 'WAITING' && passed(staleAt, workspace.staleCloseDays);
}

/** Writes to the client, where they were written to before: a ticket that somebody made for them is news to nobody. */
async function tell(tx: Scope, { id, number, subject, requesterId }: Ticket, notice: string, footer: Footer): Promise<void> {
  const { em, workspaceId } = tx;
  const client = requesterId && (await em.findOne(Contact, { workspaceId, id: requesterId }));
  if (!client || !client.email) return;
  const talked = await em.count(Conversation, { workspaceId, ticketId: id, contactId: client.id, channel: { $ne: Channel.API } });
  if (talked === 0) return;
  const body = notice + (await footer(tx, id, client.locale));
  await post(em, { workspaceId, recipient: client.email, subject: `Re: ${subject} [#${number}]`, body, ticketIds: [id] }, tx.now());
}
