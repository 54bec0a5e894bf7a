import { LockMode } from '@mikro-orm/core';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { addressesOf, Contact, findCurrentContact } from '../contacts/index.ts';
import { MergeItemKind } from '../merges/index.ts';
import { lockTickets, ReferenceNotFound, Ticket } from '../tickets/index.ts';
import { idList } from './id-list.ts';
import { findMergedCopies, type MergedCopy } from './merged-copies.ts';

/** The rows that are about one contact. */
export interface PersonalData {
  readonly contact: Contact;
  /** The contact, and those that were merged into it: they say who it is as well. */
  readonly cards: readonly Contact[];
  readonly cardIds: readonly string[];
  /** Texts that identify the contact: addresses, external IDs and full names, in lower case. */
  readonly identity: readonly string[];
  /** Those that are for the contact. */
  readonly tickets: readonly Ticket[];
  readonly ticketIds: readonly string[];
  readonly conversationIds: readonly string[];
  /** Notes, files, checklist items and time entries that a merge moved from these tickets to those of others. */
  readonly moved: MovedIds;
  readonly mergedCopies: readonly MergedCopy[];
  /** Tickets of others with some of this on them. */
  readonly otherTicketIds: readonly string[];
}

const movedKinds = [MergeItemKind.NOTE, MergeItemKind.ATTACHMENT, MergeItemKind.CHECKLIST_ITEM, MergeItemKind.TIME_ENTRY] as const;
type MovedKind = (typeof movedKinds)[number];
type MovedIds = Readonly<Record<MovedKind, readonly string[]>>;

/** The contact that a request for its data is about; refuses members who do not answer for what is stored of people. */
export async function requireDataSubject(scope: Scope, contactId: string): Promise<Contact> {
  if (!may(scope.viewer, 'people.manage') || !may(scope.viewer, 'settings.save')) {
    throw new NotPermitted('This needs the permissions "settings.save" and "people.manage". Ask an administrator.');
  }
  const contact = await findCurrentContact(scope, contactId);
  if (!contact) throw new ReferenceNotFound('contactId', 'contact');
  return contact;
}

/** The rows about a contact, with the contacts and tickets among them locked, in this order and each by ID. */
export async function lockPersonalData(tx: Scope, contactId: string): Promise<PersonalData> {
  const { em, workspaceId } = tx;
  const { id } = await requireDataSubject(tx, contactId);
  const cards = await lockCards(tx, id);
  const cardIds = cards.map((card) => card.id);
  const conversations: { id: string; ticket_id: string | null }[] = await em.execute(
    'select id, ticket_id from conversation where workspace_id = ? and contact_id = any(?::uuid[])',
    [workspaceId, idList(cardIds)],
  );
  const own: { id: string }[] = await em.execute('select id from ticket where workspace_id = ? and requester_id = any(?::uuid[])', [
    workspaceId,
    idList(cardIds),
  ]);
  const ticketIds = own.map((ticket) => ticket.id);
  const items = await movedItems(tx, ticketIds);
  const mergedCopies = await findMergedCopies(tx, ticketIds);
  const near = [
    ...conversations.flatMap(({ ticket_id }) => ticket_id ?? []),
    ...items.map(({ destination_id }) => destination_id),
    ...mergedCopies.map(({ ticket_id }) => ticket_id),
  ];
  const otherTicketIds = [...new Set(near)].filter((ticketId) => !ticketIds.includes(ticketId));
  await lockTickets(tx, {
    sql: 't.id = any(?::uuid[]) or t.id in (select ticket_id from ticket_contact where workspace_id = ? and contact_id = any(?::uuid[]))',
    parameters: [idList([...ticketIds, ...otherTicketIds]), workspaceId, idList(cardIds)],
  });
  const locked = await em.find(Ticket, { workspaceId, id: { $in: [...ticketIds, ...otherTicketIds] } }, { refresh: true });
  const idsOf = (kind: MovedKind) => items.filter((item) => item.kind === kind).map(({ item_id }) => item_id);
  return {
    contact: cards.find((card) => card.id === id) as Contact,
    cards,
    cardIds,
    identity: await identityOf(tx, cards),
    tickets: locked.filter((ticket) => ticketIds.includes(ticket.id)),
    ticketIds,
    conversationIds: conversations.map((conversation) => conversation.id),
    moved: {
      NOTE: idsOf('NOTE'),
      ATTACHMENT: idsOf('ATTACHMENT'),
      CHECKLIST_ITEM: idsOf('CHECKLIST_ITEM'),
      TIME_ENTRY: idsOf('TIME_ENTRY'),
    },
    mergedCopies,
    otherTicketIds,
  };
}

async function identityOf(tx: Scope, cards: readonly Contact[]): Promise<string[]> {
  const texts = await Promise.all(
    cards.map(async (card) => [
      ...(await addressesOf(tx, card, 'EMAIL')),
      ...(await addressesOf(tx, card, 'PHONE')),
      card.externalId ?? '',
      // One word may be any word.
      card.name.includes(' ') ? card.name : '',
      card.firstName && card.lastName ? `${card.lastName} ${card.firstName}` : '',
    ]),
  );
  return [...new Set(texts.flat().filter((text) => text !== ''))].map((text) => text.toLowerCase());
}

async function lockCards({ em, workspaceId }: Scope, id: string): Promise<Contact[]> {
  const chain: { id: string }[] = await em.execute(
    `with recursive card as (
       select id from contact where workspace_id = ? and id = ?
       union
       select c.id from card join contact c on c.workspace_id = ? and c.merged_into_id = card.id)
     select id from card`,
    [workspaceId, id, workspaceId],
  );
  return em.find(
    Contact,
    { workspaceId, id: { $in: chain.map((card) => card.id) } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  );
}

interface MovedItem {
  readonly kind: MovedKind;
  readonly item_id: string;
  readonly destination_id: string;
}

function movedItems({ em, workspaceId }: Scope, ticketIds: readonly string[]): Promise<MovedItem[]> {
  return em.execute(
    `select i.kind, i.item_id, m.destination_id from merge m
     join merge_item i on i.workspace_id = m.workspace_id and i.merge_id = m.id and i.kind = any(?::text[])
     where m.workspace_id = ? and m.source_id = any(?::uuid[]) and m.undone_at is null`,
    [`{${movedKinds.join(',')}}`, workspaceId, idList(ticketIds)],
  );
}
