import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf, nodeOf } from './filter-groups.ts';
import { complete, readFilter, type FilterWorld } from './filter-text.ts';
import { readTree, textOf, type FilterNode } from './filter-tree.ts';

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
  fields: [
    { id: 'f1', key: 'size', type: 'NUMBER', names: ['Size'], options: [] },
    { id: 'f2', key: 'device', type: 'SELECT', names: ['Device'], options: [{ id: 'o1', names: ['Label printer', 'Принтер'] }] },
    { id: 'f3', key: 'tag', type: 'TEXT', names: ['Tag of the shelf'], options: [] },
    { id: 'f4', key: 'until', type: 'DATE', names: ['Until'], options: [] },
    { id: 'f5', key: 'paid', type: 'CHECKBOX', names: ['Paid'], options: [] },
    { id: 'f6', key: 'constructor', type: 'TEXT', names: ['Constructor'], options: [] },
  ],
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
    ['created:<7d', { createdWithinMinutes: 10_080 }],
    ['updated:<1d', { updatedWithinMinutes: 1440 }],
    ['updated:>7d', { not: { updatedWithinMinutes: 10_080 } }],
    ['updated:2026-03-01..', { updated: { from: new Date(2026, 2, 1).toISOString(), to: null } }],
    ['watcher:me', { watched: true }],
    ['watching:Ada', { watcherIds: ['m1'] }],
    ['client:none', { withoutRequester: true }],
    ['tag:none', { withoutTags: true }],
    ['is:reopened', { reopened: true }],
    ['-is:merged', { not: { merged: true } }],
    ['waiting:vendor', { waitingOn: ['VENDOR'] }],
    ['source:public-link', { sources: ['PUBLIC_LINK'] }],
    ['sla:<1h', { dueWithinMinutes: 60, not: { dueWithinMinutes: 0 } }],
    ['created:>7d', { not: { createdWithinMinutes: 10_080 } }],
    ['created:2026-03-01..2026-03-31', { created: { from: new Date(2026, 2, 1).toISOString(), to: new Date(2026, 3, 1).toISOString() } }],
    ['resolved:2026-03-01..', { resolved: { from: new Date(2026, 2, 1).toISOString(), to: null } }],
    ['size:3', { fields: [{ fieldId: 'f1', atLeast: '3', atMost: '3' }] }],
    ['size:..-1.5', { fields: [{ fieldId: 'f1', atLeast: null, atMost: '-1.5' }] }],
    ['size:>3', { fields: [{ fieldId: 'f1', atLeast: '3' }], not: { fields: [{ fieldId: 'f1', values: ['3'] }] } }],
    ['size:none', { fields: [{ fieldId: 'f1', empty: true }] }],
    ['device:"label printer",принтер', { any: Array.from({ length: 2 }, () => ({ fields: [{ fieldId: 'f2', values: ['o1'] }] })) }],
    ['field.tag:A1', { fields: [{ fieldId: 'f3', values: ['A1'] }] }],
    ['field.size:any', { fields: [{ fieldId: 'f1', empty: false }] }],
    ['until:2026-03-01', { fields: [{ fieldId: 'f4', atLeast: '2026-03-01', atMost: '2026-03-01' }] }],
    ['paid:yes', { fields: [{ fieldId: 'f5', values: ['true'] }] }],
    ['constructor:x', { fields: [{ fieldId: 'f6', values: ['x'] }] }],
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
    ['until:2026-02-31', { kind: 'value', at: 0, word: 'until:2026-02-31' }],
    ['size:big', { kind: 'value', at: 0, word: 'size:big' }],
    ['created:..', { kind: 'value', at: 0, word: 'created:..' }],
    ['tostring:x', { kind: 'key', at: 0, word: 'tostring' }],
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

  it('means the same after it was written out, and after it was put together by hand', () => {
    const condition = fc
      .constantFrom('tag:vip', 'team:"Second line"', 'due:<2h', 'is:open,snoozed', 'device:"Label printer"')
      .map((text) => readTree(text).tree as FilterNode);
    const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        condition,
        fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), parts: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ kind: fc.constant('not' as const), part: tie('node') }),
      ),
    }));
    // What is in it once groups of one and doubled denials are gone.
    const plain = (filter: object): unknown => {
      if ('not' in filter && Object.keys(filter).length === 1) {
        const inside = plain(filter.not as object) as { not?: unknown };
        return Object.keys(inside).length === 1 && inside.not ? inside.not : { not: inside };
      }
      for (const kind of ['all', 'any'] as const) {
        if (!(kind in filter)) continue;
        const parts = (filter as Record<string, object[]>)[kind]?.map(plain) ?? [];
        const flat = parts.flatMap((part) => (part as Record<string, unknown[]>)[kind] ?? [part]);
        return flat.length === 1 ? flat[0] : { [kind]: flat };
      }
      return filter;
    };
    const meaning = (text: string) => {
      const result = read(text);
      return 'filter' in result ? plain(result.filter) : result;
    };
    fc.assert(
      fc.property(node, (tree) => {
        const text = textOf(tree);
        const built = nodeOf(groupOf(tree));
        expect(meaning(textOf(readTree(text).tree as FilterNode))).toEqual(meaning(text));
        expect(meaning(textOf(built as FilterNode)), text).toEqual(meaning(text));
      }),
      { numRuns: 1000 },
    );
  });
});
