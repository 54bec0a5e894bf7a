import type { Locale } from '@baton/rules';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { DomainError } from '../../kernel/domain-error.ts';
import { MessageEvent, writeAsClient } from '../conversations/index.ts';
import { fieldById, FieldEvent, fieldPrefix, listFields, type FieldType } from '../fields/index.ts';
import { clientRating, rateAsClient, RatingEvent, type OwnRating, type Rated } from '../ratings/index.ts';
import type { LinkDesk } from './share-ticket.ts';
import { lockClientsTicket, richTextFromPlain, TicketEvent, type Names, type Ticket } from '../tickets/index.ts';
import { MessageReceipt } from './message-receipt.entity.ts';

/** What a client is told of how far a ticket is: the category, never the workspace's own status. */
export const ClientTicketState = {
  NEW: 'NEW',
  OPEN: 'OPEN',
  IN_PROGRESS: 'IN_PROGRESS',
  WAITING: 'WAITING',
  RESOLVED: 'RESOLVED',
  CLOSED: 'CLOSED',
} as const;
export type ClientTicketState = (typeof ClientTicketState)[keyof typeof ClientTicketState];

/** A ticket as its client sees it: read from views that hold nothing else. */
export interface ClientTicket {
  readonly ticketId: string;
  readonly workspace: string;
  /** The language of the customer; null where none is set. */
  readonly locale: Locale | null;
  readonly number: number;
  readonly subject: string;
  readonly state: ClientTicketState;
  readonly createdAt: Date;
  readonly stateSince: Date;
  /** Null while it is not closed. */
  readonly readableUntil: Date | null;
}

export interface ClientTicketEvent {
  readonly state: ClientTicketState;
  readonly at: Date;
}

/** Something that was said, by the client or to them. Who of the desk said it is not told. */
export interface ClientMessage {
  readonly id: string;
  readonly mine: boolean;
  readonly body: string;
  readonly at: Date;
  readonly files: readonly ClientMessageFile[];
}

/** GET /client/files/:id answers its content to whoever has the link. */
export interface ClientMessageFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

interface TicketRow {
  readonly ticket_id: string;
  readonly workspace: string;
  readonly locale: Locale | null;
  readonly number: number;
  readonly subject: string;
  readonly state: ClientTicketState;
  readonly created_at: string;
  readonly state_since: string;
  readonly readable_until: string | null;
}

export async function clientTicket(scope: Scope, ticketId: string): Promise<ClientTicket | null> {
  const [row]: TicketRow[] = await scope.em.execute(
    `select ticket_id, workspace, locale, number, subject, state, created_at, state_since, readable_until from client_ticket
     where workspace_id = ? and ticket_id = ? and (readable_until is null or readable_until > ?)`,
    [scope.workspaceId, ticketId, scope.now()],
  );
  return row
    ? {
        ticketId: row.ticket_id,
        workspace: row.workspace,
        locale: row.locale,
        number: row.number,
        subject: row.subject,
        state: row.state,
        createdAt: new Date(row.created_at),
        stateSince: new Date(row.state_since),
        readableUntil: row.readable_until === null ? null : new Date(row.readable_until),
      }
    : null;
}

/** How the state became others, oldest first; moves that a client would not notice are none. */
export async function clientHistory(scope: Scope, ticketId: string): Promise<ClientTicketEvent[]> {
  const rows: { state: ClientTicketState; at: string }[] = await scope.em.execute(
    'select state, at from client_ticket_event where workspace_id = ? and ticket_id = ? order by place',
    [scope.workspaceId, ticketId],
  );
  return rows.filter(({ state }, index) => state !== rows[index - 1]?.state).map(({ state, at }) => ({ state, at: new Date(at) }));
}

/** How many messages a page of the link shows. */
const shownMessages = 200;

/** The newest of what was said, oldest first. */
export async function clientMessages(scope: Scope, ticketId: string): Promise<ClientMessage[]> {
  const rows: { id: string; mine: boolean; body: string; created_at: string; files: ClientMessageFile[] }[] = await scope.em.execute(
    `select m.id, m.mine, m.body, m.created_at, (
       select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size) order by f.id), '[]')
       from client_file f where f.workspace_id = m.workspace_id and f.ticket_id = m.ticket_id and f.message_id = m.id) as files
     from client_message m where m.workspace_id = ? and m.ticket_id = ? order by m.created_at desc, m.id desc limit ?`,
    [scope.workspaceId, ticketId, shownMessages],
  );
  return rows.reverse().map(({ created_at, ...message }) => ({ ...message, at: new Date(created_at) }));
}

/** How a page shows what is in a field. */
export const ClientFieldKind = { TEXT: 'TEXT', CHECKBOX: 'CHECKBOX', DATE: 'DATE', DATE_TIME: 'DATE_TIME', URL: 'URL' } as const;
export type ClientFieldKind = (typeof ClientFieldKind)[keyof typeof ClientFieldKind];

/** What the ticket has in one of the workspace's fields that are for clients. */
export interface ClientTicketField {
  readonly name: string;
  readonly kind: ClientFieldKind;
  /** Options by their names; else in canonical form. */
  readonly values: readonly string[];
}

interface FieldRow {
  readonly type: FieldType;
  readonly name: Names;
  readonly options: readonly { readonly id: string; readonly name: Names }[];
  readonly value: readonly string[];
}

