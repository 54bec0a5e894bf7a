import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../kernel/domain-error.ts';

export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  /** Of the content, in hex. */
  readonly sha256: string;
}

/** Where the bytes of files are. Keys are ours, made of ids: no name that somebody gave is ever part of one. */
export interface FileStore {
  /** Refuses with FileTooLarge past `mostBytes`; then nothing is kept. */
  put(key: string, content: Readable, mostBytes: number): Promise<StoredFile>;
  /** Fails when there is no such file. */
  read(key: string): Promise<Readable>;
  /** A file that is not there is removed already. */
  remove(key: string): Promise<void>;
}

export class FileTooLarge extends DomainError {
  readonly code = 'FILE_TOO_LARGE';
  constructor(mostBytes: number) {
    super(`The file is larger than ${Math.floor(mostBytes / 1_048_576)} MB. Send a smaller one, or a link to it.`, 'file');
  }
}

/** Counts and hashes what goes through, and stops it past a size. */
export class Measure extends Transform {
  size = 0;
  readonly #hash = createHash('sha256');

  constructor(private readonly mostBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.size += chunk.length;
    if (this.size > this.mostBytes) return done(new FileTooLarge(this.mostBytes));
    this.#hash.update(chunk);
    done(null, chunk);
  }

  get stored(): StoredFile {
    return { size: this.size, sha256: this.#hash.digest('hex') };
  }
}

/** In a folder of this machine. Several nodes share the folder, or use an S3 store. */
export class FolderStore implements FileStore {
  constructor(private readonly folder: string) {}

  async put(key: string, content: Readable, mostBytes: number): Promise<StoredFile> {
    const path = this.#pathOf(key);
    const measure = new Measure(mostBytes);
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.part`;
    try {
      // What breaks off in the middle never has the name of a whole file.
      await pipeline(content, measure, createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }));
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return measure.stored;
  }

  async read(key: string): Promise<Readable> {
    const stream = createReadStream(this.#pathOf(key));
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', reject);
    });
    return stream;
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  #pathOf(key: string): string {
    if (!/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/.test(key)) throw new Error(`${key} is no key of a file`);
    return join(this.folder, key);
  }
}
