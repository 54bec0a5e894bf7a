import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import { beginChecklist } from '../checklists/index.ts';
import { linkConversation, lockFreeConversation, sourceByChannel } from '../conversations/index.ts';
import { findOrCreateContact, type CreateContact } from '../contacts/index.ts';
import { beginFields, type FieldEdit } from '../fields/index.ts';
import { createTicket, ReferenceNotFound, Topic, type CreateTicket, type Ticket } from '../tickets/index.ts';
import { addWatcher } from '../watchers/index.ts';

export interface OpenTicket extends CreateTicket {
  /** A customer found by address or external ID, else created, in place of `requesterId`. */
  readonly newContact?: CreateContact | null | undefined;
  /** A conversation that it is made for: its client is the ticket's, and it stands on the ticket from then on. */
  readonly conversationId?: string | null | undefined;
  /** For no customer. Otherwise a ticket needs one. */
  readonly internal?: boolean | null | undefined;
  readonly watcherIds?: readonly string[] | null | undefined;
  /** Things to be done on it. */
  readonly checklist?: readonly string[] | null | undefined;
  /** A topic by its key, in place of `topicId`. */
  readonly topicKey?: string | null | undefined;
  /** Of the workspace's own. */
  readonly fields?: readonly FieldEdit[] | null | undefined;
}

/** A ticket with what it begins with: a client, perhaps new, and its watchers. All of it, or nothing. */
export function openTicket(
  scope: Scope,
  { newContact, conversationId, internal, watcherIds, fields, checklist, topicKey, ...ticket }: OpenTicket,
): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    if (newContact && ticket.requesterId) {
      throw new InvalidInput('Give either a client who exists or a new one, not both.', 'newContact');
    }
    const contact = newContact ? await findOrCreateContact(tx, newContact) : null;
    const conversation = conversationId ? await lockFreeConversation(tx, conversationId) : null;
    const source = conversation ? { source: sourceByChannel[conversation.channel] } : {};
    const requesterId = contact?.id ?? ticket.requesterId ?? conversation?.contactId;
    requireKind(requesterId ?? null, internal === true);
    const topicId = topicKey ? await topicOf(tx, topicKey, ticket.topicId ?? null) : ticket.topicId;
    const opened = await createTicket(tx, { ...ticket, ...source, requesterId, topicId });
    if (conversationId) await linkConversation(tx, { conversationId, ticketId: opened.id });
    await beginFields(tx, opened, fields ?? []);
    await beginChecklist(tx, opened, checklist ?? []);
    for (const memberId of new Set(watcherIds)) await addWatcher(tx, { ticketId: opened.id, memberId });
    return opened;
  });
}

async function topicOf({ em, workspaceId }: Scope, key: string, topicId: string | null): Promise<string> {
  const topic = await em.findOne(Topic, { workspaceId, key });
  if (!topic) throw new ReferenceNotFound('topicKey', 'topic');
  if (topicId !== null && topicId !== topic.id) {
    throw new InvalidInput(`The key "${key}" and topicId name two topics. Give one of them.`, 'topicKey');
  }
  return topic.id;
}

function requireKind(requesterId: string | null, internal: boolean): void {
  if (internal && requesterId !== null) {
    throw new InvalidInput('An internal ticket has no customer. Remove the customer, or do not mark the ticket as internal.', 'internal');
  }
  if (!internal && requesterId === null) {
    throw new InvalidInput('A ticket needs a customer. Choose one, or mark the ticket as internal.', 'requesterId');
  }
}
