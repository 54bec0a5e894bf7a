import { expect, it } from 'vitest';
import { snoozeChoices } from './snooze-choices.ts';

it('offers later today, tomorrow morning and the next Monday, and Monday not twice', () => {
  const choices = (year: number, month: number, day: number, hour: number) =>
    snoozeChoices(new Date(year, month, day, hour, 40)).map(({ key, at }) => [
      key,
      at.getDate(),
      at.getDay(),
      at.getHours(),
      at.getMinutes(),
    ]);

  // A Wednesday.
  expect(choices(2026, 1, 11, 10)).toEqual([
    ['later', 11, 3, 13, 0],
    ['tomorrow', 12, 4, 9, 0],
    ['monday', 16, 1, 9, 0],
  ]);
  // A Monday: the next one.
  expect(choices(2026, 1, 9, 8).at(-1)).toEqual(['monday', 16, 1, 9, 0]);
  // A Sunday, late: three hours later is no longer today, and tomorrow is Monday.
  expect(choices(2026, 1, 15, 22)).toEqual([['tomorrow', 16, 1, 9, 0]]);
  expect(choices(2026, 1, 15, 20)[0]).toEqual(['later', 15, 0, 23, 0]);
});
