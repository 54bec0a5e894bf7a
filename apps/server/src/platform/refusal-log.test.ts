import { afterEach, beforeEach, expect, it } from 'vitest';
import { World } from '../testing/world.ts';
import { createLogger } from './logger.ts';
import { RefusalLog } from './refusal-log.ts';
import { SecurityEventKind } from './security-log.ts';

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

it('keeps counting in a minute in which more names were refused than one row keeps', async () => {
  const at = new Date();
  const { em } = world.desk.systemScope(world.workspaceId);
  const logger = createLogger('silent');
  const countAll = async (names: readonly string[]): Promise<void> => {
    const log = new RefusalLog(
      () => em.fork(),
      () => at,
      logger,
    );
    for (const what of names) log.count({ workspaceId: world.workspaceId, kind: SecurityEventKind.SIGN_IN_REFUSED, what });
    await log.stop();
  };
  const first = Array.from({ length: 40 }, (_, index) => `late ${index}`);
  await countAll(first);
  await countAll(Array.from({ length: 40 }, (_, index) => `early ${index}`));

  const rows = await world.sql<{ count: number; what: string[] }>(
    `select count, details -> 'what' as what from security_event where minute is not null`,
  );
  expect(rows).toMatchObject([{ count: 80, what: expect.arrayContaining(first) }]);
  expect(rows[0]?.what).toHaveLength(50);
});
