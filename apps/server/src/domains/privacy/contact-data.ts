import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { allowLogChange } from '../../platform/event-log.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { discard } from '../attachments/index.ts';
import { addressesOf, Contact, setAddresses } from '../contacts/index.ts';
import { Conversation, Message } from '../conversations/index.ts';
import { Rating } from '../ratings/index.ts';
import { ReferenceNotFound, Ticket, TicketEvent } from '../tickets/index.ts';

/** What stands where something was erased. */
const erased = 'Erased';

/**
 * All that the desk holds of a client, as they may have it (GDPR, article 15): themselves and their tickets, as JSON.
 * Without notes, which are the desk's own and no client's to read.
 */
export function exportContact(scope: Scope, contactId: string): Promise<string> {
  return scope.transaction(async (tx) => {
    const contact = await requireContact(tx, contactId);
    const tickets = await ticketsOf(tx, contact);
    const said = await messagesWith(tx, contact);
    const rated = await tx.em.find(Rating, {
      workspaceId: tx.workspaceId,
      ticketId: { $in: tickets.map(({ id }) => id) },
      score: { $ne: null },
    });
    await recordSecurity(tx, SecurityEventKind.CLIENT_DATA_EXPORTED, { details: { contact: contact.id, tickets: tickets.length } });
    const { name, organization, externalId, notes, data, locale, createdAt } = contact;
    const emails = await addressesOf(tx, contact, 'EMAIL');
    const phones = await addressesOf(tx, contact, 'PHONE');
    return JSON.stringify(
      {
        client: { name, emails, phones, organization, externalId, notes, data, locale, createdAt },
        tickets: tickets.map(({ id, number, subject, description, category, priority, source, createdAt: at, resolvedAt }) => ({
          number,
          subject,
          description,
          state: category,
          priority,
          source,
          createdAt: at,
          resolvedAt,
          messages: said
            .filter((message) => message.ticketId === id)
            .map(({ direction, body, createdAt: saidAt }) => ({ direction, body, at: saidAt })),
          ratings: rated
            .filter(({ ticketId }) => ticketId === id)
            .map(({ score, comment, ratedAt: ratedOn }) => ({ score, comment, at: ratedOn })),
        })),
      },
      null,
      2,
    );
  });
}

/**
 * Takes everything away that says who a client is or what they wrote (GDPR, article 17). What is left is the skeleton:
 * that there were tickets, how they went, and who did what, of nobody in particular. It cannot be undone.
 */
