import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListChange, ListSource, TicketRow } from './list-source.ts';
import { TicketList } from './ticket-list.svelte.ts';
import { compareTickets } from './ticket-order.ts';

/** The server as a model: a sorted list, pages of it by cursor or offset, and a wire for changes. */
class ModelServer {
  tickets: TicketRow[];
  #clock = 1000;
  #tellList: ((change: ListChange) => void) | undefined;

  constructor(size: number) {
    this.tickets = Array.from({ length: size }, (_, index) => this.#ticket(`t${String(index).padStart(4, '0')}`, index));
    this.#sort();
  }

  readonly source: ListSource = {
    order: 'UPDATED',
    all: {},
    page: async ({ first, after, offset = 0 }) => {
      const start = after ? this.tickets.findIndex(({ id }) => id === after) + 1 : offset;
      const edges = this.tickets.slice(start, start + first).map((node) => ({ cursor: node.id, node }));
      return { page: { edges, totalCount: this.tickets.length, position: 'e:1' }, fault: null };
    },
    follow: (_after, onChange) => {
      this.#tellList = onChange;
      return () => undefined;
    },
  };

  send(change: ListChange): void {
    this.#tellList?.(change);
  }

  touch(index: number): void {
    const known = this.tickets[index % Math.max(1, this.tickets.length)];
    if (!known) return;
    const ticket = { ...known, version: known.version + 1, updatedAt: this.#now() };
    this.tickets = this.tickets.map((one) => (one.id === ticket.id ? ticket : one));
    this.#sort();
    this.#tell('CHANGED', ticket.id, ticket);
  }

  enter(name: number): void {
    const ticket = this.#ticket(`n${name}`, name);
    if (this.tickets.some(({ id }) => id === ticket.id)) return;
    this.tickets = [...this.tickets, ticket];
    this.#sort();
    this.#tell('ENTERED', ticket.id, ticket);
  }

  leave(index: number): void {
    const gone = this.tickets[index % Math.max(1, this.tickets.length)];
    if (!gone) return;
    this.tickets = this.tickets.filter(({ id }) => id !== gone.id);
    this.#tell('LEFT', gone.id, null);
  }

  #tell(kind: ListChange['kind'], ticketId: string, ticket: TicketRow | null): void {
    this.send({ kind, ticketId, ticket, position: 'e:2' });
  }

  #ticket(id: string, number: number): TicketRow {
    return {
      id,
      number,
      subject: id,
      priority: 'NORMAL',
      version: 1,
      dueAt: null,
      createdAt: this.#now(),
      updatedAt: this.#now(),
    } as unknown as TicketRow;
  }

  #now(): string {
    return new Date(this.#clock++ * 1000).toISOString();
  }

  #sort(): void {
    this.tickets.sort((a, b) => compareTickets('UPDATED', a, b));
  }
}

/** Until answers that are under way have come and the list has settled. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

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
