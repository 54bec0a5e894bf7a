import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { Logger } from '../logger.ts';
import type { PubSub } from '../pub-sub.ts';
import type { StreamHead } from './stream-head.ts';
import { epochNow, readPlace, type StreamPlace } from './stream-place.ts';

const lookMs = 1000;
/** How long it rests after a read: when much happens, more is read and told at once. */
const restMs = 5;
const batchSize = 500;
const tailLength = 5000;
const replayLimit = 10_000;
/** How long a client waits for this node to read the log up to its cursor. After that it is asked to subscribe again. */
const catchUpMs = 5000;
const catchUpRestMs = 20;

export interface ReaderSettings {
  readonly workspaceId: string;
  readonly orm: MikroORM;
  readonly pubSub: PubSub;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How far back a client may resume, in milliseconds. */
  readonly retentionMs: number;
  /** Runs before the position moves past the events. The read is repeated if it fails. */
  readonly beforeEvents: (events: readonly LoggedEvent[]) => Promise<void>;
  /** The next events, in order. */
  readonly onEvents: (events: readonly LoggedEvent[]) => void;
  /** The stream is another one now: what was read before says nothing of it. */
  readonly onReset: () => void;
}

/**
 * Reads the log of one workspace in order, for everybody on this node. A hint makes it read at once; without hints it
 * looks every second, so Redis can cost latency and never an event. Keeps a tail in memory for those who come back.
 */
export class EventReader {
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #place: StreamPlace | null = null;
  #beginning: Promise<StreamPlace> | null = null;
  #tail: LoggedEvent[] = [];
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #checkDue = false;
  #closed = false;

  constructor(private readonly settings: ReaderSettings) {
    const { pubSub, workspaceId } = settings;
    this.#unsubscribe = pubSub.subscribe(`stream:${workspaceId}`, z.unknown(), () => this.#readSoon());
    this.#timer = setInterval(() => {
      this.#checkDue = true;
      this.#readSoon();
    }, lookMs);
  }

  /** Where it has come to. Fails when the database cannot be reached. */
  async begin(): Promise<void> {
    this.#beginning ??= readPlace(this.settings.orm.em.fork(), this.settings.workspaceId);
    try {
      const place = await this.#beginning;
      this.#place ??= place;
    } catch (error) {
      this.#beginning = null;
      throw error;
    }
  }

  get hasBegun(): boolean {
    return this.#place !== null;
  }

  get place(): StreamPlace {
    if (!this.#place) throw new Error('a reader that has not begun');
    return this.#place;
  }

  /**
   * Reads the log up to a cursor that another node, or a query, has given out before this node has read that far. A cursor
   * that the log itself does not reach, or of another epoch than the log's, stays ahead: that is a resync.
   */
  async catchUp(cursor: StreamHead): Promise<void> {
    if (!this.#isBehind(cursor)) return;
    const log = await readPlace(this.settings.orm.em.fork(), this.settings.workspaceId);
    const reachable = cursor.epoch === log.epoch && cursor.position <= log.position;
    const behind = () => (reachable ? this.#isBehind(cursor) : this.place.epoch !== log.epoch);
    const end = performance.now() + catchUpMs;
    while (behind() && !this.#closed) {
      if (performance.now() > end) throw new Error('This node could not read the event log up to the cursor in time.');
      this.#checkDue = true;
      this.#readSoon();
      await this.#reading;
      if (behind()) await new Promise((resolve) => setTimeout(resolve, catchUpRestMs));
    }
  }

  #isBehind({ epoch, position }: StreamHead): boolean {
    return epoch !== this.place.epoch || position > this.place.position;
  }

  /** The events of `(after, upTo]`, or null when they cannot be told one by one: of another epoch, too old, or too many. */
  async between(after: StreamHead, upTo: number): Promise<readonly LoggedEvent[] | null> {
    const { workspaceId, orm, retentionMs, clock } = this.settings;
    const oldest = clock().getTime() - retentionMs;
    if (after.epoch !== this.place.epoch || after.position > this.place.position) return null;
    if (upTo - after.position > replayLimit || after.at < oldest) return null;
    if (upTo <= after.position) return [];
    const first = this.#tail[0]?.position ?? Infinity;
    if (after.position + 1 >= first) return this.#tail.slice(after.position + 1 - first, upTo + 1 - first);
    const { events, epoch } = await readAfter(orm.em.fork(), workspaceId, after.position, upTo - after.position);
    if (epoch !== this.place.epoch) return null;
    // Events leave no gaps, so an oldest one that is missing was taken away.
    if (events[0]?.position !== after.position + 1 || events[0].at.getTime() < oldest) return null;
    return events;
  }

  /** Resolves once it reads no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#unsubscribe();
    await this.#reading;
  }

  #readSoon(): void {
    if (!this.#place || this.#closed) return;
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = this.#read()
      .catch((error: unknown) =>
        this.settings.logger.error({ err: error }, 'could not read the event log; it is tried again within a second'),
      )
      .finally(() => {
        this.#reading = null;
        if (this.#readAgain) this.#readSoon();
      });
  }

  async #read(): Promise<void> {
    const { workspaceId, orm, beforeEvents, onEvents } = this.settings;
    do {
      this.#readAgain = false;
      const em = orm.em.fork();
      const { events, epoch } = await readAfter(em, workspaceId, this.place.position, batchSize);
      const last = events.at(-1);
      if (!last || epoch !== this.place.epoch) {
        if (last || this.#checkDue) await this.#checkPlace(em);
        continue;
      }
      await beforeEvents(events);
      if (events.length === batchSize) this.#readAgain = true;
      this.#place = { epoch: this.place.epoch, position: last.position };
      this.#tail.push(...events);
      if (this.#tail.length > tailLength * 2) this.#tail = this.#tail.slice(-tailLength);
      onEvents(events);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    } while (this.#readAgain && !this.#closed);
  }

  /** Positions that went back mean a restored database, whose next events will have positions that were seen before. */
  async #checkPlace(em: EntityManager): Promise<void> {
    this.#checkDue = false;
    const found = await readPlace(em, this.settings.workspaceId);
    if (found.epoch === this.place.epoch && found.position >= this.place.position) return;
    if (found.epoch === this.place.epoch) {
      await em.execute('update stream set epoch = gen_random_uuid() where workspace_id = ? and position < ?', [
        this.settings.workspaceId,
        this.place.position,
      ]);
    }
    this.#place = await readPlace(em, this.settings.workspaceId);
    this.#tail = [];
    this.settings.onReset();
  }
}

interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly position: string;
  readonly ticket_id: string | null;
  readonly ticket_version: number | null;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly token_id: string | null;
  readonly cause_id: string | null;
  readonly member_ids: string[];
  readonly subject_id: string | null;
  readonly changes: LoggedEvent['changes'];
  readonly at: string | Date;
  readonly facets: LoggedEvent['facets'];
  readonly facets_before: LoggedEvent['facetsBefore'];
  readonly epoch: string;
}

/** The next events, and the epoch that they are of: another one than the reader's means that positions may have repeated. */
async function readAfter(em: EntityManager, workspaceId: string, after: number, limit: number) {
  const rows: EventRow[] = await em.execute(
    `select e.*, b.facets as facets_before, (select ${epochNow} from stream where workspace_id = ?) as epoch from event e
     left join event b on b.workspace_id = e.workspace_id and b.ticket_id = e.ticket_id and b.ticket_version = e.ticket_version - 1
     where e.workspace_id = ? and e.position > ? order by e.position limit ?`,
    [workspaceId, workspaceId, after, limit],
  );
  const events = rows.map((row): LoggedEvent => ({
    workspaceId,
    id: row.id,
    type: row.type,
    position: Number(row.position),
    ticketId: row.ticket_id,
    ticketVersion: row.ticket_version,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    tokenId: row.token_id,
    causeId: row.cause_id,
    memberIds: row.member_ids,
    subjectId: row.subject_id,
    changes: row.changes,
    at: new Date(row.at),
    facets: row.facets,
    facetsBefore: row.facets_before,
  }));
  return { events, epoch: rows[0]?.epoch ?? null };
}
