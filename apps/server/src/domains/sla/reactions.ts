import {
  cancelClock,
  clockEffect,
  pauseClock,
  remeasureClock,
  resumeClock,
  settleClock,
  stopClock,
  type Clock,
  type ClockEffect,
} from '@baton/rules';
import { domainEvent, type DomainEvent } from '../../kernel/domain-event.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactEvent } from '../contacts/index.ts';
import { findUnansweredSince, listConversationIds, MessageEvent } from '../conversations/index.ts';
import { memberById, MemberKind } from '../identity/index.ts';
import { listMovedConversations, Merge, MergeEvent } from '../merges/index.ts';
import { lockTicket, Ticket, TicketEvent } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { listPolicies } from './find-settings.ts';
import { factsOf, lockTeamHours, measureOf, policyFor, withHours, type PinnedPolicy } from './policy.ts';
import { SegmentReason, SlaMetric, type SlaClock } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

/** Rule 2: what is promised from the creation on. */
const fromCreation = [SlaMetric.FIRST_RESPONSE, SlaMetric.RESOLUTION, SlaMetric.TIME_IN_STATUS];

/** The clocks of a ticket and the ticket. */
export interface Place {
  readonly book: ClockBook;
  readonly ticket: Ticket;
}

/** Every ticket starts its clocks with its creation. */
export const startClocks: Reaction = {
  to: [TicketEvent.CREATED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const policy = await policyFor(tx, await factsOf(tx, ticket));
    if (!policy) return;
    const book = await ClockBook.open(tx, ticket.id);
    for (const metric of fromCreation) book.begin(metric, policy, ticket.priority, ticket.createdAt);
    await book.save();
  },
};

/** Clocks follow the status: run, stand, end, or leave the statistics, as all of a deleted ticket do. */
export const followStatus: Reaction = {
  to: [TicketEvent.STATUS_CHANGED, TicketEvent.DELETED, TicketEvent.RESTORED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const book = await ClockBook.open(tx, ticket.id);
    const isMove = event.type === TicketEvent.STATUS_CHANGED;
    for (const clock of book.clocks) {
      if (isMove && clock.metric === SlaMetric.TIME_IN_STATUS) continue;
      await turnByStatus(tx, { book, ticket }, clock);
    }
    if (isMove) await followTimeInStatus(book, ticket, tx.now());
    await book.save();
  },
};

/** The clock of one status ends with it. The next status has a new cycle, if its time counts at all. */
async function followTimeInStatus(book: ClockBook, ticket: Ticket, at: Date): Promise<void> {
  const clock = book.get(SlaMetric.TIME_IN_STATUS);
  const effect = effectOf(ticket);
  if (clock && !clock.stoppedAt) {
    const [end, reason] =
      effect === 'CANCEL' ? ([cancelClock, SegmentReason.CANCELLED] as const) : ([stopClock, SegmentReason.KEPT] as const);
    await book.turn(clock, end(await book.asClock(clock), at.getTime()), reason, at);
  }
  const policy = effect === 'RUN' ? await book.policy() : null;
  if (policy) book.begin(SlaMetric.TIME_IN_STATUS, policy, ticket.priority, at);
}

function effectOf({ category, deletedAt }: Ticket): ClockEffect {
  return deletedAt === null ? clockEffect(category) : 'CANCEL';
}

async function turnByStatus(tx: Scope, { book, ticket }: Place, clock: SlaClock, at = tx.now()): Promise<void> {
  const effect = effectOf(ticket);
  const isReopened = clock.metric === SlaMetric.RESOLUTION && clock.stoppedAt !== null && (effect === 'RUN' || effect === 'PAUSE');
  // A stopped clock kept the measure of its outcome; what it is measured by now may have changed since.
  const policy = isReopened ? await matchAgain(tx, { book, ticket }) : null;
  if (policy?.options.newCycle) return beginByStatus(tx, { book, ticket }, { metric: SlaMetric.RESOLUTION, policy, at });
  const [next, reason] = follow(clock.metric, await book.asClock(clock), effect, at.getTime());
  if (!policy || isMeasuredBy(clock, policy, ticket)) return book.turn(clock, next, reason, at);
  const measure = measureOf(policy, clock.metric, ticket.priority);
  await book.turn(clock, remeasureClock(next, measure, at.getTime(), await book.history(clock)), reason, at, policy);
}

