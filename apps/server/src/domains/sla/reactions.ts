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
import { MessageEvent } from '../conversations/index.ts';
import { MergeEvent } from '../merges/index.ts';
import { lockTicket, Ticket, TicketEvent } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { factsOf, measureOf, policyFor, type PinnedPolicy } from './policy.ts';
import { SegmentReason, SlaMetric, SlaSegment, type SlaClock } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

/** Rule 2: what is promised from the creation on. */
const fromCreation = [SlaMetric.FIRST_RESPONSE, SlaMetric.RESOLUTION, SlaMetric.TIME_IN_STATUS];

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
    for (const clock of book.clocks) {
      if (clock.metric === SlaMetric.TIME_IN_STATUS) continue;
      await turnByStatus(book, clock, ticket, tx.now());
    }
    await followTimeInStatus(book, ticket, tx.now());
    await book.save();
  },
};

/** The time in one status is over with it; the next status has a cycle of its own, if its time counts at all. */
async function followTimeInStatus(book: ClockBook, ticket: Ticket, at: Date): Promise<void> {
  const clock = book.get(SlaMetric.TIME_IN_STATUS);
  if (clock && !clock.stoppedAt) await book.turn(clock, stopClock(await book.reading(clock), at.getTime()), SegmentReason.KEPT, at);
  const policy = effectOf(ticket) === 'RUN' ? await book.policy() : null;
  if (policy) book.begin(SlaMetric.TIME_IN_STATUS, policy, ticket.priority, at);
}

function effectOf({ category, deletedAt }: Ticket): ClockEffect {
  return deletedAt === null ? clockEffect(category) : 'CANCEL';
}

async function turnByStatus(book: ClockBook, clock: SlaClock, ticket: Ticket, at: Date): Promise<void> {
  const effect = effectOf(ticket);
  const policy = await book.policy();
  const reopened = clock.metric === SlaMetric.RESOLUTION && clock.stoppedAt !== null && (effect === 'RUN' || effect === 'PAUSE');
  if (policy?.options.newCycle && reopened) return beginByStatus(book, SlaMetric.RESOLUTION, policy, ticket, at);
  const [next, reason] = follow(clock.metric, await book.reading(clock), effect, at.getTime());
  await book.turn(clock, next, reason, at);
}

/** Rules 3 to 5: what a status does to a promise. */
function follow(metric: SlaMetric, clock: Clock, effect: ClockEffect, at: number): [Clock, SegmentReason] {
  const isKept = metric !== SlaMetric.RESOLUTION && clock.stoppedAt !== null;
  if (effect === 'CANCEL') return [cancelClock(clock, at), SegmentReason.CANCELLED];
  if (isKept) return [{ ...clock, cancelledAt: null }, SegmentReason.KEPT];
  if (effect === 'RUN') return [resumeClock(clock, at), SegmentReason.RUNS_BY_STATUS];
  // Resolving answers nobody: an unmet response stands still, and goes on if the ticket is reopened.
  if (effect === 'PAUSE' || metric !== SlaMetric.RESOLUTION)
    return [pauseClock({ ...clock, cancelledAt: null }, at), SegmentReason.STANDS_BY_STATUS];
  return [stopClock({ ...clock, cancelledAt: null }, at), SegmentReason.KEPT];
}

/** Rules 6 and 7: another priority is another target, another team, topic, client or tag perhaps another policy. */
export const followFacts: Reaction = {
  to: [TicketEvent.EDITED, TicketEvent.TAGGED],
  async run(tx, event) {
    const fields = new Set(event.changes.map(({ field }) => field));
    const priorityChanged = fields.has('priority');
    const decides =
      event.type === TicketEvent.TAGGED || ['priority', 'topicId', 'teamId', 'requesterId'].some((field) => fields.has(field));
    if (!decides) return;
    const ticket = await ticketOf(tx, event);
    const book = await ClockBook.open(tx, ticket.id);
    const before = await book.policy();
    if (!before) return;
    const found = await policyFor(tx, await factsOf(tx, ticket));
    const changed = found !== null && found.policyId !== before.policyId;
    if (!changed && !priorityChanged) return;
    if (changed) {
      tx.record(
        domainEvent(SlaEvent.POLICY_CHANGED, ticket.id, {
          changes: [{ field: 'slaPolicyId', from: before.policyId, to: found.policyId }],
        }),
      );
    }
    // The same policy goes on in the version that the clocks are pinned to (rule 8).
    const reason = changed ? SegmentReason.POLICY_CHANGED : SegmentReason.PRIORITY_CHANGED;
    await remeasure(tx, book, ticket, changed ? found : before, reason);
    await book.save();
  },
};

