import { isId } from '../../kernel/id.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadNotes } from '../notes/index.ts';
import { findTicket } from '../tickets/index.ts';
import { Attachment, AttachmentOwner } from './attachment.entity.ts';

const filesByOwner = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(Attachment, { workspaceId, ownerId: { $in: [...ids] } }, { orderBy: { createdAt: 'asc', id: 'asc' } }),
  ({ ownerId }) => ownerId ?? '',
);

const filesByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(
      Attachment,
      { workspaceId, ticketId: { $in: [...ids] }, ownerKind: AttachmentOwner.TICKET },
      { orderBy: { createdAt: 'asc', id: 'asc' } },
    ),
  ({ ticketId }) => ticketId,
);

/** Those of a note or a message that the viewer reads, the first added first. */
export async function filesOf(scope: Scope, ownerId: string): Promise<readonly Attachment[]> {
  return (await scope.load(filesByOwner, ownerId)) ?? [];
}

/** Those of a ticket itself that the viewer sees. */
export async function filesOfTicket(scope: Scope, ticketId: string): Promise<readonly Attachment[]> {
  return (await scope.load(filesByTicket, ticketId)) ?? [];
}

/** What the viewer added to a text of theirs and has not sent. */
export function filesOfDraft({ em, workspaceId, viewer }: Scope, draftId: string): Promise<Attachment[]> {
  if (!isId(draftId) || !canReadNotes(viewer)) return Promise.resolve([]);
  return em.find(
    Attachment,
    { workspaceId, draftId, ownerKind: null, uploadedById: viewer.memberId },
    { orderBy: { createdAt: 'asc', id: 'asc' } },
  );
}

/** A file for these eyes; null for one that is not there and for one that is not theirs. */
export async function findFile(scope: Scope, id: string): Promise<Attachment | null> {
  const { em, workspaceId, viewer } = scope;
  const file = isId(id) ? await em.findOne(Attachment, { workspaceId, id }) : null;
  if (!file || !(await findTicket(scope, file.ticketId))) return null;
  // It may be for a note.
  if (file.ownerKind === null) return file.uploadedById === viewer.memberId && canReadNotes(viewer) ? file : null;
  if (file.ownerKind === AttachmentOwner.NOTE && !canReadNotes(viewer)) return null;
  return file;
}

export interface ClientFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly storageKey: string;
}

/** A file of what was said to or by the client whose link it is; read from a view that holds nothing else. */
export async function findClientFile({ em, workspaceId, viewer }: Scope, id: string): Promise<ClientFile | null> {
  if (viewer.kind !== 'CLIENT' || !isId(id)) return null;
  const [file]: ClientFile[] = await em.execute(
    'select id, name, type, size::int, storage_key as "storageKey" from client_file where workspace_id = ? and ticket_id = ? and id = ?',
    [workspaceId, viewer.ticketId ?? null, id],
  );
  return file ?? null;
}
