import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { joined } from './joined.ts';

/** Where rows come from. Has no viewer: what is loaded once may be shown to many, each by their own rights. */
export interface RowSource {
  readonly em: EntityManager;
  readonly workspaceId: string;
}

/** How to fetch many things by key at once; the answers in the order of the keys, null where there is none. */
export interface LoaderDefinition<K, V> {
  readonly batch: (source: RowSource, keys: readonly K[]) => Promise<readonly (V | null)[]>;
  /** Rows that seldom change, and never without an event that is about no ticket: deliveries keep them for a second. */
  readonly lasting?: boolean;
  /** Rows that nobody changes where they were read: requests that ask at the same time share a round trip. */
  readonly joint?: boolean;
}

/** How long deliveries keep lasting rows, in milliseconds. */
const lastingMs = 1000;

/** Defines a loader by a fetch of rows and the key that each row answers. */
export function loaderByKey<K, V>(
  fetch: (source: RowSource, keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
  { lasting = false, joint = false }: Pick<LoaderDefinition<K, V>, 'lasting' | 'joint'> = {},
): LoaderDefinition<K, V> {
  return {
    lasting,
    joint,
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
  { joint = false }: Pick<LoaderDefinition<K, V>, 'joint'> = {},
): LoaderDefinition<K, readonly V[]> {
  return {
    joint,
    async batch(source, keys) {
      const lists = Map.groupBy(await fetch(source, keys), keyOf);
      return keys.map((key) => lists.get(key) ?? []);
    },
  };
}

type AnyLoader = DataLoader<unknown, unknown>;
type AnyDefinition = LoaderDefinition<never, unknown>;

interface LastingRows {
  readonly loaders: Map<AnyDefinition, AnyLoader>;
  /** Those of them that have arrived. */
  readonly rows: Map<AnyDefinition, Map<unknown, unknown>>;
  readonly since: number;
}

/**
 * Rows that seldom change, shared by the requests of a second in a workspace: people, teams, statuses, topics, tags. They
 * are read anew after everything that could have changed them, so a second is what a change elsewhere may take at most.
 */
export class SharedRows {
  readonly #byWorkspace = new Map<string, LastingRows>();
  readonly #joint = new Map<string, Joint>();

  constructor(private readonly openSource: () => EntityManager) {}

  /** For a unit of work that is beginning. */
  loadersFor(workspaceId: string): Loaders {
    const held = this.#byWorkspace.get(workspaceId);
    const rows = held && isFresh(held) ? held : newRows();
    this.#byWorkspace.set(workspaceId, rows);
    return new Loaders(rows, { joint: this.#jointIn(workspaceId), renew: () => this.loadersFor(workspaceId) });
  }

  #jointIn(workspaceId: string): Joint {
    let joint = this.#joint.get(workspaceId);
    if (!joint) this.#joint.set(workspaceId, (joint = new Joint(() => ({ em: this.openSource(), workspaceId }))));
    return joint;
  }

  /** Something happened in the workspace by which they may be others now. */
  forget(workspaceId: string): void {
    this.#byWorkspace.delete(workspaceId);
  }
}

const newRows = (): LastingRows => ({ loaders: new Map(), rows: new Map(), since: performance.now() });
const isFresh = ({ since }: LastingRows): boolean => performance.now() - since < lastingMs;

/** Round trips that requests of one workspace share. */
class Joint {
  readonly #asking = new Map<AnyDefinition, (key: unknown) => Promise<unknown>>();

  constructor(private readonly openSource: () => RowSource) {}

  load(definition: AnyDefinition, key: unknown): Promise<unknown> {
    let ask = this.#asking.get(definition);
    if (!ask) this.#asking.set(definition, (ask = joined((keys) => definition.batch(this.openSource(), keys as never[]))));
    return ask(key);
  }
}

/** What a unit of work has that is not inside a transaction, whose rows are its own. */
interface Outside {
  readonly joint: Joint;
  readonly renew: () => Loaders;
}

/** What one unit of work has read. It dies with the unit, except for the lasting rows that a next one may take over. */
export class Loaders {
  readonly #loaders = new Map<AnyDefinition, AnyLoader>();
  readonly #remembered = new Map<string, Promise<unknown>>();

  constructor(
    private readonly lasting: LastingRows = newRows(),
    private readonly outside: Outside | null = null,
  ) {}

  /** For a unit of work that has read nothing yet, and sees what was written until now. */
  renewed(): Loaders {
    return this.outside?.renew() ?? new Loaders();
  }

  /** For the unit that follows this one in a row of deliveries. */
  next(): Loaders {
    return new Loaders(isFresh(this.lasting) ? this.lasting : undefined);
  }

  load<K, V>(source: RowSource, definition: LoaderDefinition<K, V>, key: K): Promise<V | null> {
    const loaders = definition.lasting ? this.lasting.loaders : this.#loaders;
    let loader = loaders.get(definition as AnyDefinition);
    if (!loader) {
      const { outside } = this;
      loader = new DataLoader<unknown, unknown>((keys) =>
        definition.joint && outside
          ? Promise.all(keys.map((one) => outside.joint.load(definition as AnyDefinition, one)))
          : definition.batch(source, keys as readonly K[]),
      );
      loaders.set(definition as AnyDefinition, loader);
    }
    const answer = loader.load(key) as Promise<V | null>;
    // A fault is nobody's answer: whoever asks next asks anew.
    answer.then(
      (row) => definition.lasting && this.#arrived(definition as AnyDefinition).set(key, row),
      () => loader.clear(key),
    );
    return answer;
  }

  /** The same, and at once where the row has arrived already. */
  obtain<K, V>(source: RowSource, definition: LoaderDefinition<K, V>, key: K): V | null | Promise<V | null> {
    const row = definition.lasting ? this.lasting.rows.get(definition as AnyDefinition)?.get(key) : undefined;
    return row === undefined ? this.load(source, definition, key) : (row as V | null);
  }

  #arrived(definition: AnyDefinition): Map<unknown, unknown> {
    const { rows } = this.lasting;
    const arrived = rows.get(definition) ?? new Map<unknown, unknown>();
    rows.set(definition, arrived);
    return arrived;
  }

  remember<V>(source: RowSource, key: string, fetch: (source: RowSource) => Promise<V>): Promise<V> {
    const known = this.#remembered.get(key) ?? fetch(source);
    this.#remembered.set(key, known);
    return known as Promise<V>;
  }
}
