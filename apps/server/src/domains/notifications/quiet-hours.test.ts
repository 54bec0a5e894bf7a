import { expect, it } from 'vitest';
import { afterQuiet, mailDueAt } from './quiet-hours.ts';

const kyiv = { timeZone: 'Europe/Kyiv', quietFrom: null, quietTo: null, quietDays: [] as number[] };
const night = { ...kyiv, quietFrom: 22 * 60, quietTo: 7 * 60 };
const at = (text: string) => new Date(text);

it.each([
  ['in the evening waits for the morning', night, '2026-11-19T21:00:00Z', '2026-11-20T05:00:00.000Z'],
  ['before dawn waits for the same morning', night, '2026-11-20T01:00:00Z', '2026-11-20T05:00:00.000Z'],
  ['by day waits for nothing', night, '2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
  ['at the very end of the quiet is told', night, '2026-11-20T05:00:00Z', '2026-11-20T05:00:00.000Z'],
  ['on a quiet weekend waits for Monday', { ...kyiv, quietDays: [6, 7] }, '2026-11-21T10:00:00Z', '2026-11-22T22:00:00.000Z'],
  ['on Friday night waits for Monday’s morning', { ...night, quietDays: [6, 7] }, '2026-11-20T22:00:00Z', '2026-11-23T05:00:00.000Z'],
  ['in the night the clocks go forward waits for seven o’clock all the same', night, '2026-03-28T22:00:00Z', '2026-03-29T04:00:00.000Z'],
  [
    'at noon in hours that do not go over midnight waits for their end',
    { ...kyiv, quietFrom: 720, quietTo: 780 },
    '2026-11-20T10:30:00Z',
    '2026-11-20T11:00:00.000Z',
  ],
])('what comes %s', (_what, quiet, from, until) => {
  expect(afterQuiet(quiet, at(from)).toISOString()).toBe(until);
});

it.each([
  ['a minute later', 'SOON', '2026-11-20T10:10:00Z', '2026-11-20T10:11:00.000Z'],
  ['at the full hour', 'HOUR', '2026-11-20T10:10:00Z', '2026-11-20T11:00:00.000Z'],
  ['at eight the same morning', 'DAY', '2026-11-20T05:00:00Z', '2026-11-20T06:00:00.000Z'],
  ['at eight the next morning', 'DAY', '2026-11-20T10:10:00Z', '2026-11-21T06:00:00.000Z'],
] as const)('a letter comes %s', (_what, emailEvery, from, until) => {
  expect(mailDueAt({ ...kyiv, emailEvery }, at(from)).toISOString()).toBe(until);
});
