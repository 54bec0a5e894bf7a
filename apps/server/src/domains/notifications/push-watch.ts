import { nobody } from '../../kernel/viewer.ts';
import { newId } from '../../kernel/id.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import { PushOutcome, type PushService } from '../../platform/push/push-service.ts';
import type { Scope } from '../../platform/scope.ts';
import { Worker } from '../../platform/work/worker.ts';
import type { WorkItem, WorkTurn } from '../../platform/work/work-attempts.ts';

const lanes = 10;
const leaseMs = 40_000;
/** The wait after each failed attempt but the last. */
const waitsMs = [60_000, 300_000, 1_800_000, 7_200_000];
/** A push that was not delivered for so long is old news; the app still shows its notifications. */
const maxAgeMs = 86_400_000;

export interface QueuedPush {
  readonly memberId: string;
  readonly message: string;
  readonly notificationIds: readonly string[];
}

/** Queues a push to each device at which the member is signed in. Returns false if there is none. */
export async function queuePush(tx: Scope, { memberId, message, notificationIds }: QueuedPush): Promise<boolean> {
  const { em, workspaceId } = tx;
  const now = tx.now();
  const devices: { id: string }[] = await em.execute(
    `select d.id from push_device d join session s on s.workspace_id = d.workspace_id and s.id = d.session_id and s.expires_at > ?
     where d.workspace_id = ? and d.member_id = ?`,
    [now, workspaceId, memberId],
  );
  for (const { id } of devices) {
    await em.execute(
      `insert into outgoing_push (workspace_id, id, member_id, device_id, notification_ids, message, created_at, due_at)
       values (?, ?, ?, ?, ?::uuid[], ?, ?, ?)`,
      [workspaceId, newId(), memberId, id, `{${notificationIds.join(',')}}`, message, now, now],
    );
  }
  return devices.length > 0;
}

interface OutgoingPush {
  readonly device_id: string;
  readonly endpoint: string;
  readonly public_key: string;
  readonly auth: string;
  readonly message: string;
}

/** Sends queued pushes, outside of transactions. A device that is gone is removed. */
export class PushWatch {
  readonly #worker: Worker;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    private readonly service: PushService,
    logger: Logger,
  ) {
    const anywhere = systemScope(nobody);
    this.#worker = new Worker({
      worker: 'PUSH',
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      lanes,
      leaseMs,
      waitsMs,
      due: ({ now, free }) =>
        `select p.workspace_id, p.id::text as item, p.due_at, null::uuid as ticket_id, p.member_id from outgoing_push p
         where p.due_at <= ${now} and ${free('p.workspace_id', 'p.id::text')}`,
      run: (item, turn) => this.#send(item, turn),
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

  async #send({ workspaceId, key }: WorkItem, { signal }: WorkTurn): Promise<void> {
    const { em } = this.systemScope(workspaceId);
    const push = await this.#wanted(workspaceId, key);
    const device = push && { endpoint: push.endpoint, publicKey: push.public_key, auth: push.auth };
    const outcome = device && (await this.service.send(device, push.message, signal));
    if (outcome === PushOutcome.GONE) {
      await em.execute('delete from push_device where workspace_id = ? and id = ?', [workspaceId, push?.device_id]);
    }
    await em.execute('delete from outgoing_push where workspace_id = ? and id = ?', [workspaceId, key]);
  }

  /** Returns null if the push is too old, its device is signed out, or all its notifications have been read. */
  async #wanted(workspaceId: string, id: string): Promise<OutgoingPush | null> {
    const { em, clock } = this.systemScope(workspaceId);
    const now = clock();
    const [push]: OutgoingPush[] = await em.execute(
      `select p.device_id, d.endpoint, d.public_key, d.auth, p.message from outgoing_push p
       join push_device d on d.workspace_id = p.workspace_id and d.id = p.device_id
       join session s on s.workspace_id = d.workspace_id and s.id = d.session_id and s.expires_at > ?
       where p.workspace_id = ? and p.id = ? and p.created_at > ?
         and exists (select from notification n where n.workspace_id = p.workspace_id and n.id = any(p.notification_ids) and n.read_at is null)`,
      [now, workspaceId, id, new Date(now.getTime() - maxAgeMs)],
    );
    return push ?? null;
  }
}
