import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';

/** Does something that only one of several nodes may do at a time, such as migrating. The others wait for their turn. */
export function exclusively<T>(orm: MikroORM, name: string, work: () => Promise<T>): Promise<T> {
  return orm.em.fork().transactional(async (em) => {
    await lockExclusively(em, name);
    return work();
  });
}

/** The same within a transaction that is open already. */
export async function lockExclusively(em: EntityManager, name: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtext(?))', [`baton ${name}`]);
}
