import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';

/** Where rows come from. Has no viewer: what is loaded once may be shown to many, each by their own rights. */
export interface RowSource {
  readonly em: EntityManager;
  readonly workspaceId: string;
}

/** How to fetch many things by key at once; the answers in the order of the keys, null where there is none. */
export interface LoaderDefinition<K, V> {
  readonly batch: (source: RowSource, keys: readonly K[]) => Promise<readonly (V | null)[]>;
}

/** Defines a loader by a fetch of rows and the key that each row answers. */
export function loaderByKey<K, V>(
  fetch: (source: RowSource, keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): LoaderDefinition<K, V> {
  return {
    async batch(source, keys) {
      const found = new Map((await fetch(source, keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => found.get(key) ?? null);
    },
  };
}

/** Defines a loader of lists: every row under its key, an empty list where there is none. */
export function listLoaderByKey<K, V>(
  fetch: (source: RowSource, keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): LoaderDefinition<K, readonly V[]> {
  return {
    async batch(source, keys) {
      const lists = Map.groupBy(await fetch(source, keys), keyOf);
      return keys.map((key) => lists.get(key) ?? []);
    },
  };
}

/** What one unit of work has read. It dies with the unit. */
export class Loaders {
  readonly #loaders = new Map<LoaderDefinition<never, unknown>, DataLoader<unknown, unknown>>();
  readonly #remembered = new Map<string, Promise<unknown>>();

  load<K, V>(source: RowSource, definition: LoaderDefinition<K, V>, key: K): Promise<V | null> {
    let loader = this.#loaders.get(definition as LoaderDefinition<never, unknown>);
    if (!loader) {
      loader = new DataLoader<unknown, unknown>((keys) => definition.batch(source, keys as readonly K[]));
      this.#loaders.set(definition as LoaderDefinition<never, unknown>, loader);
    }
    return loader.load(key) as Promise<V | null>;
  }

  remember<V>(source: RowSource, key: string, fetch: (source: RowSource) => Promise<V>): Promise<V> {
    const known = this.#remembered.get(key) ?? fetch(source);
    this.#remembered.set(key, known);
    return known as Promise<V>;
  }
}
