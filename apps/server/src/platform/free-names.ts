import { limits } from '@baton/rules';
import { NameTaken } from '../kernel/settings-error.ts';
import { requireLine } from '../kernel/text.ts';
import type { Scope } from './scope.ts';

/** Where the names of one kind of object are stored. No text in here is ever given by a user. */
export interface NameSpace {
  readonly table: string;
  /** Which rows share names, in SQL; all of the workspace by default. */
  readonly among?: { readonly sql: string; readonly parameters: readonly unknown[] };
  readonly maxLength?: number;
}

/**
 * A name that no other object of its kind has, compared by `name_key`. Transactions that choose names of one kind wait for
 * each other here, so that the unique index is never reached.
 */
export async function requireFreeName(tx: Scope, space: NameSpace, text: string, ownId: string | null): Promise<string> {
  const name = requireLine('name', text, space.maxLength ?? limits.name);
  await requireFree(tx, space, { sql: 'name_key(name) = name_key(?)', parameters: [name] }, { field: 'name', name, ownId });
  return name;
}

/** The same for an object with a name in each language. */
export async function requireFreeNames<Names extends Readonly<Record<string, string>>>(
  tx: Scope,
  space: NameSpace,
  names: Names,
  { field, ownId }: { readonly field: string; readonly ownId: string | null },
): Promise<Names> {
  for (const [locale, name] of Object.entries(names)) {
    await requireFree(tx, space, { sql: 'name_key(name->>?) = name_key(?)', parameters: [locale, name] }, { field, name, ownId });
  }
  return names;
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

async function requireFree(
  { em, workspaceId }: Scope,
  { table, among }: NameSpace,
  same: Condition,
  { field, name, ownId }: { readonly field: string; readonly name: string; readonly ownId: string | null },
): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`names of ${table} ${workspaceId}`]);
  const [holder]: object[] = await em.execute(
    `select 1 from ${table} where workspace_id = ? and ${same.sql} and id is distinct from ?::uuid ${among ? `and ${among.sql}` : ''} limit 1`,
    [workspaceId, ...same.parameters, ownId, ...(among?.parameters ?? [])],
  );
  if (holder) throw new NameTaken(field, name);
}
