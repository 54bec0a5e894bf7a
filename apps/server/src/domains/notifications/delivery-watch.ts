import type { Viewer } from '../../kernel/viewer.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import { post } from '../../platform/mail/mailer.ts';
import { PushOutcome, type PushService } from '../../platform/push/push-service.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
import { Member, memberById, viewerOf } from '../identity/index.ts';
import { canReadNotes } from '../notes/index.ts';
import { findTicket } from '../tickets/index.ts';
import { asLetter, asPush, type Notice } from './notice-words.ts';
import { Notification } from './notification.entity.ts';
import { NotificationDelivery, type PushDevice } from './notification-settings.entity.ts';
import { afterQuiet } from './quiet-hours.ts';
import { profilesOf } from './wanted.ts';

/** Nobody gets two letters, or two pushes, closer together than this, in milliseconds. */
const restMs = { mail: 300_000, push: 60_000 } as const;
const retryMs = 60_000;
/** What could not be pushed for so long is old news; the bell still shows it. */
const giveUpMs = 86_400_000;
/** In one letter; what is beyond comes in the next. */
const mostNotices = 200;
const membersPerLook = 50;

/** NOBODY: there is no browser to push to. */
type Told = 'SENT' | 'FAILED' | 'NOBODY';
type Channel = keyof typeof restMs;
const dueColumn = { mail: 'mailDueAt', push: 'pushDueAt' } as const;

interface Settings {
  readonly scopeFor: (viewer: Viewer) => Scope;
  readonly systemScope: (workspaceId: string) => Scope;
  readonly push: PushService;
  readonly publicUrl: string;
  readonly logger: Logger;
}

/**
 * Tells by letter and push what is due. What was read meanwhile is not told, nor what its reader may not see any more, nor
 * anything in quiet hours, unless it is a promise about something critical. What is due is in the rows: any number of
 * nodes may watch, and one at a time tells a member.
 */
export class DeliveryWatch {
  readonly #watch: Watch;

  constructor(private readonly settings: Settings) {
    this.#watch = new Watch('tell of notifications', settings.logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async look(): Promise<number | null> {
    const system = this.settings.systemScope(nobody);
    for (const channel of ['mail', 'push'] as const) {
      const due: { workspace_id: string; member_id: string }[] = await system.em.execute(
        `select distinct workspace_id, member_id from notification where ${channel}_due_at <= ? limit ?`,
        [system.now(), membersPerLook],
      );
      for (const { workspace_id: workspaceId, member_id: memberId } of due) {
        if (this.#watch.isClosed) return null;
        await this.settings.systemScope(workspaceId).transaction((tx) => this.#tell(tx, channel, memberId));
      }
    }
    return null;
  }

  async #tell(tx: Scope, channel: Channel, memberId: string): Promise<void> {
    const { em, workspaceId } = tx;
    const [turn]: { free: boolean }[] = await em.execute('select pg_try_advisory_xact_lock(hashtext(?)) as free', [
      `${channel} ${memberId}`,
    ]);
    if (!turn?.free) return;
    const now = tx.now();
    const column = dueColumn[channel];
    const due = await em.find(
      Notification,
      { workspaceId, memberId, [column]: { $lte: now } },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: mostNotices },
    );
    const settle = (until: Date | null) =>
      em.nativeUpdate(Notification, { workspaceId, memberId, id: { $in: due.map(({ id }) => id) } }, { [column]: until });
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
    const told = channel === 'mail' ? await this.#mail(tx, member, notices) : await this.#push(tx, member, notices);
    const isOld = due.every(({ createdAt }) => now.getTime() - createdAt.getTime() > giveUpMs);
    await settle(told === 'FAILED' && !isOld ? new Date(now.getTime() + retryMs) : null);
    if (told === 'SENT') await em.upsert(NotificationDelivery, { workspaceId, memberId, channel, sentAt: now });
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

  async #mail({ em, workspaceId, clock }: Scope, { email, locale }: Member, notices: readonly Notice[]): Promise<Told> {
    const words = asLetter(locale, notices, `${this.settings.publicUrl}/settings/notifications`);
    const ticketIds = [...new Set(notices.map(({ ticketId }) => ticketId))];
    await post(em, { workspaceId, recipient: email, ticketIds, ...words }, clock());
    return 'SENT';
  }

  async #push(tx: Scope, { id, locale }: Member, notices: readonly Notice[]): Promise<Told> {
    const { em, workspaceId } = tx;
    const devices: Pick<PushDevice, 'id' | 'endpoint' | 'publicKey' | 'auth'>[] = await em.execute(
      `select d.id, d.endpoint, d.public_key as "publicKey", d.auth from push_device d
       join session s on s.workspace_id = d.workspace_id and s.id = d.session_id and s.expires_at > ?
       where d.workspace_id = ? and d.member_id = ?`,
      [tx.now(), workspaceId, id],
    );
    const message = JSON.stringify(asPush(locale, notices, this.settings.publicUrl));
    const outcomes = await Promise.all(
      devices.map(async (device) => ({ device, outcome: await this.settings.push.send(device, message) })),
    );
    for (const { device, outcome } of outcomes) {
      if (outcome === PushOutcome.GONE)
        await em.execute('delete from push_device where workspace_id = ? and id = ?', [workspaceId, device.id]);
    }
    const reached = outcomes.map(({ outcome }) => outcome);
    if (reached.includes(PushOutcome.SENT)) return 'SENT';
    return reached.includes(PushOutcome.FAILED) ? 'FAILED' : 'NOBODY';
  }
}
