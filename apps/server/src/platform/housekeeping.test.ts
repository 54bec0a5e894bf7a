import { afterAll, beforeAll, expect, it } from 'vitest';
import { World } from '../testing/world.ts';
import { post } from './mail/mailer.ts';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

it('takes away keys, sent drafts and letters that nobody can ask for any more, and keeps what is unsent', async () => {
  const ada = await world.person('AGENT');
  const add = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
  const save = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { id } } }`;
  const [sent, unsent] = [await world.ticket(), await world.ticket()];
  const draftId = crypto.randomUUID();
  await ada.run(save, { input: { ticketId: sent.id, kind: 'NOTE', id: draftId, body: '<p>x</p>', revision: 1 } });
  await ada.run(add, { input: { ticketId: sent.id, body: '<p>x</p>', draftId, idempotencyKey: 'old-enough' } });
  await ada.run(save, { input: { ticketId: unsent.id, kind: 'NOTE', id: crypto.randomUUID(), body: '<p>y</p>', revision: 1 } });
  const count = async () =>
    world.sql<object>(
      'select (select count(*)::int from idempotency_key) as keys, (select count(*)::int from draft) as drafts, (select count(*)::int from outgoing_mail) as letters',
    );
  await post(world.desk.orm.em.fork(), { workspaceId: world.workspaceId, recipient: 'a@desk.test', subject: 'x', body: 'x' }, new Date());
  const housekeeping = world.desk.housekeeping;

  await housekeeping.clean();
  expect(await count()).toEqual([{ keys: 1, drafts: 2, letters: 1 }]);
  await world.sql(`update idempotency_key set created_at = now() - interval '8 days'`);
  await world.sql(`update draft set updated_at = now() - interval '8 days'`);
  await world.sql(`update outgoing_mail set created_at = now() - interval '31 days'`);
  await housekeeping.clean();

  expect(await count()).toEqual([{ keys: 0, drafts: 1, letters: 0 }]);
});

it('takes entries of the security log away when the time for which they are kept is over, and the database none before', async () => {
  const owner = await world.person('OWNER');
  const KEEP = `mutation ($input: SecurityLogKeepInput!) { securityLogKeep(input: $input) { workspace { securityLogDays } userErrors { ... on UserError { code field } } } }`;
  const keep = async (days: number | null) => (await owner.run(KEEP, { input: { days } })).securityLogKeep;
  const insert = (days: number) =>
    world.sql(
      `insert into security_event (workspace_id, id, kind, address, user_agent, details, at) values (?, ?, 'DENIED', '', '', '{}', now() - ? * interval '1 day')`,
      [world.workspaceId, crypto.randomUUID(), days],
    );
  const held = async () =>
    Number(
      (
        await world.sql<{ count: string }>(`select count(*) from security_event where kind = 'DENIED' and workspace_id = ?`, [
          world.workspaceId,
        ])
      )[0]?.count,
    );
  const housekeeping = world.desk.housekeeping;
  await insert(20);
  await insert(50);

  await housekeeping.clean();
  expect(await held()).toBe(2);
  await expect(world.sql(`delete from security_event`)).rejects.toThrow('never changed');
  expect((await keep(5)).userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'days' }]);
  expect(await keep(30)).toEqual({ workspace: { securityLogDays: 30 }, userErrors: [] });
  await housekeeping.clean();

  expect(await held()).toBe(1);
  await expect(world.sql(`delete from security_event`)).rejects.toThrow('their time is over');
  const [told] = await world.sql<{ details: object }>(
    `select details from security_event where kind = 'WORKSPACE_CHANGED' order by id desc limit 1`,
  );
  expect(told?.details).toEqual({ securityLogDays: { from: null, to: 30 } });
  await keep(null);
});
