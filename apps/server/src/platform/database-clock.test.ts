import { afterAll, beforeAll, expect, it } from 'vitest';
import { World } from '../testing/world.ts';
import { DatabaseClock } from './database-clock.ts';
import { createLogger } from './logger.ts';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

it('tells the database’s time, whatever the node’s own clock says, and never goes back', async () => {
  const clock = new DatabaseClock(world.desk.orm, createLogger('silent'));
  await clock.start();
  const TrueDate = Date;
  const wrong = (off: number) =>
    Object.assign(globalThis, {
      Date: class extends TrueDate {
        static override now = () => TrueDate.now() + off;
      },
    });
  const told: number[] = [];
  try {
    for (const off of [600_000, -600_000, 0]) {
      wrong(off);
      await clock.look();
      told.push(clock.now().getTime());
    }
  } finally {
    Object.assign(globalThis, { Date: TrueDate });
    clock.stop();
  }
  const [row] = await world.sql<{ now: string }>('select extract(epoch from clock_timestamp()) * 1000 as now');

  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(Math.abs(Number(row?.now) - (told.at(-1) ?? 0))).toBeLessThan(1000);
});
