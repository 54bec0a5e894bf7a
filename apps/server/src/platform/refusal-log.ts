import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Origin } from '../kernel/viewer.ts';
import type { Logger } from './logger.ts';
import { asLine, type SecurityEventKind } from './security-log.ts';

export interface Refusal {
  readonly workspaceId: string;
  readonly kind: SecurityEventKind;
  readonly actorId?: string;
  readonly subjectId?: string;
  /** Of the first one counted. */
  readonly tokenId?: string | null;
  readonly origin?: Origin | undefined;
  /** What was refused: the name of an operation, or which proof was wrong. */
  readonly what: string;
}

interface Counted extends Refusal {
  readonly minute: Date;
  readonly at: Date;
  readonly whats: Set<string>;
  count: number;
}

const minuteMs = 60_000;
const writeAfterMs = 250;
/** More names than this say nothing more about a member who tries everything. */
const mostNames = 50;

/**
 * Writes refusals to the security log, as one row per member, kind and minute, however many there are. Writing happens
 * after the answer, so that a refused sign-in takes the same time for every address.
 */
export class RefusalLog {
  readonly #waiting = new Map<string, Counted>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly openEm: () => EntityManager,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  count(refusal: Refusal): void {
    const at = this.clock();
    const minute = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
    const { workspaceId, kind, actorId, subjectId, what } = refusal;
    const key = JSON.stringify([workspaceId, kind, actorId, subjectId, minute]);
    const counted = this.#waiting.get(key) ?? { ...refusal, minute, at, whats: new Set(), count: 0 };
    counted.count++;
    if (counted.whats.size < mostNames) counted.whats.add(what);
    this.#waiting.set(key, counted);
    this.#timer ??= setTimeout(() => this.#write(), writeAfterMs);
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#writing = this.#writing.then(async () => {
      for (const row of rows) {
        await this.#writeOne(row).catch((error: unknown) =>
          this.logger.error({ err: error }, 'refusals could not be logged, dropping them'),
        );
      }
    });
  }

  /** The names that are already in the row stay first: the database refuses to take one away. */
  async #writeOne({ workspaceId, kind, actorId, subjectId, tokenId, origin, minute, at, whats, count }: Counted): Promise<void> {
    await this.openEm().execute(
      `insert into security_event (workspace_id, id, kind, actor_id, subject_id, token_id, address, user_agent, details, at, minute, count)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (workspace_id, kind, actor_id, subject_id, minute) where minute is not null do update
       set count = security_event.count + excluded.count,
         details = jsonb_build_object('what', (
           select jsonb_agg(name order by name) from (
             select name from (
               select jsonb_array_elements(security_event.details -> 'what') as name, 0 as turn
               union all select jsonb_array_elements(excluded.details -> 'what'), 1) named
             group by name order by min(turn), name limit ${mostNames}) kept))`,
      [
        workspaceId,
        newId(),
        kind,
        actorId ?? null,
        subjectId ?? null,
        tokenId ?? null,
        origin?.address ?? '',
        asLine(origin?.userAgent ?? ''),
        JSON.stringify({ what: [...whats] }),
        at,
        minute,
        count,
      ],
    );
  }
}
