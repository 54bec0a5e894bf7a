import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { Worker, type DueQuery } from '../../platform/work/worker.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { lockTicket } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { factsOf, policyFor } from './policy.ts';
import { remeasure } from './reactions.ts';
import { requirePolicy } from './save-policy.ts';
import { SegmentReason, SlaCalendar, SlaPolicyVersion, type SlaPolicy } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** Measures what runs by earlier versions of a policy and of its calendar by the newest, soon and one ticket after the other. */
export function reapplyPolicy(scope: Scope, id: string): Promise<SlaPolicy> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const policy = await requirePolicy(tx, id);
    const { workspaceId, em } = tx;
    const version = await em.findOneOrFail(SlaPolicyVersion, { workspaceId, policyId: id, version: policy.version });
    const calendar = version.calendarId === null ? null : await em.findOneOrFail(SlaCalendar, { workspaceId, id: version.calendarId });
    policy.appliedVersion = policy.version;
    policy.appliedCalendarVersion = calendar?.version ?? null;
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { policy: policy.name, applied: policy.version } });
    return policy;
  });
}

const batchSize = 100;

/** Does what was asked for by `reapplyPolicy`. The clocks themselves show what is left to do. */
export class ReapplyWatch {
  readonly #worker: Worker;

  constructor(systemScope: (workspaceId: string) => Scope, logger: Logger) {
    const anywhere = systemScope(nobody);
    this.#worker = new Worker({
      worker: 'SLA_REAPPLY',
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      batchSize,
      due: outdatedClocks,
      run: ({ workspaceId, ticketId }) => reapplyTo(systemScope(workspaceId), ticketId ?? ''),
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

/** Only the newest cycle of a metric is measured again. An earlier one that was canceled by a restart never changes. */
const isNewestCycle = `not exists (select from sla_clock n where n.workspace_id = c.workspace_id and n.ticket_id = c.ticket_id
  and n.metric = c.metric and n.cycle > c.cycle)`;

function outdatedClocks({ now, free }: DueQuery): string {
  const item = `concat_ws(':', c.ticket_id, p.id, p.applied_version, p.applied_calendar_version)`;
  return `select c.workspace_id, ${item} as item, ${now} as due_at, c.ticket_id, null::uuid as member_id from sla_policy p
    join sla_clock c on c.workspace_id = p.workspace_id and c.policy_id = p.id and c.stopped_at is null
    where p.applied_version is not null and ${isNewestCycle}
      and (c.policy_version < p.applied_version or c.calendar_version < p.applied_calendar_version) and ${free('c.workspace_id', item)}`;
}

/** Measures one ticket's clocks by the policy that is for it now, in its newest version. */
function reapplyTo(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    const policy = await policyFor(tx, await factsOf(tx, ticket));
    if (!policy) return;
    const book = await ClockBook.open(tx, ticketId);
    await remeasure(tx, { book, ticket }, policy, SegmentReason.REAPPLIED);
    // Whoever looks at the ticket sees another due time, and learns why.
    tx.record(domainEvent(SlaEvent.REAPPLIED, ticketId));
    await book.save();
  });
}

/** Of each policy: how many running clocks use an earlier version of it, or of its calendar. */
export const outdatedByPolicy = listLoaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]): Promise<{ policyId: string; count: number }[]> => {
    const rows: { policy_id: string; count: string }[] = await em.execute(
      `select p.id as policy_id, count(c.ticket_id) as count from sla_policy p
       join sla_policy_version v on v.workspace_id = p.workspace_id and v.policy_id = p.id and v.version = p.version
       left join sla_calendar k on k.workspace_id = p.workspace_id and k.id = v.calendar_id
       join sla_clock c on c.workspace_id = p.workspace_id and c.policy_id = p.id and c.running_since is not null and c.stopped_at is null
         and (c.policy_version < p.version or c.calendar_version < k.version)
       where p.workspace_id = ? and p.id = any(?::uuid[]) group by p.id`,
      [workspaceId, `{${ids.join(',')}}`],
    );
    return rows.map(({ policy_id: policyId, count }) => ({ policyId, count: Number(count) }));
  },
  ({ policyId }) => policyId,
);
