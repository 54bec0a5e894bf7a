import { domainEvent, type DomainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { AttachmentEvent } from '../attachments/index.ts';
import { ChecklistEvent } from '../checklists/index.ts';
import { FieldEvent } from '../fields/index.ts';
import { Member, MemberKind, Role, TeamMember, viewersOf } from '../identity/index.ts';
import { ConversationEvent, MessageEvent } from '../conversations/index.ts';
import { LinkEvent } from '../links/index.ts';
import { MergeEvent } from '../merges/index.ts';
import { canReadNotes, NoteEvent } from '../notes/index.ts';
import { RatingEvent } from '../ratings/index.ts';
import { SplitEvent } from '../splits/index.ts';
import { SlaEvent } from '../sla/index.ts';
import { TicketContactEvent } from '../ticket-contacts/index.ts';
import { canSee, Ticket, TicketEvent, TicketGrant } from '../tickets/index.ts';
import { WatcherEvent, watcherIdsOf } from '../watchers/index.ts';
import { kindOf, NotificationKind } from './notification-kind.ts';
import type { NotificationReason } from './notification.entity.ts';
import { NotificationEvent } from './notification.events.ts';
import { mailDueAt, pushDueAt } from './quiet-hours.ts';
import { covers, profilesOf, rulesOf, teamFollowers, type RuleWanted } from './wanted.ts';

/**
 * Tells the mentioned, the assignee, the watchers and whoever follows the team: each once for an event, for the reason
 * that concerns them most, by the channels they want for its kind, never of what they did themselves, and never of what
 * they may not see.
 */
export const notifyMembers: Reaction = {
  to: [
    ...Object.values(TicketEvent),
    ...Object.values(AttachmentEvent),
    ChecklistEvent.ADDED,
    ChecklistEvent.DONE,
    ChecklistEvent.UNDONE,
    ChecklistEvent.REMOVED,
    ...Object.values(TicketContactEvent),
    RatingEvent.GIVEN,
    RatingEvent.COMMENTED,
    ...Object.values(FieldEvent),
    ...Object.values(LinkEvent),
    ...Object.values(MergeEvent),
    ...Object.values(SplitEvent),
    ConversationEvent.LINKED,
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
    const receivers = await receiversOf(tx, ticket, event);
    if (receivers.length === 0) return;
    await insert(tx, event, ticket.id, receivers);
    const memberIds = receivers.filter(({ rule }) => rule.inApp).map(({ member }) => member.id);
    if (memberIds.length > 0) tx.record(domainEvent(NotificationEvent.ADDED, null, { memberIds, subjectId: event.id }));
  },
};

interface Receiver {
  readonly member: Member;
  readonly reason: NotificationReason;
  readonly kind: NotificationKind;
  readonly rule: RuleWanted;
}

async function insert(tx: Scope, event: DomainEvent, ticketId: string, receivers: readonly Receiver[]): Promise<void> {
  const { workspaceId, viewer, cause } = tx;
  const at = tx.now();
  const profileOf = await profilesOf(
    tx,
    receivers.filter(({ rule }) => rule.email || rule.push).map(({ member }) => member.id),
  );
  const rows = receivers.map(({ member, reason, kind, rule }) => ({
    workspace_id: workspaceId,
    id: newId(),
    member_id: member.id,
    ticket_id: ticketId,
    event_id: event.id,
    reason,
    kind,
    type: event.type,
    actor_id: viewer.kind === 'MEMBER' ? viewer.memberId : null,
    created_at: at,
    cause_id: cause,
    in_app: rule.inApp,
    mail_due_at: rule.email ? mailDueAt(profileOf(member.id), at) : null,
    push_due_at: rule.push ? pushDueAt(profileOf(member.id), at) : null,
  }));
  // What one job did to many tickets is one piece of news; two nodes that work on it wait for each other here.
  await tx.em.execute(
    `insert into notification (workspace_id, id, member_id, ticket_id, event_id, reason, kind, type, actor_id, created_at,
       cause_id, in_app, mail_due_at, push_due_at)
     select r.* from jsonb_to_recordset(?::jsonb) as r(workspace_id uuid, id uuid, member_id uuid, ticket_id uuid, event_id uuid, reason text,
       kind text, type text, actor_id uuid, created_at timestamptz, cause_id uuid, in_app boolean, mail_due_at timestamptz,
       push_due_at timestamptz)
     order by r.member_id
     on conflict (workspace_id, member_id, cause_id, kind) where cause_id is not null and read_at is null
     do update set count = notification.count + 1, ticket_id = excluded.ticket_id, event_id = excluded.event_id`,
    [JSON.stringify(rows)],
  );
}

async function receiversOf(tx: Scope, ticket: Ticket, event: DomainEvent): Promise<Receiver[]> {
  const reasons = await concerned(tx, ticket, event);
  if (tx.viewer.kind === 'MEMBER') reasons.delete(tx.viewer.memberId);
  if (reasons.size === 0) return [];
  const { workspaceId } = tx;
  const ids = [...reasons.keys()];
  const members = await tx.em.find(Member, { workspaceId, id: { $in: ids }, active: true });
  const grants = await tx.em.find(TicketGrant, { workspaceId, ticketId: ticket.id, memberId: { $in: ids } });
  const granted = grants.map((grant) => grant.memberId);
  const viewerOf = await viewersOf(tx.em, members);
  const ruleOf = await rulesOf(tx, members, [kindOf(event.type), NotificationKind.MENTION]);
  return members.flatMap((member) => {
    const viewer = viewerOf(member);
    const reason = reasons.get(member.id);
    const mayKnow = !event.type.startsWith('note.') || canReadNotes(viewer);
    if (!reason || !mayKnow || !canSee(viewer, ticket, granted)) return [];
    const kind = reason === 'MENTIONED' ? NotificationKind.MENTION : kindOf(event.type);
    const wanted = ruleOf(member.id, kind);
    // A program has no inbox and no browser.
    const rule = member.kind === MemberKind.MACHINE ? { ...wanted, email: false, push: false } : wanted;
    return covers(rule, reason) && (rule.inApp || rule.email || rule.push) ? [{ member, reason, kind, rule }] : [];
  });
}

/** Later reasons replace earlier ones, so the strongest comes last. */
async function concerned(tx: Scope, ticket: Ticket, event: DomainEvent): Promise<Map<string, NotificationReason>> {
  const reasons = new Map<string, NotificationReason>();
  if (event.type === WatcherEvent.ADDED) {
    for (const memberId of event.memberIds) reasons.set(memberId, 'WATCHING');
    return reasons;
  }
  if (event.type === SlaEvent.ESCALATED) return new Map(event.memberIds.map((memberId) => [memberId, 'ESCALATION']));
  // An edited note is news only to those it mentions for the first time.
  if (event.type !== NoteEvent.EDITED) {
    for (const memberId of await teamFollowers(tx, kindOf(event.type), ticket)) reasons.set(memberId, 'TEAM');
    const isLate = event.type === SlaEvent.BREACHED || event.type === SlaEvent.WARNED;
    if (isLate || (event.type === TicketEvent.STALE && ticket.assigneeId === null)) {
      for (const memberId of await supervisorsOf(tx, ticket)) reasons.set(memberId, 'SUPERVISOR');
    }
    for (const memberId of await watcherIdsOf(tx, ticket.id)) reasons.set(memberId, 'WATCHING');
    for (const memberId of previousAssignees(event)) reasons.set(memberId, 'PREVIOUS_ASSIGNEE');
    if (ticket.assigneeId) reasons.set(ticket.assigneeId, 'ASSIGNEE');
  }
  if (event.type.startsWith('note.')) for (const memberId of event.memberIds) reasons.set(memberId, 'MENTIONED');
  return reasons;
}

function previousAssignees({ type, changes }: DomainEvent): string[] {
  if (type !== TicketEvent.ASSIGNED) return [];
  return changes.flatMap(({ field, from }) => (field === 'assigneeId' && typeof from === 'string' ? [from] : []));
}

/** Whoever supervises the ticket's team. A ticket of no team is nobody's to be told of. */
async function supervisorsOf(tx: Scope, { workspaceId, teamId }: Ticket): Promise<string[]> {
  if (teamId === null) return [];
  const team = await tx.em.find(TeamMember, { workspaceId, teamId });
  const members = await tx.em.find(Member, { workspaceId, id: { $in: team.map(({ memberId }) => memberId) }, role: Role.SUPERVISOR });
  return members.map(({ id }) => id);
}
