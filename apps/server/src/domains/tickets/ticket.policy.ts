import { may, type Viewer } from '../../kernel/viewer.ts';

/** What of a ticket decides who sees it. */
export interface TicketScope {
  readonly teamId: string | null;
  readonly assigneeId: string | null;
}

/**
 * Who sees a ticket: its assignee, those whose teams include its team, and, for a ticket of no team yet, everybody who
 * works the queue. `granted` says that the viewer was let in by name (watching, mentioned); it counts for light agents
 * alone. Its list twin is `visibleTickets`; the two are tested to agree.
 */
export function canSee(viewer: Viewer, ticket: TicketScope, granted: boolean): boolean {
  if (viewer.allTeams) return true;
  if (ticket.assigneeId !== null && ticket.assigneeId === viewer.memberId) return true;
  if (granted && may(viewer, 'ticket.granted.see')) return true;
  return ticket.teamId === null ? may(viewer, 'ticket.unteamed.see') : viewer.teamIds.has(ticket.teamId);
}

/** `canSee` as SQL over the alias `t`, with its parameters. */
export function visibleTickets(viewer: Viewer): { sql: string; parameters: unknown[] } {
  if (viewer.allTeams) return { sql: 'true', parameters: [] };
  const either = ['t.assignee_id = ?'];
  const parameters: unknown[] = [viewer.memberId];
  if (may(viewer, 'ticket.unteamed.see')) either.push('t.team_id is null');
  if (viewer.teamIds.size > 0) {
    either.push(`t.team_id in (${[...viewer.teamIds].map(() => '?').join(', ')})`);
    parameters.push(...viewer.teamIds);
  }
  if (may(viewer, 'ticket.granted.see')) {
    either.push('exists (select 1 from ticket_grant g where g.workspace_id = t.workspace_id and g.member_id = ? and g.ticket_id = t.id)');
    parameters.push(viewer.memberId);
  }
  return { sql: `(${either.join(' or ')})`, parameters };
}

/** Fields, status and tags: any for supervisors and up; for agents their own, and unassigned ones they could take. */
export function canEdit(viewer: Viewer, ticket: TicketScope): boolean {
  if (may(viewer, 'ticket.edit.any')) return true;
  return may(viewer, 'ticket.edit.own') && (ticket.assigneeId === null || ticket.assigneeId === viewer.memberId);
}

/** Agents take what is free and hand over what is theirs; supervisors give anything to anybody. */
export function canAssign(viewer: Viewer, ticket: TicketScope, toMemberId: string | null): boolean {
  if (may(viewer, 'ticket.assign')) return true;
  if (!may(viewer, 'ticket.edit.own')) return false;
  return ticket.assigneeId === null ? toMemberId === viewer.memberId : ticket.assigneeId === viewer.memberId;
}

/** Everything a viewer may do with a ticket they see, for the buttons that offer it. */
export function permissionsOn(viewer: Viewer, ticket: TicketScope) {
  return {
    edit: canEdit(viewer, ticket),
    assign: may(viewer, 'ticket.assign') || (canEdit(viewer, ticket) && ticket.assigneeId === viewer.memberId),
    take: ticket.assigneeId !== viewer.memberId && canAssign(viewer, ticket, viewer.memberId),
    writeNotes: may(viewer, 'note.write'),
    watch: may(viewer, 'watch.self'),
  };
}
