import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
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

/**
 * Does what was asked for by `reapplyPolicy`. What is left to do is what the clocks themselves say, so any number of nodes
 * may do it, and one that dies leaves nothing half done.
 */
export class ReapplyWatch {
  readonly #watch: Watch;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    logger: Logger,
  ) {
    this.#watch = new Watch('re-apply an SLA policy', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async look(): Promise<null> {
    for (let done = batchSize; done === batchSize && !this.#watch.isClosed;) {
      const outdated: { workspace_id: string; ticket_id: string }[] = await this.systemScope(nobody).em.execute(
        `select distinct c.workspace_id, c.ticket_id from sla_policy p
         join sla_clock c on c.workspace_id = p.workspace_id and c.policy_id = p.id and c.stopped_at is null
         where p.applied_version is not null
           and (c.policy_version < p.applied_version or c.calendar_version < p.applied_calendar_version) limit ?`,
        [batchSize],
      );
      for (const { workspace_id, ticket_id } of outdated) {
        if (this.#watch.isClosed) return null;
        await reapplyTo(this.systemScope(workspace_id), ticket_id);
      }
      done = outdated.length;
    }
    return null;
  }
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

/** Of each policy: how many running clocks go on by an earlier version of it, or of its calendar. */
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
