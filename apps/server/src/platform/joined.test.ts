import { expect, it } from 'vitest';
import { joined } from './joined.ts';

/** A reader whose round trips end when they are told to. */
function slow() {
  const trips: { keys: readonly string[]; end: (fault?: Error) => void }[] = [];
  const ask = joined<string, string>(
    (keys) =>
      new Promise((resolve, reject) => {
        const round = trips.length;
        trips.push({ keys, end: (fault) => (fault ? reject(fault) : resolve(keys.map((key) => `${key} ${round}`))) });
      }),
  );
  return { trips, ask };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

it('answers those who ask while a round trip is under way by one that begins after it, and keeps nothing', async () => {
  const { trips, ask } = slow();
  const first = ask('a');
  await turn();
  const later = [ask('a'), ask('b'), ask('a')];
  await turn();
  expect(trips.map(({ keys }) => keys)).toEqual([['a']]);

  trips[0]?.end();
  expect(await first).toBe('a 0');
  await turn();
  expect(trips[1]?.keys).toEqual(['a', 'b']);
  trips[1]?.end();
  expect(await Promise.all(later)).toEqual(['a 1', 'b 1', 'a 1']);

  const alone = ask('a');
  await turn();
  trips[2]?.end();
  expect(await alone).toBe('a 2');
});

it('tells a fault to those whom it concerns, and goes on', async () => {
  const { trips, ask } = slow();
  const failed = ask('a');
  await turn();
  const after = ask('b');
  trips[0]?.end(new Error('gone'));
  await expect(failed).rejects.toThrow('gone');
  await turn();
  trips[1]?.end();
  expect(await after).toBe('b 1');
});
