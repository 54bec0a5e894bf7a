import type { Viewer } from '../../kernel/viewer.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { TakenElsewhere } from '../../platform/work/work-attempts.ts';
import { Worker, type DueQuery } from '../../platform/work/worker.ts';
import { Member, memberById, viewerOf } from '../identity/index.ts';
import { canReadNotes } from '../notes/index.ts';
import { findTicket } from '../tickets/index.ts';
import { asLetter, asPush, type Notice } from './notice-words.ts';
import { Notification } from './notification.entity.ts';
import { NotificationDelivery } from './notification-settings.entity.ts';
import { queuePush } from './push-watch.ts';
import { afterQuiet } from './quiet-hours.ts';
import { profilesOf } from './wanted.ts';

/** The shortest time between two emails, or two pushes, to one member, in milliseconds. */
const restMs = { mail: 300_000, push: 60_000 } as const;
/** In one letter; what is beyond comes in the next. */
const mostNotices = 200;

type Channel = keyof typeof restMs;
const workerOf = { mail: 'EMAIL_NOTIFICATION', push: 'PUSH_NOTIFICATION' } as const;

interface Settings {
  readonly scopeFor: (viewer: Viewer) => Scope;
  readonly systemScope: (workspaceId: string) => Scope;
  readonly publicUrl: string;
  readonly logger: Logger;
}

/**
 * Queues the emails and pushes that are due. Notifications that were read, or that the member can no longer see, are skipped,
 * nor anything in quiet hours, unless it is a promise about something critical.
 */
export class DeliveryWatch {
  readonly #workers: readonly Worker[];

  constructor(private readonly settings: Settings) {
    this.#workers = [this.#workerFor('mail'), this.#workerFor('push')];
  }

  start(): void {
    for (const worker of this.#workers) worker.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  retention(days: number): RetentionRule[] {
    return this.#workers.map((worker) => worker.retention(days));
  }

  #workerFor(channel: Channel): Worker {
    const { systemScope, logger } = this.settings;
    const anywhere = systemScope(nobody);
    const worker: Worker = new Worker({
      worker: workerOf[channel],
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      due: ({ now, free }) => firstDue(channel, now, free),
      run: ({ workspaceId, key, memberId }, { failures }) =>
        systemScope(workspaceId).transaction((tx) =>
          // After a failure each is sent alone, so that a failing one delays no other.
          this.#tell(tx, {
            channel,
            memberId: memberId ?? '',
            where: failures > 0 ? `id = '${key}'` : worker.free('n.workspace_id', 'n.id::text'),
          }),
        ),
    });
    return worker;
  }

  async #tell(tx: Scope, { channel, memberId, where }: { channel: Channel; memberId: string; where: string }): Promise<void> {
    const { em, workspaceId } = tx;
    const [turn]: { free: boolean }[] = await em.execute('select pg_try_advisory_xact_lock(hashtext(?)) as free', [
      `${channel} ${memberId}`,
    ]);
    if (!turn?.free) throw new TakenElsewhere();
    const now = tx.now();
    const rows: { id: string }[] = await em.execute(
      `select n.id from notification n where n.workspace_id = ? and n.member_id = ? and n.${channel}_due_at <= ? and ${where}
       order by n.created_at, n.id limit ?`,
      [workspaceId, memberId, now, mostNotices],
    );
    const ids = rows.map(({ id }) => id);
    const due = await em.find(Notification, { workspaceId, id: { $in: ids } }, { orderBy: { createdAt: 'asc', id: 'asc' } });
    const settle = (until: Date | null) =>
      em.nativeUpdate(Notification, { workspaceId, memberId, id: { $in: ids } }, { [`${channel}DueAt`]: until });
    const member = await em.findOne(Member, { workspaceId, id: memberId, active: true });
    const seen = member && this.settings.scopeFor(await viewerOf(em, member));
    const unread = seen ? await this.#visible(seen, due) : [];
    if (!member || unread.length === 0) return void (await settle(null));

    const last = await em.findOne(NotificationDelivery, { workspaceId, memberId, channel });
    const rested = new Date(Math.max(now.getTime(), (last?.sentAt.getTime() ?? 0) + restMs[channel]));
    const isCritical = unread.some(({ critical }) => critical);
    const free = isCritical ? now : afterQuiet((await profilesOf(tx, [memberId]))(memberId), rested);
    if (free > now) return void (await settle(free));

    const notices = unread.map(({ notice }) => notice);
    const isQueued = channel === 'mail' ? await this.#mail(tx, member, notices) : await this.#push(tx, member, { notices, ids });
    await settle(null);
    if (isQueued) await em.upsert(NotificationDelivery, { workspaceId, memberId, channel, sentAt: now });
  }

  /** What is unread and still for these eyes. */
  async #visible(scope: Scope, due: readonly Notification[]): Promise<{ notice: Notice; critical: boolean }[]> {
    const { publicUrl } = this.settings;
    const found = await Promise.all(
      due.map(async ({ readAt, ticketId, actorId, kind, reason, count, type }) => {
        if (readAt !== null || (type.startsWith('note.') && !canReadNotes(scope.viewer))) return null;
        const ticket = await findTicket(scope, ticketId);
        if (!ticket) return null;
        const actor = (await scope.load(memberById, actorId))?.name ?? null;
        const { number: ticketNumber, subject, priority } = ticket;
        const link = `${publicUrl}/tickets/${ticketNumber}`;
        return {
          notice: { ticketId, ticketNumber, subject, kind, reason, count, actor, link },
          critical: kind === 'SLA' && priority === 'CRITICAL',
        };
      }),
    );
    return found.filter((one) => one !== null);
  }

  async #mail({ em, workspaceId, clock }: Scope, { email, locale }: Member, notices: readonly Notice[]): Promise<boolean> {
    const words = asLetter(locale, notices, `${this.settings.publicUrl}/settings/notifications`);
    const ticketIds = [...new Set(notices.map(({ ticketId }) => ticketId))];
    await post(em, { workspaceId, recipient: email, ticketIds, ...words }, clock());
    return true;
  }

  /** Returns false for a member who is signed in at no device. */
  #push(tx: Scope, { id, locale }: Member, { notices, ids }: { notices: readonly Notice[]; ids: readonly string[] }): Promise<boolean> {
    const message = JSON.stringify(asPush(locale, notices, this.settings.publicUrl));
    return queuePush(tx, { memberId: id, message, notificationIds: ids });
  }
}

/** The oldest due notification of each member represents all of theirs. */
function firstDue(channel: Channel, now: string, free: DueQuery['free']): string {
  return `select distinct on (n.workspace_id, n.member_id) n.workspace_id, n.id::text as item, n.${channel}_due_at as due_at,
      n.ticket_id, n.member_id
    from notification n where n.${channel}_due_at <= ${now} and ${free('n.workspace_id', 'n.id::text')}
    order by n.workspace_id, n.member_id, n.${channel}_due_at, n.id`;
}
