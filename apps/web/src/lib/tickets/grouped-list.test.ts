import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priorities } from '@baton/rules';
import { GroupedList } from './grouped-list.svelte.ts';
import { ModelServer, rest } from './model-server.ts';

const urgentFirst = (a: string | null, b: string | null) => priorities.indexOf(b as 'LOW') - priorities.indexOf(a as 'LOW');
const open = async (server: ModelServer) => {
  const list = new GroupedList(server.source, 'PRIORITY', urgentFirst, { settleMs: 0, retryMs: 0 });
  await list.open();
  return list;
};

const change = fc.record({
  act: fc.constantFrom('touch' as const, 'move' as const, 'enter' as const, 'leave' as const, 'look' as const, 'fold' as const),
  at: fc.nat(300),
});

it('shows each group with its tickets after any history of changes, looked at and folded in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 150 }), fc.array(change, { maxLength: 30 }), async (size, changes) => {
      const server = new ModelServer(size);
      const list = await open(server);
      for (const { act, at } of changes) {
        if (act === 'look') list.need(at, at + 30);
        else if (act === 'fold') list.fold(priorities[at % priorities.length] ?? null);
        else server[act](at);
        await rest();
      }
      for (const key of [...list.folded]) list.fold(key);
      for (let round = 0; round < 30; round++) {
        list.need(0, list.count);
        await rest();
      }

      const expected = [...priorities].reverse().flatMap((key) => {
        const own = server.tickets.filter(({ priority }) => priority === key).map(({ id }) => id);
        return own.length > 0 ? [`${key} ${own.length}`, ...own] : [];
      });
      const shown = Array.from({ length: list.count }, (_, index) => {
        const heading = list.heading(index);
        return heading ? `${heading.key} ${heading.count}` : list.row(index)?.id;
      });
      expect(shown).toEqual(expected);
      expect(list.total).toBe(server.tickets.length);
      list.close();
    }),
    { numRuns: 40 },
  );
});

it('loads a group when it comes in view, and takes no places for one that is folded', async () => {
  const server = new ModelServer(200);
  const list = await open(server);
  expect([list.count, list.total, list.heading(0)]).toEqual([204, 200, { key: 'CRITICAL', count: 50 }]);

  list.need(0, 30);
  await rest();
  expect([list.row(1)?.priority, list.row(52)]).toEqual(['CRITICAL', null]);

  list.fold('CRITICAL');
  expect([list.count, list.heading(1)?.key]).toEqual([154, 'HIGH']);
  list.close();
});