/** Rules 3 to 5: what a status does to a promise. */
function follow(metric: SlaMetric, clock: Clock, effect: ClockEffect, at: number): [Clock, SegmentReason] {
  const isKept = metric !== SlaMetric.RESOLUTION && clock.stoppedAt !== null;
  if (effect === 'CANCEL') return [cancelClock(clock, at), SegmentReason.CANCELLED];
  if (isKept) return [{ ...clock, cancelledAt: null }, SegmentReason.KEPT];
  if (effect === 'RUN') return [resumeClock(clock, at), SegmentReason.RUNS_BY_STATUS];
  // Resolving answers nobody: an unmet response stands still, and goes on if the ticket is reopened.
  if (effect === 'PAUSE' || metric !== SlaMetric.RESOLUTION)
    return [pauseClock({ ...clock, stoppedAt: null, cancelledAt: null }, at), SegmentReason.STANDS_BY_STATUS];
  return [stopClock({ ...clock, cancelledAt: null }, at), SegmentReason.KEPT];
}

/** Rules 6 and 7: another priority is another target; another team, topic, customer or tag may be another policy. */
export const followFacts: Reaction = {
  to: [TicketEvent.EDITED, TicketEvent.TAGGED],
  async run(tx, event) {
    const decides = ['priority', 'topicId', 'teamId', 'requesterId', 'tag'];
    if (!event.changes.some(({ field }) => decides.includes(field))) return;
    await matchTicket(tx, await ticketOf(tx, event));
  },
};

/** Rule 7: the organization of its customer is a condition too. */
export const followOrganizations: Reaction = {
  to: [ContactEvent.CHANGED],
  async run(tx, { subjectId }) {
    const policies = await listPolicies(tx);
    if (!policies.some(({ version }) => version.conditions.organizations)) return;
    const { em, workspaceId } = tx;
    const tickets: { id: string }[] = await em.execute(
      `select id from ticket t where workspace_id = ? and requester_id = ? and exists (select 1 from sla_clock c
         where c.workspace_id = t.workspace_id and c.ticket_id = t.id and c.stopped_at is null) order by id for no key update`,
      [workspaceId, subjectId],
    );
    for (const { id } of tickets) await matchTicket(tx, await em.findOneOrFail(Ticket, { workspaceId, id }));
  },
};

/** Rule 7: selects the policy and the business hours again, for a ticket that the caller has locked. */
export async function matchTicket(tx: Scope, ticket: Ticket): Promise<void> {
  const book = await ClockBook.open(tx, ticket.id);
  // Clocks that have all stopped are matched again if one of them resumes.
  if (book.clocks.every(({ stoppedAt }) => stoppedAt !== null)) return;
  const before = await book.policy();
  const policy = await matchAgain(tx, { book, ticket });
  if (!policy) return;
  await remeasure(tx, { book, ticket }, policy, reasonOf(before, policy));
  await book.save();
}

function reasonOf(before: PinnedPolicy | null, after: PinnedPolicy): SegmentReason {
  if (before?.policyId !== after.policyId) return SegmentReason.POLICY_CHANGED;
  return before.calendarId === after.calendarId ? SegmentReason.PRIORITY_CHANGED : SegmentReason.HOURS_CHANGED;
}

/** The policy that is for a ticket as it is now. One that stays keeps the version that the clocks are pinned to (rule 8). */
async function matchAgain(tx: Scope, { book, ticket }: Place): Promise<PinnedPolicy | null> {
  const before = await book.policy();
  if (!before) return null;
  const found = await policyFor(tx, await factsOf(tx, ticket));
  if (!found || found.policyId === before.policyId) return matchHours(tx, before, ticket);
  const change = { field: 'slaPolicyId', from: before.policyId, to: found.policyId };
  tx.record(domainEvent(SlaEvent.POLICY_CHANGED, ticket.id, { changes: [change] }));
  return found;
}

async function matchHours(tx: Scope, before: PinnedPolicy, ticket: Ticket): Promise<PinnedPolicy> {
  const after = await withHours(tx, before, await lockTeamHours(tx, ticket.teamId));
  if (after.calendarId === before.calendarId) return before;
  const change = { field: 'slaCalendarId', from: before.calendarId, to: after.calendarId };
  tx.record(domainEvent(SlaEvent.HOURS_CHANGED, ticket.id, { changes: [change] }));
  return after;
}

