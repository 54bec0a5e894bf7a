import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { canEdit, findTicket, lockTicketToEdit, TicketNotFound, type Ticket } from '../tickets/index.ts';
import { Attachment, AttachmentOwner } from './attachment.entity.ts';
import { AttachmentEvent } from './attachment.events.ts';

const mostFiles = 20;

/** What files belong to once they are sent. */
export interface FileOwner {
  /** The ticket on which it is sent. */
  readonly ticketId: string;
  readonly kind: AttachmentOwner;
  readonly ownerId: string | null;
}

/** Makes files that the viewer uploaded part of what they send, in its transaction. Answers them in the order given. */
export async function claimFiles(
  tx: Scope,
  ids: readonly string[] | null | undefined,
  { ticketId, kind, ownerId }: FileOwner,
): Promise<Attachment[]> {
  if (!ids || ids.length === 0) return [];
  const { em, workspaceId, viewer } = tx;
  const uploadedById = uploaderOf(viewer);
  if (ids.length > mostFiles)
    throw new InvalidInput(`At most ${mostFiles} files are sent at once; ${ids.length} were given.`, 'attachmentIds');
  const found = ids.every(isId)
    ? await em.find(Attachment, { workspaceId, id: { $in: [...ids] }, uploadedById, ownerKind: null, ...ofClient(viewer) })
    : [];
  if (found.length !== new Set(ids).size) {
    throw new InvalidInput('One of the files is not there any more, or was sent before. Add it anew.', 'attachmentIds');
  }
  // A text begun on a ticket that was merged meanwhile is sent where its story goes on, with its files.
  for (const file of found) em.assign(file, { ticketId, ownerKind: kind, ownerId, draftId: null });
  await em.flush();
  return ids.flatMap((id) => found.find((file) => file.id === id) ?? []);
}

/** Whose a file is before it is sent; null for a client, who is no member. */
export function uploaderOf({ kind, memberId }: Viewer): string | null {
  return kind === 'MEMBER' ? memberId : null;
}

/** Those without a member are the client's of the one ticket. */
const ofClient = ({ kind, ticketId }: Viewer) => (kind === 'CLIENT' && ticketId ? { ticketId } : {});

/** Makes the files of one thing those of another, as what it says is said anew. */
export async function handOverFiles(
  { em, workspaceId }: Scope,
  from: Pick<FileOwner, 'kind' | 'ownerId'>,
  { ticketId, kind, ownerId }: FileOwner,
): Promise<void> {
  await em.nativeUpdate(Attachment, { workspaceId, ownerKind: from.kind, ownerId: from.ownerId }, { ticketId, ownerKind: kind, ownerId });
}

/** Adds files to the ticket itself. */
export function addFiles(scope: Scope, ticketId: string, attachmentIds: readonly string[]): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    const files = await claimFiles(tx, attachmentIds, { ticketId, kind: AttachmentOwner.TICKET, ownerId: null });
    const changes = files.map(({ name }) => ({ field: 'file', from: null, to: name }));
    if (changes.length > 0) tx.record(domainEvent(AttachmentEvent.ADDED, ticketId, { changes }));
    return ticket;
  });
}

/** Takes a file away: one's own that was not sent, or one of a ticket that one may edit. What a note or message holds goes with it alone. */
export function removeFile(scope: Scope, id: string): Promise<Ticket | null> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    const file = isId(id) ? await em.findOne(Attachment, { workspaceId, id }) : null;
    const ticket = file && (await findTicket(tx, file.ticketId));
    const isOwn = file?.ownerKind === null && file.uploadedById === viewer.memberId && may(viewer, 'note.write');
    if (!file || !ticket || (file.ownerKind === null && !isOwn)) throw new TicketNotFound();
    if (!isOwn) {
      if (file.ownerKind !== AttachmentOwner.TICKET) {
        throw new NotPermitted('This file is part of what was sent. Delete the note to take it away; what a client got stays.');
      }
      if (!canEdit(viewer, ticket)) throw new NotPermitted('Those who may edit a ticket take its files away.');
      tx.record(domainEvent(AttachmentEvent.REMOVED, ticket.id, { changes: [{ field: 'file', from: file.name, to: null }] }));
    }
    await discard(tx, { ids: [id] });
    return ticket;
  });
}

/** Takes files away for good: their rows now, their bytes once this is committed. */
export async function discard(
  tx: Scope,
  which: { readonly ids?: readonly string[]; readonly ownerIds?: readonly string[]; readonly ticketIds?: readonly string[] },
): Promise<void> {
  const { em, workspaceId } = tx;
  const { ids, ownerIds, ticketIds } = which;
  const list = (some: readonly string[] | undefined) => `{${(some ?? []).join(',')}}`;
  await em.execute(
    `with gone as (
       delete from attachment where workspace_id = ? and (id = any(?::uuid[]) or owner_id = any(?::uuid[]) or ticket_id = any(?::uuid[])) returning storage_key)
     insert into discarded_file (storage_key, discarded_at) select storage_key, ? from gone on conflict do nothing`,
    [workspaceId, list(ids), list(ownerIds), list(ticketIds), tx.now()],
  );
}
