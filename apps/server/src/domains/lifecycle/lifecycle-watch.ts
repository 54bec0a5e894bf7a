import type { Locale } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { counted } from '../../kernel/plural.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { Worker, type DueQuery } from '../../platform/work/worker.ts';
import { Contact, findLocale } from '../contacts/index.ts';
import { Channel, Conversation } from '../conversations/index.ts';
import { Workspace, type LocalizedTexts } from '../identity/index.ts';
import { listStatuses, lockTicket, TicketEvent, type Ticket } from '../tickets/index.ts';

const batchSize = 50;
const dayMs = 86_400_000;

type Footer = (tx: Scope, ticketId: string, locale: Locale) => Promise<string>;

type Step = 'CLOSE_RESOLVED' | 'PING' | 'CLOSE_STALE';

const builtInNotices: Readonly<Record<'close' | 'stale', Readonly<Record<Locale, (days: number) => string>>>> = {
  close: {
    en: (days) =>
      `Your ticket is closed. If you still need help, write to us on its page within ${counted(days, 'en', 'day', 'days')} to reopen it.`,
    uk: (days) =>
      `Ваше звернення закрито. Якщо вам досі потрібна допомога, протягом ${counted(days, 'uk', 'дня', 'днів')} напишіть нам на його сторінці, і ми відкриємо його знову.`,
  },
  stale: {
    en: (days) => `We are waiting for your reply. Without it, this ticket will be closed in ${counted(days, 'en', 'day', 'days')}.`,
    uk: (days) => `Ми чекаємо на вашу відповідь. Без неї це звернення буде закрито через ${counted(days, 'uk', 'день', 'днів', 'дні')}.`,
  },
};

/**
 * Closes what was resolved and stayed so, and asks after what waits for its client for too long: its assignee first, and the
 * client, and after a grace period it is closed. Each ticket is read again under its lock.
 */
export class LifecycleWatch {
  readonly #worker: Worker;

  constructor(
    systemScope: (workspaceId: string) => Scope,
    logger: Logger,
    /** What stands under every letter about a ticket, in a language. */
    footer: Footer,
  ) {
    const anywhere = systemScope(nobody);
    this.#worker = new Worker({
      worker: 'TICKET_LIFECYCLE',
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      batchSize,
      due: dueTickets,
      run: ({ workspaceId, key, ticketId }) =>
        systemScope(workspaceId).transaction((tx) => take(tx, ticketId ?? '', key.split(':')[0] as Step, footer)),
    });
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  retention(days: number): RetentionRule[] {
    return [this.#worker.retention(days)];
  }
}

/** The instant since which a ticket waits is part of the item, so a ticket that moved on is a new one. */
function dueTickets(query: DueQuery): string {
  const unasked = (category: string) => `t.category = '${category}' and t.stale_at is null`;
  return [
    waiting(query, { step: 'CLOSE_RESOLVED', days: 'close_after_days', since: 'status_since', where: unasked('RESOLVED') }),
    waiting(query, { step: 'PING', days: 'stale_after_days', since: 'status_since', where: unasked('WAITING') }),
    waiting(query, { step: 'CLOSE_STALE', days: 'stale_close_days', since: 'stale_at', where: 't.stale_at is not null' }),
  ].join(' union all ');
}

interface Waiting {
  readonly step: Step;
  /** The setting of the workspace that says for how long. */
  readonly days: string;
  readonly since: string;
  readonly where: string;
}

/** At most a batch of each workspace, the longest waiting first. */
function waiting({ now, free }: DueQuery, { step, days, since, where }: Waiting): string {
  const item = `'${step}:' || t.id || '@' || (extract(epoch from t.${since}) * 1000)::bigint`;
  return `select w.id as workspace_id, first.item, first.since + w.${days} * interval '1 day' as due_at, first.id as ticket_id, null::uuid as member_id
    from workspace w cross join lateral (
      select t.id, ${item} as item, t.${since} as since from ticket t
      where t.workspace_id = w.id and ${where} and t.deleted_at is null and t.${since} <= ${now} - w.${days} * interval '1 day'
        and (t.snoozed_until is null or t.snoozed_until <= ${now}) and ${free('t.workspace_id', item)}
      order by t.${since} limit ${batchSize}) first
    where w.${days} is not null`;
}

async function take(tx: Scope, ticketId: string, step: Step, footer: Footer): Promise<void> {
  const ticket = await lockTicket(tx, ticketId);
  const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
  if (!isDue(ticket, workspace, step, tx.now())) return;
  if (step === 'PING') {
    ticket.staleAt = tx.now();
    tx.record(domainEvent(TicketEvent.STALE, ticketId));
    if (workspace.staleCloseDays !== null) {
      await tell(tx, ticket, { kind: 'stale', texts: workspace.staleNotices, days: workspace.staleCloseDays }, footer);
    }
    return;
  }
  const closed = (await listStatuses(tx)).find(({ category }) => category === 'CLOSED');
  if (!closed) return;
  const change = { field: 'statusId', from: ticket.statusId, to: closed.id };
  ticket.moveTo(closed, tx.now());
  tx.record(domainEvent(TicketEvent.STATUS_CHANGED, ticketId, { changes: [change] }));
  await tell(tx, ticket, { kind: 'close', texts: workspace.closeNotices, days: workspace.reopenDays }, footer);
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

interface Notice {
  readonly kind: 'close' | 'stale';
  /** The texts of the workspace. */
  readonly texts: LocalizedTexts;
  readonly days: number;
}

function noticeText({ kind, texts, days }: Notice, locale: Locale): string {
  return texts[locale]?.replaceAll('{days}', String(days)) ?? builtInNotices[kind][locale](days);
}

/** Writes to the client, where they were written to before: a ticket that somebody made for them is news to nobody. */
async function tell(tx: Scope, { id, number, subject, requesterId }: Ticket, notice: Notice, footer: Footer): Promise<void> {
  const { em, workspaceId } = tx;
  const client = requesterId && (await em.findOne(Contact, { workspaceId, id: requesterId }));
  if (!client || !client.email) return;
  const talked = await em.count(Conversation, { workspaceId, ticketId: id, contactId: client.id, channel: { $ne: Channel.API } });
  if (talked === 0) return;
  const locale = await findLocale(tx, client);
  const body = noticeText(notice, locale) + (await footer(tx, id, locale));
  await post(em, { workspaceId, recipient: client.email, subject: `Re: ${subject} [#${number}]`, body, ticketIds: [id] }, tx.now());
}
