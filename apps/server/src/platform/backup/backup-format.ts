import { z } from 'zod';

/**
 * A backup is one file: the line `Baton backup 1`, a line of JSON (the header), entries compressed with zstd, and the
 * SHA-256 of everything before it. An entry is a frame of JSON, frames of data and an empty frame; a frame is its length
 * in four bytes and its bytes. Tables come first, then files, then one entry that counts both.
 */
export const formatVersion = 1;
export const magic = 'Baton backup ';
export const checksumBytes = 32;

export const headerSchema = z.object({
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()).min(1),
  /** Proves that `SECRET` is the same without revealing it; null = the database keeps the secret. */
  secretCheck: z.string().nullable(),
});
export type BackupHeader = z.infer<typeof headerSchema>;

export const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('table'), name: z.string(), columns: z.array(z.string()) }),
  z.object({ kind: z.literal('file'), key: z.string(), sha256: z.string() }),
  z.object({ kind: z.literal('end'), rows: z.record(z.string(), z.number()), files: z.number() }),
]);
export type EntryHead = z.infer<typeof entrySchema>;

export function frame(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Takes frames out of a stream of bytes that is cut anywhere. */
export class FrameReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer> {
    const length = (await this.#take(4)).readUInt32BE();
    return this.#take(length);
  }

  async #take(size: number): Promise<Buffer> {
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < size) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the entries of the backup end too early');
      parts.push(value);
      have += value.length;
    }
    const whole = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = whole.subarray(size);
    return whole.subarray(0, size);
  }
}