/** Those that are filled in, in their order, named in a language. */
export async function clientFields(scope: Scope, ticketId: string, locale: string): Promise<ClientTicketField[]> {
  const rows: FieldRow[] = await scope.em.execute(
    'select type, name, options, value from client_ticket_field where workspace_id = ? and ticket_id = ? order by place, field_id',
    [scope.workspaceId, ticketId],
  );
  const inLanguage = (names: Names) => names[locale] ?? Object.values(names)[0] ?? '';
  return rows.flatMap(({ type, name, options, value }) => {
    const values = value.flatMap((one) => {
      if (type !== 'SELECT' && type !== 'MULTI_SELECT') return [one];
      const option = options.find(({ id }) => id === one);
      return option ? [inLanguage(option.name)] : [];
    });
    return values.length > 0
      ? [{ name: inLanguage(name), kind: type in ClientFieldKind ? (type as ClientFieldKind) : ClientFieldKind.TEXT, values }]
      : [];
  });
}

/** What came of a message: sent, or why not, in words for the client. */
export interface ClientMessageOutcome {
  readonly sent: boolean;
  readonly refusal: string | null;
  /** The link of the ticket that was made for it, where theirs was closed too long ago. */
  readonly followUpUrl: string | null;
}

/** What came of a rating: what stands now, or why it does not, in words for the client. */
export interface ClientRatingOutcome {
  readonly rating: OwnRating | null;
  readonly refusal: string | null;
}

export async function giveClientRating(scope: Scope, rated: Rated): Promise<ClientRatingOutcome> {
  try {
    await rateAsClient(scope, rated);
    return { rating: await clientRating(scope.fresh(), scope.viewer.ticketId ?? ''), refusal: null };
  } catch (error) {
    if (error instanceof DomainError) return { rating: null, refusal: error.message };
    throw error;
  }
}

/** The client writes: plain text, as a page without an editor has it. */
export async function sendClientMessage(
  links: LinkDesk,
  scope: Scope,
  { id, text, fileIds }: { id: string; text: string; fileIds?: readonly string[] | null },
): Promise<ClientMessageOutcome> {
  try {
    const receipt = await scope.transaction(async (tx) => {
      // A second attempt waits here for the first.
      const ticket = await lockClientsTicket(tx);
      const known = await findReceipt(tx, ticket, id);
      if (known) return known;
      const { followUp } = await writeAsClient(tx, { id, body: richTextFromPlain(text), fileIds });
      const link = followUp ? await links.make(tx, followUp.id) : null;
      return tx.em.create(
        MessageReceipt,
        {
          workspaceId: tx.workspaceId,
          messageId: id,
          ticketId: ticket.id,
          followUpId: followUp?.id ?? null,
          linkGeneration: link?.generation ?? null,
          createdAt: tx.now(),
        },
        { persist: true },
      );
    });
    return { sent: true, refusal: null, followUpUrl: followUpUrlOf(links, receipt) };
  } catch (error) {
    if (error instanceof DomainError) return { sent: false, refusal: error.message, followUpUrl: null };
    throw error;
  }
}

async function findReceipt({ em, workspaceId }: Scope, { id: ticketId }: Ticket, messageId: string): Promise<MessageReceipt | null> {
  if (!isId(messageId)) return null;
  // The link of a merged ticket opens its destination, also for a message that was sent before the merge.
  const [row]: { message_id: string }[] = await em.execute(
    'select message_id from message_receipt where workspace_id = ? and message_id = ? and merged_ticket(workspace_id, ticket_id) = ?',
    [workspaceId, messageId, ticketId],
  );
  return row ? em.findOneOrFail(MessageReceipt, { workspaceId, messageId }) : null;
}

function followUpUrlOf(links: LinkDesk, { workspaceId, followUpId, linkGeneration }: MessageReceipt): string | null {
  if (followUpId === null || linkGeneration === null) return null;
  return links.urlOf({ workspaceId, ticketId: followUpId, generation: linkGeneration });
}

/**
 * Ticks when something happened that a client sees, and at nothing else: that somebody works on a ticket, or leaves
 * notes, is not told by the time of an answer either.
 */
export function followClientTicket(ticketId: string): LiveSource<{ readonly ticketId: string }> {
  return {
    topics: [`ticket:${ticketId}`],
    // Of no group that members are in, and of no other ticket's.
    audience: `client ${ticketId}`,
    begin: async () => ({ payloads: [{ ticketId }] }),
    async step(scope, { events }) {
      for (const event of events) {
        if (event.ticketId === ticketId && (isShown(event) || (await changesShownField(scope, event)))) return { payloads: [{ ticketId }] };
      }
      return { payloads: [] };
    },
  };
}

const shownEvents: ReadonlySet<string> = new Set([...Object.values(MessageEvent), ...Object.values(RatingEvent)]);

function isShown({ type, changes }: LoggedEvent): boolean {
  return type === TicketEvent.STATUS_CHANGED || shownEvents.has(type) || changes.some(({ field }) => field === 'subject');
}

/** Whether a field that clients see has another value, or comes or goes with the topic. */
async function changesShownField(scope: Scope, { type, changes }: LoggedEvent): Promise<boolean> {
  if (changes.some(({ field }) => field === 'topicId'))
    return (await listFields(scope)).some(({ forClients, topicIds }) => forClients && topicIds.length > 0);
  if (type !== FieldEvent.SET) return false;
  const fields = await Promise.all(changes.map(({ field }) => scope.load(fieldById, field.slice(fieldPrefix.length))));
  return fields.some((field) => field?.forClients);
}
