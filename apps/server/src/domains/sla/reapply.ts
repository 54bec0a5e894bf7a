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
import { SegmentReason, SlaCalendar, type SlaPolicy } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';
import { requireSlaSettings } from './sla.policy.ts';
import { recount } from './team-hours.ts';

/** Starts to measure what runs by earlier versions of a policy, and of its business hours, by the newest. */
export function reapplyPolicy(scope: Scope, id: string): Promise<SlaPolicy> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const policy = await requirePolicy(tx, id);
    const calendars = await tx.em.find(SlaCalendar, { workspaceId: tx.workspaceId });
    policy.appliedVersion = policy.version;
    policy.appliedCalendars = Object.fromEntries(calendars.map(({ id: calendarId, version }) => [calendarId, version]));
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { policy: policy.name, applied: policy.version } });
    return policy;
  });
}

const batchSize = 100;

/** Does what `reapplyPolicy` and `followTeamHours` asked for. The clocks themselves show what is left of the former. */
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
      due: (query) => `${outdatedClocks(query)} union all ${recountsAsked(query)}`,
      run: ({ workspaceId, ticketId, key }) => {
        const work = key.startsWith(recountPrefix) ? recount : reapplyTo;
        return work(systemScope(workspaceId), ticketId ?? '');
      },
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
  const item = `concat_ws(':', c.ticket_id, p.id, p.applied_version, md5(p.applied_calendars::text))`;
  return `select c.workspace_id, ${item} as item, ${now} as due_at, c.ticket_id, null::uuid as member_id from sla_policy p
    join sla_clock c on c.workspace_id = p.workspace_id and c.policy_id = p.id and c.stopped_at is null
    where p.applied_version is not null and ${isNewestCycle}
      and (c.policy_version < p.applied_version or c.calendar_version < (p.applied_calendars ->> c.calendar_id::text)::integer) and ${free('c.workspace_id', item)}`;
}

const recountPrefix = 'HOURS:';

function recountsAsked({ free }: DueQuery): string {
  const item = `concat('${recountPrefix}', r.ticket_id, ':', (extract(epoch from r.asked_at) * 1000)::bigint)`;
  return `select r.workspace_id, ${item} as item, r.asked_at as due_at, r.ticket_id, null::uuid as member_id from sla_recount r
    where ${free('r.workspace_id', item)}`;
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

/** Of each policy: how many running clocks use an earlier version of it, or of their business hours. */
export const outdatedByPolicy = listLoaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]): Promise<{ policyId: string; count: number }[]> => {
    const rows: { policy_id: string; count: string }[] = await em.execute(
      `select p.id as policy_id, count(c.ticket_id) as count from sla_policy p
       join sla_clock c on c.workspace_id = p.workspace_id and c.policy_id = p.id and c.running_since is not null and c.stopped_at is null
       left join sla_calendar k on k.workspace_id = c.workspace_id and k.id = c.calendar_id
       where (c.policy_version < p.version or c.calendar_version < k.version) and p.workspace_id = ? and p.id = any(?::uuid[]) group by p.id`,
      [workspaceId, `{${ids.join(',')}}`],
    );
    return rows.map(({ policy_id: policyId, count }) => ({ policyId, count: Number(count) }));
  },
  ({ policyId }) => policyId,
);
