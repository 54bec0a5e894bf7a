import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World } from '../testing/world.ts';
import { allowLogChange } from './event-log.ts';

let world: World;
let eventId: string;

beforeAll(async () => {
  world = await World.open();
  const { id } = await world.ticket();
  await waitFor(async () => (await world.sql('select 1 from event where position is null')).length === 0, 'the relay');
  const [event] = await world.sql<{ id: string }>('select id from event where ticket_id = ?', [id]);
  eventId = event?.id ?? '';
});
afterAll(() => world.close());

const refused = 'The event log is append-only';

it('refuses to change any column of an event', async () => {
  const columns = await world.sql<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'event'::regclass and attnum > 0 and not attisdropped`,
  );
  const guarded = await world.sql<{ name: string }>(
    `select distinct a.attname as name from pg_trigger t join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = any(t.tgattr)
     where t.tgrelid = 'event'::regclass`,
  );
  expect(guarded.map(({ name }) => name).sort()).toEqual(columns.map(({ name }) => name).sort());

  for (const change of [`type = 'x'`, `changes = '[]'`, `facets = '{}'`, `position = position + 1000`, `actor_id = gen_random_uuid()`])
    await expect(world.sql(`update event set ${change} where id = ?`, [eventId]), change).rejects.toThrow(refused);
});

it.each(['event', 'security_event', 'setting_version'])('refuses to delete from %s and to truncate it', async (table) => {
  await world.sql(
    `insert into security_event (workspace_id, id, kind, address, user_agent, details, at) values (?, gen_random_uuid(), 'X', '', '', '{}', now())`,
    [world.workspaceId],
  );
  const admin = await world.person('ADMIN');
  await admin.run('mutation ($i: TeamCreateInput!) { teamCreate(input: $i) { team { id } } }', { i: { name: `Team of ${table}` } });
  await world.ticket();
  expect(await world.sql(`select 1 from ${table}`)).not.toHaveLength(0);

  await expect(world.sql(`delete from ${table}`)).rejects.toThrow(/append-only|never changed/);
  await expect(world.sql(`truncate ${table} cascade`)).rejects.toThrow('never changed');
});

it('lets erasure change values and facets, and retention delete, within one transaction', async () => {
  const em = world.desk.orm.em.fork();
  await em.transactional(async (tx) => {
    await allowLogChange(tx, 'erase');
    await tx.execute(`update event set changes = '[]', facets = '{}' where id = ?`, [eventId]);
  });
  expect(await world.sql('select changes, facets from event where id = ?', [eventId])).toEqual([{ changes: [], facets: {} }]);

  const erase = (query: string) =>
    em.transactional(async (tx) => {
      await allowLogChange(tx, 'erase');
      await tx.execute(query, [eventId]);
    });
  await expect(erase(`update event set actor_id = gen_random_uuid() where id = ?`)).rejects.toThrow(refused);
  await expect(erase('delete from event where id = ?')).rejects.toThrow(refused);

  await em.transactional(async (tx) => {
    await allowLogChange(tx, 'retention');
    await tx.execute('delete from event where id = ?', [eventId]);
  });
  // The permission ends with the transaction.
  expect(await world.sql('select 1 from event')).not.toHaveLength(0);
  await expect(world.sql('delete from event')).rejects.toThrow(refused);
});