/** Measures what still runs or may run again by a policy; what was kept or cancelled stays as it was. */
export async function remeasure(tx: Scope, book: ClockBook, ticket: Ticket, policy: PinnedPolicy, reason: SegmentReason): Promise<void> {
  const at = tx.now();
  for (const clock of book.clocks) {
    if (clock.stoppedAt && clock.metric !== SlaMetric.RESOLUTION) continue;
    const reading = await book.reading(clock);
    const next = remeasureClock(reading, measureOf(policy, clock.metric, ticket.priority), at.getTime());
    await book.turn(clock, next, reason, at, policy);
  }
}

/** A reply and a message of the client are what promises of answers are about (rules 2 and 3). */
export const followMessages: Reaction = {
  to: [MessageEvent.SENT, MessageEvent.RECEIVED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    await (event.type === MessageEvent.SENT ? answered(tx, ticket) : asked(tx, ticket));
  },
};

/**
 * A ticket that became part of another promises nothing of its own (rule 4), and its unanswered client is the other's to
 * answer, from when they asked (rule 10). Undone, its clocks go on as they stood, and the time between is not counted.
 */
export const followMerges: Reaction = {
  to: [MergeEvent.MERGED, MergeEvent.UNDONE],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const book = await ClockBook.open(tx, ticket.id);
    const owedSince = await owedFrom(tx, book);
    for (const clock of book.clocks) {
      if (event.type === MergeEvent.UNDONE) await turnByStatus(book, clock, ticket, tx.now());
      else await book.turn(clock, cancelClock(await book.reading(clock), tx.now().getTime()), SegmentReason.CANCELLED, tx.now());
    }
    await book.save();
    if (event.type === MergeEvent.MERGED && ticket.mergedIntoId && owedSince) await oweFrom(tx, ticket.mergedIntoId, owedSince);
  },
};

/** Since when a ticket owes its client an answer; null where it owes none. */
async function owedFrom(tx: Scope, book: ClockBook): Promise<Date | null> {
  const owed = book.get(SlaMetric.NEXT_RESPONSE);
  if (!owed || owed.stoppedAt || owed.cancelledAt) return null;
  const { workspaceId, ticketId, metric, cycle } = owed;
  const [first] = await tx.em.find(SlaSegment, { workspaceId, ticketId, metric, cycle }, { orderBy: { fromAt: 'asc' }, limit: 1 });
  return first?.fromAt ?? null;
}

/** The other ticket owes an answer from the earlier of the two. */
async function oweFrom(tx: Scope, ticketId: string, since: Date): Promise<void> {
  const ticket = await tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: ticketId });
  const book = await ClockBook.open(tx, ticketId);
  const policy = await book.policy();
  // Before its first reply the first response is what is owed.
  if (!policy || !book.get(SlaMetric.FIRST_RESPONSE)?.stoppedAt) return;
  const own = await owedFrom(tx, book);
  if (own && own <= since) return;
  const clock = book.get(SlaMetric.NEXT_RESPONSE);
  if (clock && own) await replace(book, clock, tx.now());
  await beginByStatus(book, SlaMetric.NEXT_RESPONSE, policy, ticket, since);
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
    if (clock && !clock.stoppedAt) await book.turn(clock, stopClock(await book.reading(clock), at.getTime()), SegmentReason.KEPT, at);
  }
  await beginByStatus(book, SlaMetric.UPDATE, policy, ticket, at);
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
  await beginByStatus(book, SlaMetric.NEXT_RESPONSE, policy, ticket, tx.now());
  await book.save();
}

/** Ends a promise whose place another takes. One that was missed stays missed; of any other nothing is to be said. */
async function replace(book: ClockBook, clock: SlaClock, at: Date): Promise<void> {
  const settled = settleClock(await book.reading(clock), at.getTime());
  const ended = settled.breachedAt === null ? cancelClock(settled, at.getTime()) : stopClock(settled, at.getTime());
  await book.turn(clock, ended, SegmentReason.RESTARTED, at);
}

/** Begins a promise as the status has it: it may have to stand at once. */
async function beginByStatus(book: ClockBook, metric: SlaMetric, policy: PinnedPolicy, ticket: Ticket, at: Date): Promise<void> {
  const clock = book.begin(metric, policy, ticket.priority, at);
  await turnByStatus(book, clock, ticket, at);
}

function ticketOf(tx: Scope, event: DomainEvent): Promise<Ticket> {
  return tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: event.ticketId ?? '' });
}
