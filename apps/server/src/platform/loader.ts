import DataLoader from 'dataloader';
import type { Scope } from './scope.ts';

/** How to fetch many things by key at once; the answers in the order of the keys, null where there is none. */
export interface LoaderDefinition<K, V> {
  readonly batch: (scope: Scope, keys: readonly K[]) => Promise<readonly (V | null)[]>;
}

/** Defines a loader by a fetch of rows and the key that each row answers. */
export function loaderByKey<K, V>(
  fetch: (scope: Scope, keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): LoaderDefinition<K, V> {
  return {
    async batch(scope, keys) {
      const found = new Map((await fetch(scope, keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => found.get(key) ?? null);
    },
  };
}

/** Defines a loader of lists: every row under its key, an empty list where there is none. */
export function listLoaderByKey<K, V>(
  fetch: (scope: Scope, keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): LoaderDefinition<K, readonly V[]> {
  return {
    async batch(scope, keys) {
      const lists = Map.groupBy(await fetch(scope, keys), keyOf);
      return keys.map((key) => lists.get(key) ?? []);
    },
  };
}

/** The loaders of one unit of work. What they remember dies with it. */
export class Loaders {
  readonly #loaders = new Map<LoaderDefinition<never, unknown>, DataLoader<unknown, unknown>>();

  load<K, V>(scope: Scope, definition: LoaderDefinition<K, V>, key: K): Promise<V | null> {
    let loader = this.#loaders.get(definition as LoaderDefinition<never, unknown>);
    if (!loader) {
      loader = new DataLoader<unknown, unknown>((keys) => definition.batch(scope, keys as readonly K[]));
      this.#loaders.set(definition as LoaderDefinition<never, unknown>, loader);
    }
    return loader.load(key) as Promise<V | null>;
  }
}
