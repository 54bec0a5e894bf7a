import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { Attachment, AttachmentOwner } from '../attachments/index.ts';
import { addressesOf, type Contact } from '../contacts/index.ts';
import { Conversation, Message } from '../conversations/index.ts';
import { CustomField, TicketField } from '../fields/index.ts';
import { Rating } from '../ratings/index.ts';
import { Ticket } from '../tickets/index.ts';
import { requireDataSubject } from './find-personal-data.ts';

/**
 * Everything that is stored of a contact and is theirs to have (GDPR, article 15), as JSON: who they are, their tickets
 * with the custom fields that customers see, and what was said with them. Notes are internal and not part of it.
 */
export function exportContact(scope: Scope, contactId: string): Promise<string> {
  return scope.transaction(async (tx) => {
    const contact = await requireDataSubject(tx, contactId);
    const tickets = await tx.em.find(Ticket, { workspaceId: tx.workspaceId, requesterId: contact.id }, { orderBy: { number: 'asc' } });
    const details = { contact: contact.id, tickets: tickets.length };
    await recordSecurity(tx, SecurityEventKind.CLIENT_DATA_EXPORTED, { details });
    const said = await messagesWith(tx, contact);
    const ticketIds = new Set(tickets.map(({ id }) => id));
    const document = {
      client: await describeContact(tx, contact),
      tickets: await describeTickets(tx, tickets, said),
      otherMessages: said.filter(({ ticketId }) => ticketId === null || !ticketIds.has(ticketId)).map(({ message }) => message),
    };
    return JSON.stringify(document, null, 2);
  });
}

async function describeContact(tx: Scope, contact: Contact) {
  const { name, firstName, lastName, organization, externalId, notes, data, locale, createdAt } = contact;
  const emails = await addressesOf(tx, contact, 'EMAIL');
  const phones = await addressesOf(tx, contact, 'PHONE');
  return { name, firstName, lastName, emails, phones, organization, externalId, notes, data, locale, createdAt };
}

async function describeTickets(tx: Scope, tickets: readonly Ticket[], said: readonly Said[]) {
  const ids = tickets.map(({ id }) => id);
  const rated = await tx.em.find(Rating, { workspaceId: tx.workspaceId, ticketId: { $in: ids }, score: { $ne: null } });
  const fields = await shownFields(tx, ids);
  const foreign = await findForeignDescriptions(tx, ids);
  return tickets.map(({ id, number, subject, description, category, priority, source, createdAt, resolvedAt }) => ({
    number,
    subject,
    description: foreign.has(id) ? '' : description,
    state: category,
    priority,
    source,
    createdAt,
    resolvedAt,
    fields: fields.filter(({ ticketId }) => ticketId === id).map(({ key, values }) => ({ key, values })),
    messages: said.filter(({ ticketId }) => ticketId === id).map(({ message }) => message),
    ratings: rated.filter(({ ticketId }) => ticketId === id).map(({ score, comment, ratedAt: at }) => ({ score, comment, at })),
  }));
}

/** Tickets whose description a merge copied from the ticket of another contact. */
async function findForeignDescriptions({ em, workspaceId }: Scope, ticketIds: readonly string[]): Promise<Set<string>> {
  const rows: { id: string }[] = await em.execute(
    `select t.id from ticket t join merge m on m.workspace_id = t.workspace_id and m.destination_id = t.id and m.undone_at is null
     join ticket s on s.workspace_id = m.workspace_id and s.id = m.source_id
     where t.workspace_id = ? and t.id = any(?::uuid[]) and m.filled->>'description' = t.description and s.requester_id is distinct from t.requester_id`,
    [workspaceId, `{${ticketIds.join(',')}}`],
  );
  return new Set(rows.map(({ id }) => id));
}

async function shownFields({ em, workspaceId }: Scope, ticketIds: readonly string[]) {
  const fields = new Map((await em.find(CustomField, { workspaceId, forClients: true })).map((field) => [field.id, field]));
  const values = await em.find(TicketField, { workspaceId, ticketId: { $in: [...ticketIds] }, fieldId: { $in: [...fields.keys()] } });
  return values.map(({ ticketId, fieldId, value }) => {
    const field = fields.get(fieldId);
    const shown = value.map((one) => field?.options.find(({ id }) => id === one)?.name.en ?? one);
    return { ticketId, key: field?.key ?? '', values: shown };
  });
}

interface Said {
  readonly ticketId: string | null;
  readonly message: { readonly direction: string; readonly body: string; readonly at: Date; readonly files: readonly string[] };
}

/** What was said with a contact on any channel, oldest first. */
async function messagesWith({ em, workspaceId }: Scope, { id: contactId }: Contact): Promise<Said[]> {
  const conversations = await em.find(Conversation, { workspaceId, contactId });
  const ticketOf = new Map(conversations.map(({ id, ticketId }) => [id, ticketId]));
  const messages = await em.find(
    Message,
    { workspaceId, conversationId: { $in: [...ticketOf.keys()] } },
    { orderBy: { createdAt: 'asc', id: 'asc' } },
  );
  const files = await em.find(Attachment, {
    workspaceId,
    ownerKind: AttachmentOwner.MESSAGE,
    ownerId: { $in: messages.map(({ id }) => id) },
  });
  return messages.map(({ id, conversationId, direction, body, createdAt: at }) => ({
    ticketId: ticketOf.get(conversationId) ?? null,
    message: { direction, body, at, files: files.filter(({ ownerId }) => ownerId === id).map(({ name }) => name) },
  }));
}
