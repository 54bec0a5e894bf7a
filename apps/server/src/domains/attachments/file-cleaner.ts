import { nobody } from '../../kernel/viewer.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';

const batchSize = 50;

/** Takes the bytes of discarded files out of the store, and discards what nobody sent within a week. Any node may. */
export class FileCleaner {
  readonly #watch: Watch;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    private readonly store: FileStore,
    logger: Logger,
  ) {
    this.#watch = new Watch('take discarded files away', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async look(): Promise<number | null> {
    const { em } = this.systemScope(nobody);
    await em.execute(
      `with gone as (delete from attachment where owner_kind is null and created_at < now() - interval '7 days' returning storage_key)
       insert into discarded_file (storage_key, discarded_at) select storage_key, now() from gone on conflict do nothing`,
    );
    const discarded: { storage_key: string }[] = await em.execute('select storage_key from discarded_file limit ?', [batchSize]);
    for (const { storage_key: key } of discarded) {
      // Twice, by two nodes or after a crash, is as good as once.
      await this.store.remove(key);
      await em.execute('delete from discarded_file where storage_key = ?', [key]);
    }
    return discarded.length === batchSize ? 0 : null;
  }
}
