import { nobody } from '../../kernel/viewer.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Worker } from '../../platform/work/worker.ts';

/** Removes discarded files from the store. Removing one twice has no effect. */
export class FileCleaner {
  readonly #worker: Worker;

  constructor(systemScope: (workspaceId: string) => Scope, store: FileStore, logger: Logger) {
    const { em, clock } = systemScope(nobody);
    this.#worker = new Worker({
      worker: 'FILE_REMOVAL',
      openEm: () => em.fork(),
      clock,
      logger,
      due: ({ free }) =>
        `select '${nobody}'::uuid as workspace_id, storage_key as item, discarded_at as due_at, null::uuid as ticket_id, null::uuid as member_id
         from discarded_file where ${free(`'${nobody}'`, 'storage_key')}`,
      async run({ key }) {
        await store.remove(key);
        await em.fork().execute('delete from discarded_file where storage_key = ?', [key]);
      },
    });
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  retention(days: number): RetentionRule[] {
    return [this.#worker.retention(days)];
  }
}
