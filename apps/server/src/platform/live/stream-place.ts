import type { EntityManager } from '@mikro-orm/postgresql';
import type { StreamHead } from './stream-head.ts';

/** The end of a workspace's log as the database holds it. */
export type StreamPlace = Omit<StreamHead, 'at'>;

/**
 * The epoch in SQL, over a row of `stream`. It identifies the stored row and the database that holds it, because
 * positions can repeat in each of these cases: a dump restored elsewhere (system identifier, database OID), a dump
 * restored over the same database (OID of the table, and a trigger for rows that are inserted alone), recovery to a
 * point in time and failover (the WAL timeline, which begins the name of each WAL file; that of the last checkpoint
 * would lag by minutes).
 */
export const epochNow = `md5(concat_ws('.', epoch, (select system_identifier from pg_control_system()),
  (select oid from pg_database where datname = current_database()), 'stream'::regclass::oid,
  left(pg_walfile_name(pg_current_wal_lsn()), 8)))`;

/** Makes every stream a new one for its clients. SQL. */
export const renewEpochs = 'update stream set epoch = gen_random_uuid()';

export async function readPlace(em: EntityManager, workspaceId: string): Promise<StreamPlace> {
  const [place] = await readPlaces(em, [workspaceId]);
  if (!place) throw new Error(`workspace ${workspaceId} has no stream`);
  return place;
}

/** The places of several workspaces, in their order; null for one without a stream. */
export async function readPlaces(em: EntityManager, workspaceIds: readonly string[]): Promise<(StreamPlace | null)[]> {
  const rows: { workspace_id: string; epoch: string; position: string }[] = await em.execute(
    `select workspace_id, ${epochNow} as epoch, position from stream where workspace_id = any(?::uuid[])`,
    [`{${workspaceIds.join(',')}}`],
  );
  const places = new Map(rows.map((row) => [row.workspace_id, { epoch: row.epoch, position: Number(row.position) }]));
  return workspaceIds.map((id) => places.get(id) ?? null);
}
