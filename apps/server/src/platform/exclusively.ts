import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';

/** Does something that only one of several nodes may do at a time, such as migrating. The others wait for their turn. */
export function exclusively<T>(orm: MikroORM, name: string, work: () => Promise<T>): Promise<T> {
  return orm.em.fork().transactional(async (em) => {
    await lockExclusively(em, name);
    return work();
  });
}

/** The same within a transaction that is open already. It has no time limits from then on. */
export async function lockExclusively(em: EntityManager, name: string): Promise<void> {
  // The wait for the turn and the transaction that holds it take as long as the work of all nodes.
  for (const setting of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
    await em.execute(`set local ${setting} = 0`);
  }
  await em.execute('select pg_advisory_xact_lock(hashtext(?))', [`baton ${name}`]);
}
