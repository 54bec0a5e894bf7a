import { expect, it } from 'vitest';
import { duration, hoursAndMinutes, relativeTime } from './format.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T12:00:00Z');
const ago = (milliseconds: number) => relativeTime(new Date(now - milliseconds).toISOString(), now);

it.each([
  [1000, '1s ago'],
  [5 * 60_000, '5m ago'],
  [3 * 3_600_000, '3h ago'],
  [4 * day, '4d ago'],
  [90 * day, '3mo ago'],
  [1263 * day, '3y ago'],
])('says %d ms ago as %s', (passed, words) => {
  expect(ago(passed)).toBe(words);
});

it('never puts what just happened into the future, whatever the clocks say', () => {
  expect(ago(-900)).toBe('now');
});

it.each([
  [65_000, '1m 05s'],
  [-65_000, '1m 05s'],
  [7_260_000, '2h 1m'],
  [2 * day + 4 * 3_600_000, '2d 4h'],
  [5 * day, '5d'],
])('says a span of %d ms as %s', (span, words) => {
  expect(duration(span)).toBe(words);
});

it('counts working days by their own length', () => {
  const workingDay = 8 * 3_600_000;
  expect([5 * workingDay, 4.25 * workingDay, workingDay / 2].map((span) => duration(span, workingDay))).toEqual(['5d', '4d 2h', '4h 0m']);
});

it('sums spans of different working days in hours', () => {
  expect(hoursAndMinutes(41 * 3_600_000 + 20 * 60_000)).toBe('41h 20m');
});
