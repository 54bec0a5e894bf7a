import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { BackupFault } from './backup-fault.ts';
import {
  checksumBytes,
  entrySchema,
  formatVersion,
  FrameReader,
  headerSchema,
  magic,
  type BackupHeader,
  type EntryHead,
} from './backup-format.ts';

/** Longer than the first two lines of any backup. */
const prefaceBytes = 1_048_576;

export interface BackupSource {
  readonly path: string;
  readonly header: BackupHeader;
  /** Where the compressed entries begin and end, in bytes. */
  readonly from: number;
  readonly to: number;
}

export interface Entry {
  readonly head: EntryHead;
  readonly data: AsyncIterable<Buffer>;
}

/** Opens a backup that is whole. Refuses other files, damaged ones and those of a newer version. */
export async function openBackup(path: string): Promise<BackupSource> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new BackupFault(`The backup ${path} cannot be read (${error.code}). Give the path of a file that npm run backup made.`);
  });
  try {
    const { size } = await file.stat();
    const preface = await readPart(file, 0, Math.min(size, prefaceBytes));
    requireKnownFormat(path, preface);
    await requireWhole(path, file, size);
    const first = preface.indexOf('\n') + 1;
    const second = preface.indexOf('\n', first) + 1;
    const header = headerSchema.parse(JSON.parse(preface.toString('utf8', first, second)));
    return { path, header, from: second, to: size - checksumBytes };
  } finally {
    await file.close();
  }
}

/** The entries in their order. What the caller leaves of an entry's data is skipped. */
export async function* readEntries({ path, from, to }: BackupSource): AsyncGenerator<Entry> {
  const compressed = createReadStream(path, { start: from, end: to - 1 });
  const plain = createZstdDecompress();
  compressed.on('error', (error) => plain.destroy(error)).pipe(plain);
  const frames = new FrameReader(plain);
  try {
    for (;;) {
      const head = entrySchema.parse(JSON.parse((await frames.next()).toString()));
      const data = dataOf(frames);
      yield { head, data: { [Symbol.asyncIterator]: () => data } };
      while (!(await data.next()).done);
      if (head.kind === 'end') return;
    }
  } finally {
    compressed.destroy();
    plain.destroy();
  }
}

/** Not a generator: one that a consumer ends early would not go on to the end of the entry. */
function dataOf(frames: FrameReader): AsyncIterator<Buffer> {
  let ended = false;
  return {
    async next() {
      const value = ended ? null : await frames.next();
      ended = value === null || value.length === 0;
      return ended || value === null ? { value: undefined, done: true } : { value, done: false };
    },
  };
}

function requireKnownFormat(path: string, preface: Buffer): void {
  const [, version] = new RegExp(`^${magic}(\\d{1,9})\n`).exec(preface.toString('latin1', 0, 64)) ?? [];
  if (version === undefined) throw new BackupFault(`${path} is not a Baton backup. Give the path of a file that npm run backup made.`);
  if (Number(version) > formatVersion)
    throw new BackupFault(
      `${path} was made by a newer version of Baton (format ${version}; this version reads up to ${formatVersion}). Restore it with that version.`,
    );
}

async function requireWhole(path: string, file: FileHandle, size: number): Promise<void> {
  const hash = createHash('sha256');
  const end = Math.max(0, size - checksumBytes);
  if (end > 0) {
    const content = createReadStream(path, { end: end - 1, highWaterMark: 1_048_576 });
    for await (const chunk of content) hash.update(chunk as Buffer);
  }
  if (hash.digest().equals(await readPart(file, end, size - end))) return;
  throw new BackupFault(`${path} is damaged: its checksum does not match its content. Use another copy of it.`);
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
