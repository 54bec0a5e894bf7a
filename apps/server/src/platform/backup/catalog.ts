import type { PoolClient } from 'pg';

/** Where MikroORM keeps the names of the migrations that ran. A restore lets the migrations fill it. */
export const migrationTable = 'mikro_orm_migrations';

export interface Table {
  readonly name: string;
  /** Without those that PostgreSQL computes. */
  readonly columns: readonly string[];
}

export interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

type ObjectKind = 'table' | 'view' | 'function';

export interface DatabaseObject {
  readonly kind: ObjectKind;
  /** As it stands in SQL: quoted where needed, a function with its parameters. */
  readonly name: string;
}

const ofExtension = (object: string) => `exists (select 1 from pg_depend d where d.objid = ${object}.oid and d.deptype = 'e')`;

/** Quotes a name for SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function listTables(client: PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1 and not ${ofExtension('c')}
     group by c.relname order by c.relname`,
    [migrationTable],
  );
  return rows;
}

export async function listMigrations(client: PoolClient): Promise<string[]> {
  const { rows: found } = await client.query('select 1 from pg_class where oid = to_regclass($1)', [migrationTable]);
  if (found.length === 0) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${migrationTable} order by id`);
  return rows.map(({ name }) => name);
}

export async function listForeignKeys(client: PoolClient): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`,
  );
  return rows;
}

/** Tables, views and functions of the schema that belong to no extension. */
export async function listObjects(client: PoolClient): Promise<DatabaseObject[]> {
  const { rows } = await client.query<DatabaseObject>(
    `select case c.relkind when 'v' then 'view' else 'table' end as kind, quote_ident(c.relname) as name
     from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v') and c.relname <> $1 and not ${ofExtension('c')}
     union all
     select 'function', p.oid::regprocedure::text from pg_proc p
     where p.pronamespace = current_schema()::regnamespace and p.prokind = 'f' and not ${ofExtension('p')}`,
    [migrationTable],
  );
  return rows;
}
