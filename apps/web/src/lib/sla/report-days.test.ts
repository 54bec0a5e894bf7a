import { expect, it } from 'vitest';
import { daysBetween } from './report-days.ts';

it('has every day once, also those on which nothing ended, and adds up the metrics', () => {
  const rows = [
    { key: '2026-02-27', met: 2, breached: 1 },
    { key: '2026-02-27', met: 3, breached: 0 },
    { key: '2026-03-02', met: 0, breached: 4 },
  ];
  const days = daysBetween(new Date(2026, 1, 27, 15), new Date(2026, 2, 3), rows, 'en');

  expect(days.map(({ day, label, met, breached }) => [day, label, met, breached])).toEqual([
    ['2026-02-27', 'Feb 27', 5, 1],
    ['2026-02-28', 'Feb 28', 0, 0],
    ['2026-03-01', 'Mar 1', 0, 0],
    ['2026-03-02', 'Mar 2', 0, 4],
  ]);
});
