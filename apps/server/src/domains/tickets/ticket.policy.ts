import { AssignmentScope, decide, may, type Viewer } from '../../kernel/viewer.ts';

/** What of a ticket decides who sees it. */
export interface TicketScope {
  readonly teamId: string | null;
  readonly assigneeId: string | null;
  readonly topicId?: string | null;
  /** Nullish while it is not deleted. */
  readonly deletedAt?: Date | number | null;
}

/**
 * Who can read a ticket: its assignee, and members whose teams, topics and assignment scope all include it. Tickets
 * without a team are for members with the permission `ticket.unteamed.see`. `grantedIds` are the members who watch it or
 * are mentioned in it; this counts for light agents only. Nobody but the system reads a deleted ticket.
 * `visibleTickets` is the same rule for lists; a test compares the two.
 */
export function canSee(viewer: Viewer, ticket: TicketScope, grantedIds: readonly string[]): boolean {
  const { assigneeId, deletedAt } = ticket;
  if (deletedAt != null && viewer.kind !== 'SYSTEM') return false;
  return decide(
    viewer,
    (one) =>
      one.permissions.has('ticket.read') &&
      (isInScope(one, ticket) ||
        (assigneeId !== null && assigneeId === one.memberId) ||
        (one.permissions.has('ticket.granted.see') && grantedIds.includes(one.memberId))),
  );
}

function isInScope(one: Viewer, { teamId, topicId, assigneeId }: TicketScope): boolean {
  const { allTeams, teamIds, topicIds, assignmentScope: assignment = AssignmentScope.ANY } = one;
  return (
    (allTeams || (teamId === null ? one.permissions.has('ticket.unteamed.see') : teamIds.has(teamId))) &&
    (topicIds === undefined || (topicId != null && topicIds.has(topicId))) &&
    (assignment === AssignmentScope.ANY || (assignment === AssignmentScope.OWN_AND_UNASSIGNED && assigneeId === null))
  );
}

/** `canSee` as SQL over the alias `t`, with its parameters. */
export function visibleTickets(viewer: Viewer): { sql: string; parameters: unknown[] } {
  if (viewer.kind === 'SYSTEM') return { sql: 'true', parameters: [] };
  if (!may(viewer, 'ticket.read')) return { sql: 'false', parameters: [] };
  if (decide(viewer, isUnlimited)) return { sql: 't.deleted_at is null', parameters: [] };
  const inScope = ticketsInScope(viewer);
  const either = ['t.assignee_id = ?', inScope.sql];
  const parameters: unknown[] = [viewer.memberId, ...inScope.parameters];
  if (may(viewer, 'ticket.granted.see')) {
    either.push('exists (select 1 from ticket_grant g where g.workspace_id = t.workspace_id and g.member_id = ? and g.ticket_id = t.id)');
    parameters.push(viewer.memberId);
  }
  return { sql: `t.deleted_at is null and (${either.join(' or ')})`, parameters };
}

function isUnlimited({ allTeams, topicIds, assignmentScope = AssignmentScope.ANY }: Viewer): boolean {
  return allTeams && topicIds === undefined && assignmentScope === AssignmentScope.ANY;
}

/** `isInScope` as SQL. Reads the viewer behind a sample by one rule: an absent scope must stay absent. */
function ticketsInScope(viewer: Viewer): { sql: string; parameters: unknown[] } {
  const all: string[] = [];
  const parameters: unknown[] = [];
  const among = (column: string, ids: ReadonlySet<string>) => {
    parameters.push(...ids);
    return ids.size > 0 ? `${column} in (${[...ids].map(() => '?').join(', ')})` : 'false';
  };
  if (!decide(viewer, (one) => one.allTeams)) {
    const own = among('t.team_id', viewer.teamIds);
    all.push(may(viewer, 'ticket.unteamed.see') ? `(${own} or t.team_id is null)` : own);
  }
  if (decide(viewer, (one) => one.topicIds !== undefined)) all.push(among('t.topic_id', viewer.topicIds ?? new Set()));
  const { assignmentScope: assignment = AssignmentScope.ANY } = viewer;
  if (assignment === AssignmentScope.OWN_AND_UNASSIGNED) all.push('t.assignee_id is null');
  if (assignment === AssignmentScope.OWN) all.push('false');
  return { sql: all.length > 0 ? `(${all.join(' and ')})` : 'true', parameters };
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
