import { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { isId, newId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { VirusScanner } from '../../platform/files/virus-scanner.ts';
import type { Scope } from '../../platform/scope.ts';
import { canEdit, findTicket, lockClientsTicket, TicketNotFound } from '../tickets/index.ts';
import { Attachment } from './attachment.entity.ts';
import { uploaderOf } from './claim-files.ts';
import { requireFileName } from './file-name.ts';
import { lockQuota, requireSpace } from './file-quota.ts';

export interface FileLimits {
  readonly mostBytes: number;
  /** Endings of names, such as `exe`. */
  readonly refused: readonly string[];
  /** What all files of a workspace may take up; 0 = no limit. */
  readonly workspaceBytes: number;
  /** Looks through what comes in; none = nobody does. */
  readonly scanner?: VirusScanner | null | undefined;
}

export interface UploadFile {
  readonly ticketId: string;
  readonly draftId: string | null;
  readonly name: string;
  readonly content: Readable;
}

/** Enough for every signature that is looked for. */
const headBytes = 4100;
/** Unsent files that one person may have on a ticket at once. */
const mostUnsent = 50;

/**
 * Takes a file in. It belongs to nothing yet and is its uploader's alone, until the note, reply or ticket that it is for
 * claims it; what nobody claims goes after a week.
 */
export async function uploadFile(scope: Scope, store: FileStore, allowed: FileLimits, file: UploadFile): Promise<Attachment> {
  const { viewer } = scope;
  const ticket = await findTicket(scope, file.ticketId);
  if (!ticket) throw new TicketNotFound();
  if (!may(viewer, 'note.write') && !canEdit(viewer, ticket)) throw new NotPermitted('Your role may not add files.');
  return takeIn(scope, store, allowed, file);
}

/** A file that the client adds on the page of their link, for the message whose id is the draft's. */
export async function uploadAsClient(
  scope: Scope,
  store: FileStore,
  allowed: FileLimits,
  file: Omit<UploadFile, 'ticketId'>,
): Promise<Attachment> {
  const ticket = await scope.transaction((tx) => lockClientsTicket(tx));
  return takeIn(scope, store, allowed, { ...file, ticketId: ticket.id });
}

async function takeIn(scope: Scope, store: FileStore, allowed: FileLimits, file: UploadFile): Promise<Attachment> {
  const { workspaceId, viewer } = scope;
  const { ticketId, draftId, content } = file;
  const uploadedById = uploaderOf(viewer);
  if (draftId !== null && !isId(draftId)) throw new InvalidInput('The id of a draft is a UUID.', 'draftId');
  const name = requireFileName(file.name, allowed.refused);
  await requireSpace(scope, allowed.workspaceBytes, 1);
  const unsent = await scope.em.count(Attachment, { workspaceId, ticketId, uploadedById, ownerKind: null });
  if (unsent >= mostUnsent) throw new InvalidInput(`${unsent} files wait to be sent here. Send or remove some first.`, 'file');

  const id = newId();
  const storageKey = `${workspaceId}/${id}`;
  const [head, whole] = await peek(content);
  const { size, sha256 } = await store.put(storageKey, whole, allowed.mostBytes);
  if (allowed.scanner) {
    try {
      await allowed.scanner.requireClean(await store.read(storageKey));
    } catch (error) {
      await store.remove(storageKey);
      throw error;
    }
  }
  const row = {
    workspaceId,
    id,
    ticketId,
    ownerKind: null,
    ownerId: null,
    draftId,
    name,
    type: await typeOf(head),
    size,
    sha256,
    storageKey,
    uploadedById,
    createdAt: scope.now(),
  };
  try {
    await scope.transaction(async (tx) => {
      if (allowed.workspaceBytes > 0) await lockQuota(tx);
      await requireSpace(tx, allowed.workspaceBytes, size);
      await tx.em.insert(Attachment, row);
    });
  } catch (error) {
    // Bytes without a row would be nobody's for ever.
    await store.remove(storageKey);
    throw error;
  }
  return scope.em.findOneOrFail(Attachment, { workspaceId, id });
}

/** The first bytes of a stream, and the stream as if nothing had been read. */
async function peek(content: Readable): Promise<[Buffer, Readable]> {
  const parts: Buffer[] = [];
  const rest = content[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let size = 0;
  while (size < headBytes) {
    const { value, done } = await rest.next();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  const head = Buffer.concat(parts);
  async function* whole() {
    if (head.length > 0) yield head;
    for (;;) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  }
  return [head.subarray(0, headBytes), Readable.from(whole(), { objectMode: false })];
}

async function typeOf(head: Buffer): Promise<string> {
  const found = await fileTypeFromBuffer(head);
  if (found) return found.mime;
  return head.includes(0) ? 'application/octet-stream' : 'text/plain';
}
