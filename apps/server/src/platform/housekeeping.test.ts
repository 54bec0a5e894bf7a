import { afterAll, beforeAll, expect, it } from 'vitest';
import { World } from '../testing/world.ts';
import { Housekeeping } from './housekeeping.ts';
import { createLogger } from './logger.ts';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

it('takes away keys and sent drafts that nobody can ask for any more, and keeps what is unsent', async () => {
  const ada = await world.person('AGENT');
  const add = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
  const save = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { id } } }`;
  const [sent, unsent] = [await world.ticket(), await world.ticket()];
  const draftId = crypto.randomUUID();
  await ada.run(save, { input: { ticketId: sent.id, kind: 'NOTE', id: draftId, body: '<p>x</p>', revision: 1 } });
  await ada.run(add, { input: { ticketId: sent.id, body: '<p>x</p>', draftId, idempotencyKey: 'old-enough' } });
  await ada.run(save, { input: { ticketId: unsent.id, kind: 'NOTE', id: crypto.randomUUID(), body: '<p>y</p>', revision: 1 } });
  const count = async () =>
    world.sql<object>('select (select count(*)::int from idempotency_key) as keys, (select count(*)::int from draft) as drafts');
  const housekeeping = new Housekeeping(world.desk.orm, createLogger('silent'));

  await housekeeping.clean();
  expect(await count()).toEqual([{ keys: 1, drafts: 2 }]);
  await world.sql(`update idempotency_key set created_at = now() - interval '8 days'`);
  await world.sql(`update draft set updated_at = now() - interval '8 days'`);
  await housekeeping.clean();

  expect(await count()).toEqual([{ keys: 0, drafts: 1 }]);
});
