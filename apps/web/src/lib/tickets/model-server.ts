import { priorities } from '@baton/rules';
import type { ListChange, ListSource, TicketRow } from './list-source.ts';
import { compareTickets } from './ticket-order.ts';

/** The server as a model: a sorted list, pages of it by cursor or offset, and a wire for changes. */
export class ModelServer {
  tickets: TicketRow[];
  #clock = 1000;
  #tellList: ((change: ListChange) => void) | undefined;

  constructor(size: number) {
    this.tickets = Array.from({ length: size }, (_, index) => this.#ticket(`t${String(index).padStart(4, '0')}`, index));
    this.#sort();
  }

  readonly source: ListSource = {
    order: { order: 'UPDATED', field: null },
    all: {},
    page: async ({ first, after, offset = 0, within }) => {
      const all = this.tickets.filter(({ priority }) => !within || within.priorities?.includes(priority));
      const start = after ? all.findIndex(({ id }) => id === after) + 1 : offset;
      const edges = all.slice(start, start + first).map((node) => ({ cursor: node.id, node }));
      return { page: { edges, totalCount: all.length, position: 'e:1' }, fault: null };
    },
    groups: async () => {
      const counts = priorities.map((key) => ({ key, count: this.tickets.filter(({ priority }) => priority === key).length }));
      return { groups: counts.filter(({ count }) => count > 0), fault: null };
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

  /** Its priority changes to the next one. */
  move(index: number): void {
    const known = this.tickets[index % Math.max(1, this.tickets.length)];
    if (!known) return;
    const priority = priorities[(priorities.indexOf(known.priority) + 1) % priorities.length] ?? 'LOW';
    this.tickets = this.tickets.map((one) => (one === known ? { ...known, priority } : one));
    this.touch(this.tickets.findIndex(({ id }) => id === known.id));
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
      priority: priorities[number % priorities.length],
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
    this.tickets.sort((a, b) => compareTickets({ order: 'UPDATED', field: null }, a, b));
  }
}

/** Until answers that are under way have come and the list has settled. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
