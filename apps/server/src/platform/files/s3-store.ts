import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Measure, type FileStore, type StoredFile } from './file-store.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Of a store that speaks the protocol; null for Amazon's own. */
  readonly endpoint: string | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** In a bucket of Amazon S3 or of a store that speaks its protocol. */
export class S3Store implements FileStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ bucket, region, endpoint, accessKeyId, secretAccessKey }: S3Settings) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      region,
      credentials: { accessKeyId, secretAccessKey },
      // Stores of others seldom have a host name for each bucket.
      ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    });
  }

  async put(key: string, content: Readable, mostBytes: number): Promise<StoredFile> {
    const measure = new Measure(mostBytes);
    content.on('error', (error) => measure.destroy(error));
    const upload = new Upload({ client: this.#client, params: { Bucket: this.#bucket, Key: key, Body: content.pipe(measure) } });
    // Ends without an object when the stream fails: parts that were sent are taken back.
    await upload.done();
    return measure.stored;
  }

  async read(key: string): Promise<Readable> {
    const { Body: body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    if (!(body instanceof Readable)) throw new Error('the store answered no file');
    return body;
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }
}
