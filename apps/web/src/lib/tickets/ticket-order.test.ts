import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareTickets, placeFor, type Ordered } from './ticket-order.ts';

const ticket = fc.record({
  id: fc.uuid(),
  number: fc.integer({ min: 1, max: 999 }),
  updatedAt: fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000).toISOString()),
  dueAt: fc.option(fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000).toISOString())),
});
const tickets = fc.uniqueArray(ticket, { selector: ({ id }) => id, maxLength: 30 });

it('puts a ticket where a sorted list would have it', () => {
  fc.assert(
    fc.property(tickets, ticket, fc.constantFrom('UPDATED' as const, 'DUE' as const, 'NUMBER' as const), (list, added, order) => {
      fc.pre(!list.some(({ id, number }) => id === added.id || number === added.number));
      const sorted = [...list].sort((a, b) => compareTickets(order, a, b));
      const place = placeFor(order, added, sorted);
      const expected = [...sorted, added].sort((a, b) => compareTickets(order, a, b));
      expect(sorted.toSpliced(place, 0, added).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }),
  );
});

it('keeps a gap of rows that were not looked at in one piece, on the right side of the rows that were', () => {
  const row = (number: number): Ordered => ({ id: String(number), number, updatedAt: '', dueAt: null });
  const list = [row(90), row(80), null, null, null, row(20), row(10)];

  expect(placeFor('NUMBER', row(95), list)).toBe(0);
  expect(placeFor('NUMBER', row(85), list)).toBe(1);
  expect(placeFor('NUMBER', row(15), list)).toBe(6);
  expect(placeFor('NUMBER', row(5), list)).toBe(7);
  // Somewhere in the gap: nobody can say where, and nobody looks there.
  expect(placeFor('NUMBER', row(50), list)).toBeGreaterThanOrEqual(2);
  expect(placeFor('NUMBER', row(50), list)).toBeLessThanOrEqual(5);
});