/** Measures the clocks that are not stopped by a policy. Those that it measures already stay as they are. */
export async function remeasure(tx: Scope, { book, ticket }: Place, policy: PinnedPolicy, reason: SegmentReason): Promise<void> {
  const at = tx.now();
  for (const clock of book.clocks) {
    if (clock.stoppedAt || isMeasuredBy(clock, policy, ticket)) continue;
    const measure = measureOf(policy, clock.metric, ticket.priority);
    const next = remeasureClock(await book.asClock(clock), measure, at.getTime(), await book.history(clock));
    await book.turn(clock, next, reason, at, policy);
  }
}

function isMeasuredBy(clock: SlaClock, policy: PinnedPolicy, { priority }: Ticket): boolean {
  return (
    clock.policyId === policy.policyId &&
    clock.policyVersion === policy.policyVersion &&
    clock.calendarId === policy.calendarId &&
    clock.calendarVersion === policy.calendarVersion &&
    clock.targetMs === measureOf(policy, clock.metric, priority).targetMs
  );
}

/** A reply and a message of the client are what promises of answers are about (rules 2 and 3). */
export const followMessages: Reaction = {
  to: [MessageEvent.SENT, MessageEvent.RECEIVED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    if (event.type === MessageEvent.RECEIVED) return asked(tx, ticket);
    if (await isHuman(tx)) await answered(tx, ticket);
  },
};

/** Rule 3: what a service account sends is no response. */
async function isHuman(tx: Scope): Promise<boolean> {
  return tx.viewer.kind === 'MEMBER' && (await tx.load(memberById, tx.viewer.memberId))?.kind !== MemberKind.MACHINE;
}

/**
 * Merging cancels the clocks of the source (rule 4). A customer of the source who waits for an answer waits at the destination,
 * from when they asked (rule 10). Undoing a merge resumes the clocks without the time between, and the destination owes only
 * what its own customers ask.
 */
export const followMerges: Reaction = {
  to: [MergeEvent.MERGED, MergeEvent.UNDONE],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const book = await ClockBook.open(tx, ticket.id);
    const mergeId = event.subjectId ?? '';
    const owedSince = await owedFrom(tx, book, mergeId);
    for (const clock of book.clocks) {
      if (event.type === MergeEvent.UNDONE) await turnByStatus(tx, { book, ticket }, clock);
      else await book.turn(clock, cancelClock(await book.asClock(clock), tx.now().getTime()), SegmentReason.CANCELLED, tx.now());
    }
    await book.save();
    if (event.type === MergeEvent.UNDONE) return oweOwn(tx, mergeId);
    if (ticket.mergedIntoId && owedSince) await oweFrom(tx, ticket.mergedIntoId, owedSince);
  },
};

/** Since when the customer of a ticket that is being merged has waited for an answer; null if they do not wait. */
async function owedFrom(tx: Scope, book: ClockBook, mergeId: string): Promise<Date | null> {
  const first = book.get(SlaMetric.FIRST_RESPONSE);
  const owed = book.get(SlaMetric.NEXT_RESPONSE);
  if (first && !first.stoppedAt) return findUnansweredSince(tx, await listMovedConversations(tx, mergeId));
  return owed && !owed.stoppedAt && !owed.cancelledAt ? startOf(book, owed) : null;
}

async function startOf(book: ClockBook, clock: SlaClock): Promise<Date | null> {
  const [first] = await book.history(clock);
  return first ? new Date(first.from) : null;
}

/** The other ticket owes an answer from the earlier of the two. */
async function oweFrom(tx: Scope, ticketId: string, since: Date): Promise<void> {
  const ticket = await tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: ticketId });
  const book = await ClockBook.open(tx, ticketId);
  const policy = await book.policy();
  // Before the first reply, the first response is what is owed.
  if (!policy || !book.get(SlaMetric.FIRST_RESPONSE)?.stoppedAt) return;
  const clock = book.get(SlaMetric.NEXT_RESPONSE);
  const own = clock && !clock.stoppedAt && !clock.cancelledAt ? clock : null;
  const ownSince = own && (await startOf(book, own));
  if (ownSince && ownSince <= since) return;
  if (own) await replace(book, own, tx.now());
  await beginByStatus(tx, { book, ticket }, { metric: SlaMetric.NEXT_RESPONSE, policy, at: since });
  await book.save();
}

