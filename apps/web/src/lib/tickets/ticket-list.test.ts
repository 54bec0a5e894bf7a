import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListSource } from './list-source.ts';
import { ModelServer, rest } from './model-server.ts';
import { TicketList } from './ticket-list.svelte.ts';

const change = fc.oneof(
  fc.record({ act: fc.constant('touch' as const), at: fc.nat(300) }),
  fc.record({ act: fc.constant('enter' as const), at: fc.nat(50) }),
  fc.record({ act: fc.constant('leave' as const), at: fc.nat(300) }),
  fc.record({ act: fc.constant('look' as const), at: fc.nat(300) }),
);

it('shows what the server has after any history of changes, with rows looked at in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.array(change, { maxLength: 40 }), async (size, changes) => {
      const server = new ModelServer(size);
      const list = new TicketList(server.source, { settleMs: 0, retryMs: 0 });
      await list.open();
      for (const { act, at } of changes) {
        if (act === 'look') list.need(at, Math.min(at + 30, list.count));
        else server[act](at);
        await rest();
      }
      await rest();
      expect(list.count).toBe(server.tickets.length);

      // Whoever scrolls through all of it sees every ticket once, in order.
      for (let round = 0; round < 20 && list.ids.includes(null); round++) {
        list.need(0, list.count);
        await rest();
      }
      expect(list.ids).toEqual(server.tickets.map(({ id }) => id));
    }),
    { numRuns: 150 },
  );
});

it('ignores a change that an answer loaded later has overtaken', async () => {
  const server = new ModelServer(3);
  const list = new TicketList(server.source, { settleMs: 0, retryMs: 0 });
  await list.open();
  const [first] = server.tickets;
  if (!first) throw new Error('the model has three');

  server.send({ kind: 'CHANGED', ticketId: first.id, ticket: { ...first, version: 0, subject: 'stale' }, position: 'e:2' });

  expect(list.rows.get(first.id)?.subject).toBe(first.subject);
});

it('opens by itself once a server that did not answer is back', async () => {
  const server = new ModelServer(3);
  let away = true;
  const page: ListSource['page'] = (asked) => (away ? Promise.resolve({ page: null, fault: 'no connection' }) : server.source.page(asked));
  const list = new TicketList({ ...server.source, page }, { settleMs: 0, retryMs: 0 });
  await list.open();
  expect([list.ready, list.fault]).toEqual([false, 'no connection']);

  away = false;
  await rest();

  expect([list.ready, list.fault, list.count]).toEqual([true, null, 3]);
  list.close();
});
