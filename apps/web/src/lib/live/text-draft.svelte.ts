import type { Client } from '@urql/core';
import { DraftChangedDocument, DraftSaveDocument, type DraftChangedSubscription, type DraftKind } from '#lib/graphql/generated/graphql.ts';
import { followState } from './follow-state.svelte.ts';

const saveAfterMs = 800;
const retryMs = 3000;

interface Kept {
  readonly id: string;
  readonly body: string;
  readonly revision: number;
  /** The ticket's version when it was begun. */
  readonly seenVersion: number;
}

type Saved = DraftChangedSubscription['draftChanged'];

/**
 * A note or a reply that is being written: kept in this browser with every key, and on the server a moment later, where every
 * device of its writer finds it. Nothing that comes from the server replaces what was typed here and not saved yet.
 * Make it in a component.
 */
export class TextDraft {
  body = $state('');
  #id = $state(crypto.randomUUID() as string);
  #revision = 0;
  #savedRevision = 0;
  #seenVersion = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #key: string;

  constructor(
    private readonly client: Client,
    private readonly ticketId: string,
    private readonly kind: DraftKind,
    private readonly ticketVersion: () => number,
  ) {
    this.#key = `baton.${kind.toLowerCase()}.${ticketId}`;
    const kept = readKept(this.#key);
    if (kept) {
      this.#take(kept);
      this.#seenVersion = kept.seenVersion;
      this.#saveSoon();
    }
    followState(
      client,
      DraftChangedDocument,
      () => ({ ticketId, kind }),
      ({ draftChanged }) => this.#hear(draftChanged),
    );
    $effect(() => () => clearTimeout(this.#timer));
  }

  get id(): string {
    return this.#id;
  }

  /** The ticket's version that the writer saw when they began. */
  get seenVersion(): number {
    return this.#seenVersion;
  }

  /** The writer has read what a colleague wrote meanwhile. */
  sawUpTo(version: number): void {
    this.#seenVersion = version;
    this.#keep();
  }

  /** Called with every change of the text. */
  changed(): void {
    if (this.#revision === 0) this.#seenVersion = this.ticketVersion();
    this.#revision += 1;
    this.#keep();
    this.#saveSoon();
  }

  /** A text was sent, or waits in the outbox. What was typed while it was on its way is another one. */
  sent(body: string): void {
    const next = this.body === body ? '' : this.body;
    this.#begunAnew();
    if (next === '') return;
    this.body = next;
    this.changed();
  }

  #begunAnew(): void {
    clearTimeout(this.#timer);
    this.body = '';
    this.#id = crypto.randomUUID();
    this.#revision = 0;
    this.#savedRevision = 0;
    localStorage.removeItem(this.#key);
  }

  get #dirty(): boolean {
    return this.#revision !== this.#savedRevision;
  }

  #hear(saved: Saved): void {
    if (this.#dirty) return;
    if (saved === null) {
      // Sent or thrown away in another tab.
      if (this.#revision > 0) this.#begunAnew();
      return;
    }
    if (saved.id === this.#id && saved.revision <= this.#revision) return;
    this.#take(saved);
    this.#savedRevision = saved.revision;
    this.#seenVersion ||= this.ticketVersion();
    this.#keep();
  }

  #take({ id, body, revision }: { id: string; body: string; revision: number }): void {
    this.#id = id;
    this.body = body;
    this.#revision = revision;
  }

  #keep(): void {
    const kept: Kept = { id: this.#id, body: this.body, revision: this.#revision, seenVersion: this.#seenVersion };
    if (this.body === '') localStorage.removeItem(this.#key);
    else localStorage.setItem(this.#key, JSON.stringify(kept));
  }

  #saveSoon(afterMs = saveAfterMs): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), afterMs);
  }

  async #save(): Promise<void> {
    const revision = this.#revision;
    const id = this.#id;
    const input = { ticketId: this.ticketId, kind: this.kind, id, body: this.body, revision };
    const { data } = await this.client.mutation(DraftSaveDocument, { input }).toPromise();
    if (this.#id !== id) return;
    if (!data) return this.#saveSoon(retryMs);
    this.#savedRevision = Math.max(this.#savedRevision, revision);
    // Sent from another tab while more was typed here: what was typed goes on as a text of its own.
    if (data.draftSave.draft === null && this.body !== '' && data.draftSave.userErrors.length === 0) {
      this.#id = crypto.randomUUID();
      this.changed();
    }
  }
}

function readKept(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
  } catch {
    // Something else of that name: nothing that this page could show.
    return null;
  }
}
