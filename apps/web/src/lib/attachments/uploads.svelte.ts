import type { Client } from '@urql/core';
import { DraftAttachmentsDocument, FileRemoveDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';
import { t } from '#lib/i18n/index.ts';

/** A file on its way to the desk, or there and not sent yet. */
export class Upload {
  /** Null until it is there. */
  id = $state<string | null>(null);
  /** 0 to 1. */
  progress = $state(0);
  fault = $state<string | null>(null);
  #request: XMLHttpRequest | null = null;

  constructor(
    readonly name: string,
    /** In bytes. */
    readonly size: number,
  ) {}

  static there({ id, name, size }: { id: string; name: string; size: number }): Upload {
    const upload = new Upload(name, size);
    upload.id = id;
    upload.progress = 1;
    return upload;
  }

  /** Fetch says nothing of how far a body is, so this is the older way. */
  start(address: string, file: File): Promise<void> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.#request = request;
      request.open('POST', address);
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.responseType = 'json';
      request.upload.onprogress = ({ loaded, total }) => (this.progress = total > 0 ? loaded / total : 0);
      request.onload = () => {
        const answer = (request.response ?? {}) as { id?: string; message?: string };
        if (request.status === 201 && answer.id) [this.id, this.progress] = [answer.id, 1];
        else this.fault = answer.message ?? t('files.failed');
        resolve();
      };
      request.onerror = request.onabort = () => {
        this.fault = t('files.failed');
        resolve();
      };
      request.send(file);
    });
  }

  stop(): void {
    this.#request?.abort();
  }
}

/** The files of a text that is being written, or of a ticket that is added to. Make it in a component. */
export class Uploads {
  items = $state.raw<readonly Upload[]>([]);
  readonly ids = $derived(this.items.flatMap(({ id }) => id ?? []));
  readonly isBusy = $derived(this.items.some(({ id, fault }) => id === null && fault === null));

  constructor(
    private readonly client: Client,
    private readonly ticketId: () => string,
    /** The draft that they are kept with, so that a page loaded anew has them; null for none. */
    private readonly draftId: () => string | null,
  ) {}

  async add(files: Iterable<File>): Promise<void> {
    await Promise.all(
      [...files].map((file) => {
        // What is pasted from a screen has no name of its own.
        const upload = new Upload(file.name || 'image.png', file.size);
        this.items = [...this.items, upload];
        const draftId = this.draftId();
        const query = new URLSearchParams({ ticketId: this.ticketId(), name: upload.name, ...(draftId ? { draftId } : {}) });
        return upload.start(`/files?${query.toString()}`, file);
      }),
    );
  }

  async remove(upload: Upload): Promise<void> {
    upload.stop();
    this.items = this.items.filter((one) => one !== upload);
    if (upload.id) await mutate(this.client, FileRemoveDocument, { input: { attachmentId: upload.id } });
  }

  /** Those that a draft begun elsewhere has. */
  async load(): Promise<void> {
    const draftId = this.draftId();
    if (draftId === null) return;
    const { data } = await this.client.query(DraftAttachmentsDocument, { draftId }, { requestPolicy: 'network-only' }).toPromise();
    if (!data || draftId !== this.draftId()) return;
    this.items = [...this.items, ...data.draftAttachments.filter(({ id }) => !this.ids.includes(id)).map((file) => Upload.there(file))];
  }

  /** They were sent. */
  clear(): void {
    this.items = [];
  }
}

/** The files of something pasted or dropped; none where it holds none. */
export function filesIn(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])];
}
