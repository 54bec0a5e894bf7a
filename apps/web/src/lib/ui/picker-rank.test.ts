import { expect, it } from 'vitest';
import { isSameText, rankOption } from './picker-rank.ts';

const best = (options: readonly string[], typed: string) =>
  options
    .map((text) => ({ text, rank: rankOption(text, typed) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ text }) => text);

it('finds options by their visible text, best match first', () => {
  const agents = ['Unassigned', 'Bohdan Shevchuk', 'Ada Lindqvist', 'Halyna Adamenko', 'Panama Team'];

  expect(best(agents, 'ada')).toEqual(['Ada Lindqvist', 'Halyna Adamenko']);
  expect(best(agents, 'sh')).toEqual(['Bohdan Shevchuk']);
  expect(best(agents, 'lind ada')).toEqual(['Ada Lindqvist']);
  expect(best(agents, 'ana')).toEqual(['Panama Team']);
});

it('never matches letters that are scattered over an option or hidden in an id', () => {
  expect(rankOption('Unassigned', 'aed')).toBe(0);
  expect(rankOption('Support', '0b5e')).toBe(0);
});

it('ignores case, accents and Unicode form, also in Ukrainian', () => {
  expect(rankOption('Їжак', 'ї'.normalize('NFD'))).toBeGreaterThan(0.5);
  expect(rankOption('Café', 'cafe')).toBe(1);
  expect(isSameText('VIP ', 'vip')).toBe(true);
  expect(isSameText('vip', 'vip-2')).toBe(false);
});

it('shows every option while nothing is typed', () => {
  expect(rankOption('Support', '  ')).toBe(1);
});
