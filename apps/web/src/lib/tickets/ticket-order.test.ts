import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priorities } from '@baton/rules';
import { compareTickets, placeFor, type ListOrder, type Ordered } from './ticket-order.ts';

const field = { id: 'f1', type: 'TEXT', options: [] } as unknown as ListOrder['field'];
const ticket = fc.record({
  id: fc.uuid(),
  number: fc.integer({ min: 1, max: 999 }),
  updatedAt: fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000).toISOString()),
  priority: fc.constantFrom(...priorities),
  fields: fc.subarray(['2', '10', 'a', 'b'], { maxLength: 1 }).map((values) => [{ field: { id: 'f1' }, values }]),
  dueAt: fc.option(fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000).toISOString())),
});
const orders = fc
  .constantFrom('UPDATED', 'DUE', 'NUMBER', 'PRIORITY', 'QUEUE', 'FIELD', 'FIELD_DESCENDING')
  .map((order) => ({ order, field }) as ListOrder);
const tickets = fc.uniqueArray(ticket, { selector: ({ id }) => id, maxLength: 30 });

it('puts a ticket where a sorted list would have it', () => {
  fc.assert(
    fc.property(tickets, ticket, orders, (list, added, order) => {
      fc.pre(!list.some(({ id, number }) => id === added.id || number === added.number));
      const sorted = [...list].sort((a, b) => compareTickets(order, a, b));
      const place = placeFor(order, added, sorted);
      const expected = [...sorted, added].sort((a, b) => compareTickets(order, a, b));
      expect(sorted.toSpliced(place, 0, added).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }),
  );
});

it('keeps a gap of rows that were not looked at in one piece, on the right side of the rows that were', () => {
  const row = (number: number): Ordered => ({ id: String(number), number, priority: 'LOW', updatedAt: '', dueAt: null });
  const byNumber = { order: 'NUMBER', field: null } as const;
  const list = [row(90), row(80), null, null, null, row(20), row(10)];

  expect(placeFor(byNumber, row(95), list)).toBe(0);
  expect(placeFor(byNumber, row(85), list)).toBe(1);
  expect(placeFor(byNumber, row(15), list)).toBe(6);
  expect(placeFor(byNumber, row(5), list)).toBe(7);
  // Somewhere in the gap: nobody can say where, and nobody looks there.
  expect(placeFor(byNumber, row(50), list)).toBeGreaterThanOrEqual(2);
  expect(placeFor(byNumber, row(50), list)).toBeLessThanOrEqual(5);
});

it('puts numbers by their value, texts after them, choices as they are offered, and nothing last in either direction', () => {
  const row = (value: string | null): Ordered => ({
    id: String(value),
    number: 1,
    priority: 'LOW',
    updatedAt: '',
    dueAt: null,
    fields: value === null ? [] : [{ field: { id: 'f1' }, values: [value] }],
  });
  const sorted = (order: 'FIELD' | 'FIELD_DESCENDING', values: readonly (string | null)[], of = field) =>
    values
      .map(row)
      .sort((a, b) => compareTickets({ order, field: of }, a, b))
      .map(({ id }) => id);
  const choice = { id: 'f1', type: 'SELECT', options: [{ id: 'small' }, { id: 'large' }] } as unknown as ListOrder['field'];

  expect(sorted('FIELD', ['b', null, '10', 'A', '9'])).toEqual(['9', '10', 'A', 'b', 'null']);
  expect(sorted('FIELD_DESCENDING', ['b', null, '10', 'A', '9'])).toEqual(['b', 'A', '10', '9', 'null']);
  expect(sorted('FIELD', ['large', null, 'small'], choice)).toEqual(['small', 'large', 'null']);
});
