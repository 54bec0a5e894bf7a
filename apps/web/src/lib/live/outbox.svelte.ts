import type { Client, TypedDocumentNode } from '@urql/core';
import { send } from '#lib/graphql/index.ts';
import { t } from '#lib/i18n/index.ts';
import { getContext, setContext } from 'svelte';

/** What can wait: everything whose second arrival does no harm, because it carries a key or the value it starts from. */
type OutboxDocuments = Readonly<Record<string, TypedDocumentNode<unknown, { input: never }>>>;

/** A refusal as every mutation answers it. */
interface Refusal {
  readonly message: string;
}

/** Something a person did that the server has not confirmed. */
export interface OutboxEntry {
  readonly id: string;
  /** The name of its mutation. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly ticketId: string | null;
  readonly at: number;
  /** Why the server rejected it; null while it waits to be sent. */
  readonly refusal: Refusal | null;
  /** How often the server failed on it. */
  readonly failures?: number;
}

/** The server's answer, or that it waits because nobody answered. */
export type Outcome<Answer> = { readonly answer: Answer } | { readonly waiting: OutboxEntry };

interface MutationAnswer {
  readonly userErrors: readonly Refusal[];
}

const lookMs = 3000;
/** After this number of server failures the change is rejected, and the writer decides. */
const maxFailures = 3;

/** An answer, or why there is none: the server could not be reached, or it failed on the change itself. */
type Asked =
  { readonly answer: MutationAnswer } | { readonly unreachable: true } | { readonly failure: Refusal; readonly isFinal: boolean };
const contextKey = Symbol('outbox');

/**
 * What was done while the server could not be reached, kept in this browser for this person until it is sent: once, in
 * order, by one tab. What the server then refuses is kept too, with its text, until the person decides.
 */
export class Outbox {
  entries = $state.raw<readonly OutboxEntry[]>([]);
  #sending: Promise<void> | null = null;
  readonly #key: string;

  constructor(
    private readonly client: Client,
    private readonly documents: OutboxDocuments,
    memberId: string,
  ) {
    this.#key = `baton.outbox.${memberId}`;
    this.#read();
  }

  /** Begins to send by itself whatever waits. Call the answer when the page goes. */
  begin(): () => void {
    const heard = (event: StorageEvent) => event.key === this.#key && this.#read();
    const send = () => void this.send();
    addEventListener('storage', heard);
    addEventListener('online', send);
    const timer = setInterval(send, lookMs);
    send();
    return () => {
      removeEventListener('storage', heard);
      removeEventListener('online', send);
      clearInterval(timer);
    };
  }

  get waiting(): readonly OutboxEntry[] {
    return this.entries.filter(({ refusal }) => refusal === null);
  }

  get refused(): readonly OutboxEntry[] {
    return this.entries.filter(({ refusal }) => refusal !== null);
  }

  of(ticketId: string): readonly OutboxEntry[] {
    return this.entries.filter((entry) => entry.ticketId === ticketId);
  }

  /** Does it now, or as soon as the server answers. What waits already goes first, so that nothing overtakes. */
  async run<Answer extends MutationAnswer>(
    operation: string,
    input: Record<string, unknown>,
    ticketId: string | null,
  ): Promise<Outcome<Answer>> {
    const entry: OutboxEntry = { id: crypto.randomUUID(), operation, input, ticketId, at: Date.now(), refusal: null };
    let kept = entry;
    if (this.waiting.length === 0) {
      const asked = await this.#ask(entry);
      if ('answer' in asked) return { answer: asked.answer as Answer };
      // The writer is still there: they see the reason where they typed.
      if ('failure' in asked && asked.isFinal) return { answer: { userErrors: [asked.failure] } as unknown as Answer };
      kept = failed(entry, asked);
    }
    this.#write([...this.entries, kept]);
    return { waiting: kept };
  }

  /** Keeps a change that the server rejected, with its text, until the writer decides. */
  keep(operation: string, input: Record<string, unknown>, ticketId: string | null, refusal: Refusal): string {
    const entry: OutboxEntry = { id: crypto.randomUUID(), operation, input, ticketId, at: Date.now(), refusal };
    this.#write([...this.entries, entry]);
    return entry.id;
  }

  /** Sends what waits, one after the other, until the server cannot be reached. A change that it fails on holds up no other. */
  async send(): Promise<void> {
    if (this.waiting.length === 0) return;
    this.#sending ??= alone(this.#key, () => this.#sendAll()).finally(() => (this.#sending = null));
    await this.#sending;
  }

  discard(id: string): void {
    this.#write(this.entries.filter((entry) => entry.id !== id));
  }

  /** Tries once more what was refused, as it was. */
  retry(id: string): void {
    this.#write(this.entries.map((entry) => (entry.id === id ? { ...entry, refusal: null, failures: 0 } : entry)));
    void this.send();
  }

  async #sendAll(): Promise<void> {
    // Another tab may have sent them while this one waited for its turn.
    this.#read();
    for (const entry of this.waiting) {
      const asked = await this.#ask(entry);
      if ('unreachable' in asked) return;
      this.#read();
      const refusal = 'answer' in asked ? asked.answer.userErrors[0] : null;
      if ('failure' in asked) this.#replace(failed(entry, asked));
      else if (refusal) this.#replace({ ...entry, refusal });
      else this.discard(entry.id);
    }
  }

  #replace(entry: OutboxEntry): void {
    this.#write(this.entries.map((one) => (one.id === entry.id ? entry : one)));
  }

  async #ask({ operation, input }: OutboxEntry): Promise<Asked> {
    const document = this.documents[operation];
    if (!document) return { failure: { message: t('outbox.unknown') }, isFinal: true };
    const outcome = await send(this.client, document, { input: input as never });
    if (outcome.kind === 'UNREACHABLE') return { unreachable: true };
    if (outcome.kind !== 'ANSWERED') return { failure: { message: outcome.message }, isFinal: outcome.kind === 'REJECTED' };
    const answer = Object.values(outcome.data as Record<string, MutationAnswer>).find((value) => typeof value === 'object');
    return answer ? { answer } : { failure: { message: t('outbox.noAnswer') }, isFinal: false };
  }

  #read(): void {
    this.entries = JSON.parse(localStorage.getItem(this.#key) ?? '[]') as OutboxEntry[];
  }

  /** Into storage first: what is on the screen as waiting survives the tab. */
  #write(entries: readonly OutboxEntry[]): void {
    if (entries.length === 0) localStorage.removeItem(this.#key);
    else localStorage.setItem(this.#key, JSON.stringify(entries));
    this.entries = entries;
  }
}

/** The change after a failure: it waits for the next try, or for the writer's decision after the last. */
function failed(entry: OutboxEntry, asked: Exclude<Asked, { answer: MutationAnswer }>): OutboxEntry {
  if ('unreachable' in asked) return entry;
  const failures = (entry.failures ?? 0) + 1;
  return { ...entry, failures, refusal: asked.isFinal || failures >= maxFailures ? asked.failure : null };
}

/** In one tab at a time, where the browser can say so; elsewhere the server's keys keep two tabs from doing it twice. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(name, work);
  else await work();
}

export function provideOutbox(outbox: () => Outbox): void {
  setContext(contextKey, outbox);
}

export function useOutbox(): () => Outbox {
  return getContext<() => Outbox>(contextKey);
}