/** The former destination of an undone merge owes an answer to its own customers alone. */
async function oweOwn(tx: Scope, mergeId: string): Promise<void> {
  const { destinationId } = await tx.em.findOneOrFail(Merge, { workspaceId: tx.workspaceId, id: mergeId });
  const ticket = await tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: destinationId });
  const book = await ClockBook.open(tx, destinationId);
  const policy = await book.policy();
  const owed = book.get(SlaMetric.NEXT_RESPONSE);
  if (!policy || !owed || owed.stoppedAt || owed.cancelledAt) return;
  const since = await findUnansweredSince(tx, await listConversationIds(tx, destinationId));
  const start = await startOf(book, owed);
  // A policy may restart the clock with every message: only one that began before them all is the source's.
  if (since && start && start >= since) return;
  await replace(book, owed, tx.now());
  if (since) await beginByStatus(tx, { book, ticket }, { metric: SlaMetric.NEXT_RESPONSE, policy, at: since });
  await book.save();
}

/** Counts a reply that was sent elsewhere, as an import brings it. */
export function recordReply(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => answered(tx, await lockTicket(tx, ticketId)));
}

/** It meets the first response and the next one, and the time to the next update begins. */
async function answered(tx: Scope, ticket: Ticket): Promise<void> {
  const book = await ClockBook.open(tx, ticket.id);
  const policy = await book.policy();
  if (!policy) return;
  const at = tx.now();
  const first = book.get(SlaMetric.FIRST_RESPONSE);
  if (first && !first.stoppedAt) tx.record(domainEvent(SlaEvent.RESPONDED, ticket.id));
  for (const metric of [SlaMetric.FIRST_RESPONSE, SlaMetric.NEXT_RESPONSE, SlaMetric.UPDATE]) {
    const clock = book.get(metric);
    if (clock && !clock.stoppedAt) await book.turn(clock, stopClock(await book.asClock(clock), at.getTime()), SegmentReason.KEPT, at);
  }
  await beginByStatus(tx, { book, ticket }, { metric: SlaMetric.UPDATE, policy, at });
  await book.save();
}

/** An answer is owed from the first message that was not answered, or from the last, as the policy has it. */
async function asked(tx: Scope, ticket: Ticket): Promise<void> {
  const book = await ClockBook.open(tx, ticket.id);
  const policy = await book.policy();
  const owed = book.get(SlaMetric.NEXT_RESPONSE);
  // Before the first reply the first response is what is owed.
  if (!policy || !book.get(SlaMetric.FIRST_RESPONSE)?.stoppedAt) return;
  if (owed && !owed.stoppedAt) {
    if (!policy.options.restartOnMessage) return;
    await replace(book, owed, tx.now());
  }
  await beginByStatus(tx, { book, ticket }, { metric: SlaMetric.NEXT_RESPONSE, policy, at: tx.now() });
  await book.save();
}

/** Ends a promise whose place another takes. One that was missed stays missed; of any other nothing is to be said. */
async function replace(book: ClockBook, clock: SlaClock, at: Date): Promise<void> {
  const settled = settleClock(await book.asClock(clock), at.getTime());
  const ended = settled.breachedAt === null ? cancelClock(settled, at.getTime()) : stopClock(settled, at.getTime());
  await book.turn(clock, ended, SegmentReason.RESTARTED, at);
}

interface Beginning {
  readonly metric: SlaMetric;
  readonly policy: PinnedPolicy;
  readonly at: Date;
}

/** Starts a clock, which the status may pause immediately. */
async function beginByStatus(tx: Scope, { book, ticket }: Place, { metric, policy, at }: Beginning): Promise<void> {
  const clock = book.begin(metric, policy, ticket.priority, at);
  await turnByStatus(tx, { book, ticket }, clock, at);
}

function ticketOf(tx: Scope, event: DomainEvent): Promise<Ticket> {
  return tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: event.ticketId ?? '' });
}
