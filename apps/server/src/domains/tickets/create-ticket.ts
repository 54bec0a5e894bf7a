import { Priority, StatusCategory, TicketSource } from '@baton/rules';
import { NotPermitted } from '../../kernel/domain-error.ts';
import type { FieldChange } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import { may, tokenOf } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, teamById } from '../identity/index.ts';
import { canAssign } from './ticket.policy.ts';
import { requireContact, requireReference, topicById } from './references.ts';
import { cleanRichText } from './rich-text.ts';
import { Status } from './status.entity.ts';
import { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

export interface CreateTicket {
  readonly subject: string;
  readonly description?: string | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly topicId?: string | null | undefined;
  readonly assigneeId?: string | null | undefined;
  readonly teamId?: string | null | undefined;
  readonly requesterId?: string | null | undefined;
  /** By default AGENT in a browser and API with an access token. */
  readonly source?: TicketSource;
}

/** A new ticket, with the first status of the category New. Its clocks and watchers follow by reaction. */
export function createTicket(scope: Scope, command: CreateTicket): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'ticket.create')) throw new NotPermitted('Your role may not create tickets.');
    const { topicId, assigneeId, teamId } = command;
    const requesterId = command.requesterId ? (await requireContact(tx, command.requesterId, 'requesterId')).id : null;
    if (topicId) await requireReference(tx, topicById, topicId, 'topicId', 'topic');
    if (teamId) await requireReference(tx, teamById, teamId, 'teamId', 'team');
    if (assigneeId) await requireReference(tx, memberById, assigneeId, 'assigneeId', 'member');
    if (assigneeId && !canAssign(tx.viewer, { assigneeId: null, teamId: teamId ?? null }, assigneeId)) {
      throw new NotPermitted('You can assign a new ticket to yourself or leave it unassigned.', 'assigneeId');
    }
    return makeTicket(tx, { ...command, requesterId });
  });
}

/** Makes a ticket that the desk itself wants, whoever brought that about. What it names must exist. */
export async function makeTicket(tx: Scope, command: CreateTicket): Promise<Ticket> {
  const { topicId = null, assigneeId = null, teamId = null, requesterId = null } = command;
  const status = await tx.em.findOneOrFail(
    Status,
    { workspaceId: tx.workspaceId, category: StatusCategory.NEW },
    { orderBy: { place: 'asc' } },
  );
  const at = tx.now();
  const ticket = new Ticket();
  Object.assign(ticket, {
    workspaceId: tx.workspaceId,
    id: newId(),
    statusId: status.id,
    category: status.category,
    priority: command.priority ?? Priority.NORMAL,
    topicId,
    assigneeId,
    teamId,
    requesterId,
    source: command.source ?? (tokenOf(tx.viewer) === null ? TicketSource.AGENT : TicketSource.API),
    dueAt: null,
    statusSince: at,
    snoozedUntil: null,
    version: 0,
    createdAt: at,
    updatedAt: at,
    resolvedAt: null,
    deletedAt: null,
    deletedById: null,
    staleAt: null,
    mergedIntoId: null,
    statusBeforeSpamId: null,
    reopenCount: 0,
  });
  ticket.rename(command.subject);
  ticket.describe(await cleanRichText('description', command.description ?? ''));
  tx.record(ticketEvent(TicketEvent.CREATED, ticket.id, initialValues(ticket)));
  ticket.number = await takeNumber(tx);
  tx.em.persist(ticket);
  await tx.em.flush();
  return ticket;
}

function initialValues(ticket: Ticket): FieldChange[] {
  const { subject, description, statusId, priority, topicId, assigneeId, teamId, requesterId } = ticket;
  return Object.entries({ subject, description, statusId, priority, topicId, assigneeId, teamId, requesterId })
    .filter(([, to]) => to !== null && to !== '')
    .map(([field, to]) => ({ field, from: null, to }));
}

/** The lock on the counter is held to commit, so numbers have no gaps and are never given twice. */
async function takeNumber(tx: Scope): Promise<number> {
  const [row]: { last_number: number }[] = await tx.em.execute(
    'update ticket_counter set last_number = last_number + 1 where workspace_id = ? returning last_number',
    [tx.workspaceId],
  );
  if (!row) throw new Error(`workspace ${tx.workspaceId} has no ticket counter`);
  return row.last_number;
}