export function eraseContact(scope: Scope, contactId: string): Promise<Contact> {
  return scope.transaction(async (tx) => {
    const contact = await requireContact(tx, contactId);
    const { workspaceId, em } = tx;
    const tickets = await ticketsOf(tx, contact);
    await em.execute(
      'delete from outgoing_mail where workspace_id = ? and recipient in (select value from jsonb_array_elements_text(?::jsonb))',
      [workspaceId, JSON.stringify(await addressesOf(tx, contact, 'EMAIL'))],
    );
    for (const card of await cardsOf(tx, contact)) {
      tx.em.assign(card, { name: erased, organization: null, externalId: null, notes: '', data: [], version: card.version + 1 });
      await setAddresses(tx, card, { emails: [], phones: [] });
      await em.execute('delete from contact_merge where workspace_id = ? and (source_id = ? or destination_id = ?)', [
        workspaceId,
        card.id,
        card.id,
      ]);
    }
    for (const ticket of tickets) {
      ticket.subject = erased;
      ticket.description = '';
      tx.record(domainEvent(TicketEvent.ERASED, ticket.id));
    }
    // Words of the client, and words to them.
    await em.execute(
      `update message m set body = '', author_name = case m.direction when 'IN' then ? else m.author_name end
       from conversation c where c.workspace_id = m.workspace_id and c.id = m.conversation_id and c.workspace_id = ? and c.contact_id = ?`,
      [erased, workspaceId, contact.id],
    );
    const where = [workspaceId, `{${tickets.map(({ id }) => id).join(',')}}`];
    await em.execute(
      `update note set body = '', deleted_at = coalesce(deleted_at, ?) where workspace_id = ? and ticket_id = any(?::uuid[])`,
      [tx.now(), ...where],
    );
    await em.execute(
      'delete from note_version v using note n where n.workspace_id = v.workspace_id and n.id = v.note_id and n.workspace_id = ? and n.ticket_id = any(?::uuid[])',
      where,
    );
    await discard(tx, { ticketIds: tickets.map(({ id }) => id) });
    await em.execute('delete from ticket_field where workspace_id = ? and ticket_id = any(?::uuid[])', where);
    await em.execute('delete from ticket_contact where workspace_id = ? and contact_id = ?', [workspaceId, contact.id]);
    await em.execute(`update rating set comment = '' where workspace_id = ? and ticket_id = any(?::uuid[])`, where);
    await em.execute(`update time_entry set comment = '' where workspace_id = ? and ticket_id = any(?::uuid[])`, where);
    await em.execute('delete from checklist_item where workspace_id = ? and ticket_id = any(?::uuid[])', where);
    await em.execute('delete from draft where workspace_id = ? and ticket_id = any(?::uuid[])', where);
    await em.execute('update public_link set revoked_at = ? where workspace_id = ? and ticket_id = any(?::uuid[]) and revoked_at is null', [
      tx.now(),
      ...where,
    ]);
    // The history keeps that the words were changed, and by whom.
    await allowLogChange(em, 'erase');
    await em.execute(
      `update event e set changes = (
         select jsonb_agg(case when c->>'field' in ('subject', 'description', 'checklist') or c->>'field' like 'field:%' then c || '{"from": null, "to": null}' else c end)
         from jsonb_array_elements(e.changes) c)
       where workspace_id = ? and ticket_id = any(?::uuid[])
         and exists (select 1 from jsonb_array_elements(e.changes) c where c->>'field' in ('subject', 'description', 'checklist') or c->>'field' like 'field:%')`,
      where,
    );
    await recordSecurity(tx, SecurityEventKind.CLIENT_DATA_ERASED, { details: { contact: contact.id, tickets: tickets.length } });
    return contact;
  });
}

/** Whoever manages people answers for what is kept of them. */
function mayHandleData(viewer: Viewer): boolean {
  return may(viewer, 'people.manage') && may(viewer, 'settings.save');
}

/** The client's card, and those that became it: they say who the client is as well. */
async function cardsOf({ em, workspaceId }: Scope, contact: Contact): Promise<Contact[]> {
  const cards = [contact];
  for (const { id } of cards) cards.push(...(await em.find(Contact, { workspaceId, mergedIntoId: id })));
  return cards;
}

async function requireContact(tx: Scope, id: string): Promise<Contact> {
  if (!mayHandleData(tx.viewer)) {
    throw new NotPermitted('This needs the permissions "settings.save" and "people.manage". Ask an administrator.');
  }
  const contact = isId(id) ? await tx.em.findOne(Contact, { workspaceId: tx.workspaceId, id }) : null;
  if (!contact) throw new ReferenceNotFound('contactId', 'client');
  if (contact.mergedIntoId)
    throw new InvalidInput('This card became another. Take that one: all that is kept of the client is there.', 'contactId');
  return contact;
}

interface Said {
  readonly ticketId: string | null;
  readonly direction: string;
  readonly body: string;
  readonly createdAt: Date;
}

/** All that was said with a client, oldest first. */
async function messagesWith({ em, workspaceId }: Scope, { id: contactId }: Contact): Promise<Said[]> {
  const conversations = await em.find(Conversation, { workspaceId, contactId });
  const ticketOf = new Map(conversations.map(({ id, ticketId }) => [id, ticketId]));
  const messages = await em.find(
    Message,
    { workspaceId, conversationId: { $in: [...ticketOf.keys()] } },
    { orderBy: { createdAt: 'asc' } },
  );
  return messages.map(({ conversationId, direction, body, createdAt }) => ({
    ticketId: ticketOf.get(conversationId) ?? null,
    direction,
    body,
    createdAt,
  }));
}

function ticketsOf(tx: Scope, { workspaceId, id }: Contact): Promise<Ticket[]> {
  return tx.em.find(Ticket, { workspaceId, requesterId: id }, { orderBy: { number: 'asc' } });
}
