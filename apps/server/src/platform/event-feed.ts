import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { LoggedEvent } from '../kernel/domain-event.ts';
import { EventRecord } from './event-record.entity.ts';
import type { Logger } from './logger.ts';
import type { PubSub } from './pub-sub.ts';

const lookMs = 1000;
const batchSize = 500;
const replayLimit = 10_000;

type Listener = (events: readonly LoggedEvent[]) => void;

/** Where a stream stands. The epoch changes when positions could repeat, as after a restored backup. */
export interface StreamHead {
  readonly epoch: string;
  readonly position: number;
}

/** A head as clients hold it: opaque to them, `epoch:position` to us. */
export function formatHead({ epoch, position }: StreamHead): string {
  return `${epoch}:${position}`;
}

/** Anything that is no head of ours counts as one of another epoch, which is answered by a reload. */
export function parseHead(text: string | null): StreamHead | null {
  if (text === null) return null;
  const [epoch = '', position = ''] = text.split(':');
  return /^\d{1,15}$/.test(position) ? { epoch, position: Number(position) } : { epoch: '', position: 0 };
}

/**
 * What happened, as this node hears of it: one reader for each workspace with somebody listening. A hint makes it read
 * at once; without hints it looks every second, so Redis can cost latency and never an event.
 */
export class EventFeed {
  readonly #readers = new Map<string, WorkspaceReader>();

  constructor(
    private readonly orm: MikroORM,
    private readonly pubSub: PubSub,
    private readonly logger: Logger,
  ) {}

  /** Hears every event after the moment the returned promise resolves. Call the answer to stop. */
  async follow(workspaceId: string, listener: Listener): Promise<() => void> {
    let reader = this.#readers.get(workspaceId);
    if (!reader) {
      reader = new WorkspaceReader(workspaceId, this.orm, this.pubSub, this.logger);
      this.#readers.set(workspaceId, reader);
    }
    return reader.follow(listener);
  }

  /** Where the workspace's stream stands. Read it before the rows whose changes are then followed. */
  async head(em: EntityManager, workspaceId: string): Promise<StreamHead> {
    const [row]: { epoch: string; position: string }[] = await em.execute('select epoch, position from stream where workspace_id = ?', [
      workspaceId,
    ]);
    if (!row) throw new Error(`workspace ${workspaceId} has no stream`);
    return { epoch: row.epoch, position: Number(row.position) };
  }

  /** The events after a position, or null when they are too many to send one by one. */
  async replay(em: EntityManager, workspaceId: string, after: number): Promise<readonly LoggedEvent[] | null> {
    const events = await readAfter(em, workspaceId, after, replayLimit + 1);
    return events.length > replayLimit ? null : events;
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }
}

class WorkspaceReader {
  readonly #listeners = new Set<Listener>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #cursor: Promise<number> | number;
  #reading = false;
  #readAgain = false;

  constructor(
    private readonly workspaceId: string,
    private readonly orm: MikroORM,
    pubSub: PubSub,
    private readonly logger: Logger,
  ) {
    this.#cursor = this.#currentPosition();
    this.#unsubscribe = pubSub.subscribe(`stream:${workspaceId}`, () => void this.#read());
    this.#timer = setInterval(() => void this.#read(), lookMs);
  }

  async follow(listener: Listener): Promise<() => void> {
    await this.#cursor;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    this.#listeners.clear();
  }

  async #currentPosition(): Promise<number> {
    const [row]: { position: string }[] = await this.orm.em
      .fork()
      .execute('select position from stream where workspace_id = ?', [this.workspaceId]);
    return Number(row?.position ?? 0);
  }

  async #read(): Promise<void> {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#readAgain = false;
        await this.#readBatch();
      } while (this.#readAgain);
    } catch (error) {
      this.logger.error({ err: error }, 'could not read the event log; it is tried again within a second');
    } finally {
      this.#reading = false;
    }
  }

  async #readBatch(): Promise<void> {
    const cursor = await this.#cursor;
    const events = await readAfter(this.orm.em.fork(), this.workspaceId, cursor, batchSize);
    const last = events.at(-1);
    if (!last) return;
    this.#cursor = last.position;
    if (events.length === batchSize) this.#readAgain = true;
    for (const listener of this.#listeners) listener(events);
  }
}

async function readAfter(em: EntityManager, workspaceId: string, after: number, limit: number): Promise<readonly LoggedEvent[]> {
  const records = await em.find(
    EventRecord,
    { workspaceId, position: { $gt: after } },
    { orderBy: { position: 'asc' }, limit, disableIdentityMap: true },
  );
  return records as unknown as readonly LoggedEvent[];
}
