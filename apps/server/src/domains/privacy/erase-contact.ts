import { domainEvent } from '../../kernel/domain-event.ts';
import { allowLogChange } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { discard } from '../attachments/index.ts';
import { addressesOf, ContactEvent, setAddresses, type Contact } from '../contacts/index.ts';
import { recordConversations } from '../conversations/index.ts';
import { TicketContactEvent } from '../ticket-contacts/index.ts';
import { TicketEvent } from '../tickets/index.ts';
import { eraseHistory } from './erase-history.ts';
import { eraseTags } from './erase-tags.ts';
import { eraseMergedCopies } from './merged-copies.ts';
import { lockPersonalData, type PersonalData } from './find-personal-data.ts';
import { idList } from './id-list.ts';

/** Replaces a text that cannot be empty. */
const erased = 'Erased';

/**
 * Removes everything that says who a contact is or what was written by, to or about them (GDPR, article 17). What is left
 * is the skeleton: that there were tickets, how they went, and which members worked on them. It cannot be undone.
 */
export function eraseContact(scope: Scope, contactId: string): Promise<Contact> {
  return scope.transaction(async (tx) => {
    const data = await lockPersonalData(tx, contactId);
    await allowLogChange(tx.em, 'erase');
    await eraseEmails(tx, data);
    await eraseCards(tx, data);
    await eraseMessages(tx, data);
    await eraseTickets(tx, data);
    await eraseMergedCopies(tx, data);
    const tagNames = await eraseTags(tx, data);
    await eraseHistory(tx, data, tagNames);
    for (const ticketId of [...data.ticketIds, ...data.otherTicketIds]) tx.record(domainEvent(TicketEvent.ERASED, ticketId));
    const details = { contact: data.contact.id, tickets: data.tickets.length };
    await recordSecurity(tx, SecurityEventKind.CLIENT_DATA_ERASED, { details });
    return data.contact;
  });
}

/** Emails to the contact, and emails and pushes to members about the tickets. */
async function eraseEmails(tx: Scope, { contact, ticketIds, otherTicketIds }: PersonalData): Promise<void> {
  await tx.em.execute(
    `delete from outgoing_mail where workspace_id = ?
     and (recipient in (select value from jsonb_array_elements_text(?::jsonb)) or ticket_ids && ?::uuid[])`,
    [tx.workspaceId, JSON.stringify(await addressesOf(tx, contact, 'EMAIL')), idList([...ticketIds, ...otherTicketIds])],
  );
  await tx.em.execute(
    `delete from outgoing_push p using notification n where p.workspace_id = ? and n.workspace_id = p.workspace_id
     and n.id = any(p.notification_ids) and n.ticket_id = any(?::uuid[])`,
    [tx.workspaceId, idList([...ticketIds, ...otherTicketIds])],
  );
}

async function eraseCards(tx: Scope, { cards, cardIds }: PersonalData): Promise<void> {
  const { em, workspaceId } = tx;
  for (const card of cards) {
    em.assign(card, {
      name: erased,
      firstName: null,
      lastName: null,
      organization: null,
      externalId: null,
      locale: null,
      notes: '',
      data: [],
      version: card.version + 1,
    });
    await setAddresses(tx, card, { emails: [], phones: [] });
    tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: card.id }));
  }
  await em.flush();
  await em.execute('delete from contact_merge where workspace_id = ? and (source_id = any(?::uuid[]) or destination_id = any(?::uuid[]))', [
    workspaceId,
    idList(cardIds),
    idList(cardIds),
  ]);
  const concerned: { ticket_id: string; contact_id: string }[] = await em.execute(
    'delete from ticket_contact where workspace_id = ? and contact_id = any(?::uuid[]) returning ticket_id, contact_id',
    [workspaceId, idList(cardIds)],
  );
  for (const { ticket_id, contact_id } of concerned) {
    const changes = [{ field: 'contact', from: contact_id, to: null }];
    tx.record(domainEvent(TicketContactEvent.REMOVED, ticket_id, { changes }));
  }
}

async function eraseMessages(tx: Scope, { conversationIds }: PersonalData): Promise<void> {
  const messages: { id: string }[] = await tx.em.execute(
    `update message set body = '', author_name = case direction when 'IN' then ? else author_name end
     where workspace_id = ? and conversation_id = any(?::uuid[]) returning id`,
    [erased, tx.workspaceId, idList(conversationIds)],
  );
  await discard(tx, { ownerIds: messages.map(({ id }) => id) });
  recordConversations(tx, conversationIds);
}

async function eraseTickets(tx: Scope, { tickets, ticketIds, moved }: PersonalData): Promise<void> {
  const { em, workspaceId } = tx;
  for (const ticket of tickets) Object.assign(ticket, { subject: erased, description: '' });
  await em.flush();
  const where = [workspaceId, idList(ticketIds)];
  const onThem = (kind: 'NOTE' | 'CHECKLIST_ITEM' | 'TIME_ENTRY') => [...where, idList(moved[kind])];
  await em.execute(
    `delete from note_version v using note n where n.workspace_id = v.workspace_id and n.id = v.note_id
     and n.workspace_id = ? and (n.ticket_id = any(?::uuid[]) or n.id = any(?::uuid[]))`,
    onThem('NOTE'),
  );
  await em.execute(
    `update note set body = '', deleted_at = coalesce(deleted_at, ?)
     where workspace_id = ? and (ticket_id = any(?::uuid[]) or id = any(?::uuid[]))`,
    [tx.now(), ...onThem('NOTE')],
  );
  await em.execute(
    'delete from checklist_item where workspace_id = ? and (ticket_id = any(?::uuid[]) or id = any(?::uuid[]))',
    onThem('CHECKLIST_ITEM'),
  );
  await em.execute(
    `update time_entry set comment = '' where workspace_id = ? and (ticket_id = any(?::uuid[]) or id = any(?::uuid[]))`,
    onThem('TIME_ENTRY'),
  );
  await discard(tx, { ticketIds, ids: moved.ATTACHMENT, ownerIds: moved.NOTE });
  await em.execute('delete from ticket_field where workspace_id = ? and ticket_id = any(?::uuid[])', where);
  await em.execute(`update rating set comment = '' where workspace_id = ? and ticket_id = any(?::uuid[])`, where);
  await em.execute('delete from draft where workspace_id = ? and ticket_id = any(?::uuid[])', where);
  await em.execute('update public_link set revoked_at = ? where workspace_id = ? and ticket_id = any(?::uuid[]) and revoked_at is null', [
    tx.now(),
    ...where,
  ]);
}
