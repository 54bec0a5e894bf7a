import type { MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from './logger.ts';
import type { PubSub } from './pub-sub.ts';

const sweepMs = 1000;
/** How long it rests after a relay: when much happens, more is relayed at once. */
const restMs = 3;

/**
 * Gives committed events their position in the workspace's stream: dense, gap-free, and readable in commit order,
 * which a sequence is not. Any node may do it; the lock on the stream's row lets one at a time. A node that dies
 * between commit and relay loses nothing: every node looks once a second for what was left.
 */
export class Relay {
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orm: MikroORM,
    private readonly pubSub: PubSub,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#sweep(), sweepMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#running.values());
  }

  /** Relays soon. Calls while one is under way become a single further one. */
  poke(workspaceId: string): void {
    if (this.#running.has(workspaceId)) {
      this.#again.add(workspaceId);
      return;
    }
    const step = this.#relay(workspaceId)
      .catch((error: unknown) => this.logger.error({ err: error }, 'relay failed; it is tried again within a second'))
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, restMs)))
      .finally(() => {
        this.#running.delete(workspaceId);
        if (this.#again.delete(workspaceId)) this.poke(workspaceId);
      });
    this.#running.set(workspaceId, step);
  }

  async #sweep(): Promise<void> {
    try {
      const waiting: { workspace_id: string }[] = await this.orm.em
        .fork()
        .execute('select distinct workspace_id from event where position is null');
      for (const { workspace_id } of waiting) this.poke(workspace_id);
    } catch (error) {
      this.logger.error({ err: error }, 'could not look for events without a position');
    }
  }

  async #relay(workspaceId: string): Promise<void> {
    const head = await this.orm.em.fork().transactional(async (em) => {
      await em.execute('select 1 from stream where workspace_id = ? for update', [workspaceId]);
      const [moved]: { position: string }[] = await em.execute(
        `with pending as (
           select id, row_number() over (order by ticket_id nulls first, ticket_version) as place
           from event where workspace_id = ? and position is null
         ), placed as (
           update event e set position = s.position + pending.place
           from pending, stream s
           where s.workspace_id = e.workspace_id and e.workspace_id = ? and e.id = pending.id
           returning 1
         )
         update stream set position = position + (select count(*) from placed)
         where workspace_id = ? and exists (select 1 from placed)
         returning position`,
        [workspaceId, workspaceId, workspaceId],
      );
      return moved?.position;
    });
    if (head !== undefined) this.pubSub.publish(`stream:${workspaceId}`, head);
  }
}
