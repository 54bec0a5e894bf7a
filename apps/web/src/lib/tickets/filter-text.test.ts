import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, readFilter, type FilterWorld } from './filter-text.ts';

const world: FilterWorld = {
  statuses: [{ id: 's1', names: ['Waiting on vendor', 'Чекаємо постачальника'] }],
  teams: [
    { id: 't1', names: ['Support'] },
    { id: 't2', names: ['Second line'] },
    { id: 't3', names: ['Second opinion'] },
  ],
  topics: [{ id: 'p1', names: ['Refunds', 'Повернення'] }],
  members: [{ id: 'm1', names: ['Ada Lindqvist'] }],
  tags: [{ id: 'g1', names: ['vip'] }],
};
const read = (text: string) => readFilter(text, world);

describe('a filter that is typed', () => {
  it.each([
    ['', {}],
    ['status:open', { categories: ['OPEN'] }],
    ['status:in-progress', { categories: ['IN_PROGRESS'] }],
    ['Status:"waiting on vendor"', { statusIds: ['s1'] }],
    ['status:"Чекаємо постачальника"', { statusIds: ['s1'] }],
    ['team:supp', { teamIds: ['t1'] }],
    ['team:none', { withoutTeam: true }],
    ['assignee:me', { mine: true }],
    ['assignee:Ada', { assigneeIds: ['m1'] }],
    ['due:<2h', { dueWithinMinutes: 120, not: { dueWithinMinutes: 0 } }],
    ['due:overdue', { dueWithinMinutes: 0 }],
    ['waits:>3d', { inStatusMinutes: 4320 }],
    ['priority:high,critical', { any: [{ priorities: ['HIGH'] }, { priorities: ['CRITICAL'] }] }],
    ['-tag:vip', { not: { tagIds: ['g1'] } }],
    ['tag:vip topic:refunds', { all: [{ tagIds: ['g1'] }, { topicIds: ['p1'] }] }],
    [
      'tag:vip is:open OR is:snoozed',
      { any: [{ all: [{ tagIds: ['g1'] }, { categories: ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'] }] }, { snoozed: true }] },
    ],
    ['tag:vip (source:api or source:email)', { all: [{ tagIds: ['g1'] }, { any: [{ sources: ['API'] }, { sources: ['EMAIL'] }] }] }],
    ['-(tag:vip -team:none)', { not: { all: [{ tagIds: ['g1'] }, { not: { withoutTeam: true } }] } }],
  ])('means what it says: %s', (text, filter) => {
    expect(read(text)).toEqual({ filter, words: '' });
  });

  it.each([
    ['printer', {}, 'printer'],
    [
      'printer tag:vip "paper jam" -ink is:open',
      { all: [{ tagIds: ['g1'] }, { categories: ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'] }] },
      'printer "paper jam" -ink',
    ],
    ['-tag:vip #42', { not: { tagIds: ['g1'] } }, '#42'],
  ])('looks for the words beside its conditions: %s', (text, filter, words) => {
    expect(read(text)).toEqual({ filter, words });
  });

  it.each([
    ['colour:red', { kind: 'key', at: 0, word: 'colour' }],
    ['status:open tag:nobody', { kind: 'value', at: 12, word: 'tag:nobody' }],
    // Two teams begin so.
    ['team:second', { kind: 'value', at: 0, word: 'team:second' }],
    ['tag:vip OR printer', { kind: 'form', at: 11, word: 'printer' }],
    ['(printer tag:vip)', { kind: 'form', at: 1, word: 'printer' }],
    ['status:', { kind: 'form', at: 0, word: 'status:' }],
    ['(tag:vip', { kind: 'end', at: 8, word: '(' }],
    ['tag:vip OR', { kind: 'end', at: 10, word: '' }],
    ['tag:vip )', { kind: 'form', at: 8, word: ')' }],
    ['due:<1y', { kind: 'value', at: 0, word: 'due:<1y' }],
  ])('says where and why it is none: %s', (text, fault) => {
    expect(read(text)).toEqual({ fault });
  });

  it('is read or refused whatever is typed, and never anything else', () => {
    const piece = fc.oneof(
      fc.constantFrom('status:open', 'tag:vip', 'OR', '(', ')', '-', 'team:"Second line"', 'is:', 'due:<', '"', ','),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const result = read(pieces.join(' '));
        expect('filter' in result || result.fault.at <= pieces.join(' ').length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is completed: keys, then their values, with quotation marks where they are needed', () => {
    expect(complete('', world).options).toContain('status:');
    expect(complete('tag:vip as', world)).toEqual({ from: 8, options: ['assignee:'] });
    expect(complete('team:se', world)).toEqual({ from: 5, options: ['"Second line"', '"Second opinion"'] });
    expect(complete('tag:vip -(priority:low,hi', world)).toEqual({ from: 23, options: ['high'] });
    expect(complete('team:"sec', world)).toEqual({ from: 5, options: ['"Second line"', '"Second opinion"'] });
  });

  it('takes every completion as something that it understands', () => {
    for (const key of complete('', world).options) {
      for (const value of complete(key, world).options) expect(read(`${key}${value}`), `${key}${value}`).toHaveProperty('filter');
    }
  });
});
