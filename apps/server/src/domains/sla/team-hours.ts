import { LockMode } from '@mikro-orm/core';
import { isId } from '../../kernel/id.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { TeamEvent, TeamNotFound } from '../access/index.ts';
import { teamById } from '../identity/index.ts';
import { Ticket } from '../tickets/index.ts';
import { effectsOn, runningClocks, type ClockEffects, type RunningClock } from './clock-effects.ts';
import { measureOf, pinnedPolicy, withHours, type PinnedPolicy } from './policy.ts';
import { matchTicket } from './reactions.ts';
import { requireCalendar } from './save-calendar.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** Other business hours of a team measure the clocks of its tickets, which `ReapplyWatch` does one ticket after the other. */
export const followTeamHours: Reaction = {
  to: [TeamEvent.HOURS_CHANGED],
  async run(tx, { subjectId: teamId }) {
    await tx.em.execute(
      `insert into sla_recount (workspace_id, ticket_id, asked_at)
       select t.workspace_id, t.id, ? from ticket t where t.workspace_id = ? and t.team_id = ? and exists (
         select from sla_clock c where c.workspace_id = t.workspace_id and c.ticket_id = t.id and c.stopped_at is null)
       on conflict (workspace_id, ticket_id) do update set asked_at = excluded.asked_at`,
      [tx.now(), tx.workspaceId, teamId],
    );
  },
};

/** Measures the clocks of one ticket by the business hours of its team. */
export function recount(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    const { workspaceId, em } = tx;
    const ticket = await em.findOne(Ticket, { workspaceId, id: ticketId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (ticket) await matchTicket(tx, ticket);
    await em.execute('delete from sla_recount where workspace_id = ? and ticket_id = ?', [workspaceId, ticketId]);
  });
}

export interface TeamHours {
  readonly teamId: string;
  /** Null = the business hours of each policy. */
  readonly calendarId: string | null;
}

/** Calculates what other business hours of a team would do to the clocks of its tickets. Changes nothing. */
export function tryTeamHours(scope: Scope, { teamId, calendarId }: TeamHours): Promise<ClockEffects> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    if (!isId(teamId) || !(await tx.load(teamById, teamId))) throw new TeamNotFound();
    if (calendarId !== null) await requireCalendar(tx, calendarId);
    const rows = await runningClocks(tx, 't.team_id', teamId);
    const policies = new Map<string, PinnedPolicy>();
    for (const row of rows) {
      if (policies.has(pinOf(row))) continue;
      const pin = { calendarId: row.calendar_id, calendarVersion: row.calendar_version };
      policies.set(pinOf(row), await withHours(tx, await pinnedPolicy(tx, row.policy_id, row.policy_version, pin), calendarId));
    }
    return effectsOn(tx, rows, (row) => {
      const policy = policies.get(pinOf(row));
      return policy ? measureOf(policy, row.metric, row.priority) : null;
    });
  });
}

const pinOf = (row: RunningClock) => [row.policy_id, row.policy_version, row.calendar_id, row.calendar_version].join(' ');
