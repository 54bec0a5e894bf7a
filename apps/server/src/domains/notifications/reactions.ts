import { domainEvent, type DomainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { Member, Role, TeamMember, viewerOf } from '../identity/index.ts';
import { MessageEvent } from '../conversations/index.ts';
import { canReadNotes, NoteEvent } from '../notes/index.ts';
import { SlaEvent } from '../sla/index.ts';
import { canSee, Ticket, TicketEvent, TicketGrant } from '../tickets/index.ts';
import { WatcherEvent, watcherIdsOf } from '../watchers/index.ts';
import { Notification, type NotificationReason } from './notification.entity.ts';
import { NotificationEvent } from './notification.events.ts';

/**
 * Tells the mentioned, the assignee and the watchers, and of SLA the team's supervisors: each once for an event, for the reason that concerns them most,
 * never of what they did themselves, and never of what they may not see.
 */
export const notifyMembers: Reaction = {
  to: [
    ...Object.values(TicketEvent),
    MessageEvent.RECEIVED,
    MessageEvent.SENT,
    NoteEvent.ADDED,
    NoteEvent.EDITED,
    SlaEvent.BREACHED,
    SlaEvent.WARNED,
    SlaEvent.ESCALATED,
    WatcherEvent.ADDED,
  ],
  async run(tx, event) {
    const ticket = await tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: event.ticketId ?? '' });
    const receivers = await permitted(tx, ticket, event, await concerned(tx, ticket, event));
    if (receivers.length === 0) return;
    const { viewer, workspaceId } = tx;
    await tx.em.insertMany(
      Notification,
      receivers.map(([memberId, reason]) => ({
        workspaceId,
        id: newId(),
        memberId,
        ticketId: ticket.id,
        eventId: event.id,
        reason,
        type: event.type,
        actorId: viewer.kind === 'MEMBER' ? viewer.memberId : null,
        createdAt: tx.now(),
        readAt: null,
      })),
    );
    tx.record(domainEvent(NotificationEvent.ADDED, null, { memberIds: receivers.map(([memberId]) => memberId), subjectId: event.id }));
  },
};

/** Later reasons replace earlier ones, so the strongest comes last. */
async function concerned(tx: Scope, ticket: Ticket, event: DomainEvent): Promise<Map<string, NotificationReason>> {
  const reasons = new Map<string, NotificationReason>();
  if (event.type === WatcherEvent.ADDED) {
    for (const memberId of event.memberIds) reasons.set(memberId, 'WATCHING');
    return reasons;
  }
  if (event.type === SlaEvent.ESCALATED) return new Map(event.memberIds.map((memberId) => [memberId, 'ESCALATION']));
  if (event.type === SlaEvent.BREACHED || event.type === SlaEvent.WARNED) {
    for (const memberId of await supervisorsOf(tx, ticket)) reasons.set(memberId, 'SUPERVISOR');
  }
  // An edited note is news only to those it mentions for the first time.
  if (event.type !== NoteEvent.EDITED) {
    for (const memberId of await watcherIdsOf(tx, ticket.id)) reasons.set(memberId, 'WATCHING');
    if (ticket.assigneeId) reasons.set(ticket.assigneeId, 'ASSIGNEE');
  }
  if (event.type.startsWith('note.')) for (const memberId of event.memberIds) reasons.set(memberId, 'MENTIONED');
  return reasons;
}

/** Whoever supervises the ticket's team. A ticket of no team is nobody's to be told of. */
async function supervisorsOf(tx: Scope, { workspaceId, teamId }: Ticket): Promise<string[]> {
  if (teamId === null) return [];
  const team = await tx.em.find(TeamMember, { workspaceId, teamId });
  const members = await tx.em.find(Member, { workspaceId, id: { $in: team.map(({ memberId }) => memberId) }, role: Role.SUPERVISOR });
  return members.map(({ id }) => id);
}

async function permitted(tx: Scope, ticket: Ticket, event: DomainEvent, reasons: Map<string, NotificationReason>) {
  if (tx.viewer.kind === 'MEMBER') reasons.delete(tx.viewer.memberId);
  if (reasons.size === 0) return [];
  const { workspaceId } = tx;
  const ids = [...reasons.keys()];
  const members = await tx.em.find(Member, { workspaceId, id: { $in: ids }, active: true });
  const grants = await tx.em.find(TicketGrant, { workspaceId, ticketId: ticket.id, memberId: { $in: ids } });
  const granted = grants.map((grant) => grant.memberId);
  const receivers: [string, NotificationReason][] = [];
  for (const member of members) {
    const viewer = await viewerOf(tx.em, member);
    const mayKnow = !event.type.startsWith('note.') || canReadNotes(viewer);
    const reason = reasons.get(member.id);
    if (reason && mayKnow && canSee(viewer, ticket, granted)) receivers.push([member.id, reason]);
  }
  return receivers;
}
