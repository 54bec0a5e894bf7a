import { decide, may, type Viewer } from '../../kernel/viewer.ts';

/** What of a ticket decides who sees it. */
export interface TicketScope {
  readonly teamId: string | null;
  readonly assigneeId: string | null;
  /** Nullish while it is not deleted. */
  readonly deletedAt?: Date | number | null;
}

/**
 * Who sees a ticket: its assignee, those whose teams include its team, and, for a ticket of no team yet, everybody who
 * works the queue. A deleted one is seen by nobody but the desk itself. `grantedIds` are the members let in by name (watching, mentioned); it counts for light agents alone.
 * Its list twin is `visibleTickets`; the two are tested to agree.
 */
export function canSee(viewer: Viewer, ticket: TicketScope, grantedIds: readonly string[]): boolean {
  const { teamId, assigneeId, deletedAt } = ticket;
  if (deletedAt != null && viewer.kind !== 'SYSTEM') return false;
  return decide(
    viewer,
    (one) =>
      one.permissions.has('ticket.read') &&
      (one.allTeams ||
        (teamId === null ? one.permissions.has('ticket.unteamed.see') : one.teamIds.has(teamId)) ||
        (assigneeId !== null && assigneeId === one.memberId) ||
        (one.permissions.has('ticket.granted.see') && grantedIds.includes(one.memberId))),
  );
}

/** `canSee` as SQL over the alias `t`, with its parameters. */
export function visibleTickets(viewer: Viewer): { sql: string; parameters: unknown[] } {
  if (viewer.kind === 'SYSTEM') return { sql: 'true', parameters: [] };
  if (!may(viewer, 'ticket.read')) return { sql: 'false', parameters: [] };
  if (decide(viewer, (one) => one.allTeams)) return { sql: 't.deleted_at is null', parameters: [] };
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
  return { sql: `t.deleted_at is null and (${either.join(' or ')})`, parameters };
}

function works(viewer: Viewer, ticket: TicketScope): boolean {
  return decide(viewer, (one) => ticket.assigneeId === one.memberId);
}

/** Fields, status and tags: any for supervisors and up; for agents their own, and unassigned ones they could take. */
export function canEdit(viewer: Viewer, ticket: TicketScope): boolean {
  if (may(viewer, 'ticket.edit.any')) return true;
  return may(viewer, 'ticket.edit.own') && (ticket.assigneeId === null || works(viewer, ticket));
}

/** Agents take what is free and hand over what is theirs; supervisors give anything to anybody. */
export function canAssign(viewer: Viewer, ticket: TicketScope, toMemberId: string | null): boolean {
  if (may(viewer, 'ticket.assign')) return true;
  if (!may(viewer, 'ticket.edit.own')) return false;
  return ticket.assigneeId === null ? decide(viewer, (one) => toMemberId === one.memberId) : works(viewer, ticket);
}

/** Agents take what is free; whoever assigns anything may give it to themselves. */
function canTake(viewer: Viewer, ticket: TicketScope): boolean {
  if (works(viewer, ticket)) return false;
  return may(viewer, 'ticket.assign') || (may(viewer, 'ticket.edit.own') && ticket.assigneeId === null);
}

/** Everything a viewer may do with a ticket they see, for the buttons that offer it. */
export function permissionsOn(viewer: Viewer, ticket: TicketScope & { readonly mergedIntoId: string | null }) {
  // What became part of another is edited there.
  const own = ticket.mergedIntoId === null;
  return {
    edit: own && canEdit(viewer, ticket),
    assign: own && (may(viewer, 'ticket.assign') || (canEdit(viewer, ticket) && works(viewer, ticket))),
    take: own && canTake(viewer, ticket),
    writeNotes: may(viewer, 'note.write'),
    watch: may(viewer, 'watch.self'),
    delete: may(viewer, 'ticket.delete'),
  };
}

/** Light agents and guests cannot be given work. */
export function canWork(role: string, active: boolean): boolean {
  return active && role !== 'LIGHT_AGENT' && role !== 'GUEST';
}
