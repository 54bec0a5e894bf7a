import { nameKey, openCategories, ticketSources, type Priority, type StatusCategory } from '@baton/rules';
import type { FieldType, TicketFilterInput, TicketSource, WaitingOn } from '#lib/graphql/generated/graphql.ts';
import { endOf, Fault, quoted, readTree, type FilterCondition, type FilterFault, type FilterNode } from './filter-tree.ts';

/** A thing of the desk, by its names. */
interface Named {
  readonly id: string;
  /** In every language: whoever types one must not wonder which is meant. */
  readonly names: readonly string[];
}

/** A field of the workspace's own. */
interface NamedField extends Named {
  readonly key: string;
  readonly type: FieldType;
  /** Of a select. */
  readonly options: readonly Named[];
}

export interface FilterWorld {
  readonly statuses: readonly Named[];
  readonly teams: readonly Named[];
  readonly topics: readonly Named[];
  readonly members: readonly Named[];
  readonly tags: readonly Named[];
  readonly fields: readonly NamedField[];
}

/** `words`: what is looked for in the text of tickets, as it was typed; '' for nothing. */
type ReadFilter = { readonly filter: TicketFilterInput; readonly words: string } | { readonly fault: FilterFault };

/**
 * A filter as people type it: `status:open,new team:"Second line" -assignee:none (tag:vip OR due:<2h)`. Names count in either
 * case. Anything that is no condition is a word, or a "phrase", that is looked for in tickets; words stand beside
 * conditions, not among choices.
 */
export function readFilter(text: string, world: FilterWorld): ReadFilter {
  try {
    const { tree, words } = readTree(text);
    return { filter: tree ? filterOf(tree, world) : {}, words };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

/** What a list of such a text shows: closed tickets and spam for those alone who ask for a status. */
export function asList(text: string, filter: TicketFilterInput): TicketFilterInput {
  return /\b(status|is):/i.test(text) ? filter : { all: [filter, { not: { categories: ['CLOSED', 'SPAM'] } }] };
}

function filterOf(node: FilterNode, world: FilterWorld): TicketFilterInput {
  if (node.kind === 'condition') return conditionOf(node, world);
  if (node.kind === 'not') return { not: filterOf(node.part, world) };
  const parts = node.parts.map((part) => filterOf(part, world));
  return node.kind === 'any' ? { any: parts } : { all: parts };
}

function conditionOf({ key, values, at }: FilterCondition, world: FilterWorld): TicketFilterInput {
  const make = makerFor(key, world);
  if (!make) throw new Fault({ kind: 'key', at, word: key });
  const parts = values.map((value) => {
    const part = make(value, world);
    if (!part) throw new Fault({ kind: 'value', at, word: `${key}:${value}` });
    return part;
  });
  const [only = {}] = parts;
  return parts.length === 1 ? only : { any: parts };
}

type Make = (value: string, world: FilterWorld) => TicketFilterInput | null;

/** What a field of the workspace's own is called in a text: its key, unless the desk has a condition of that name. */
export const fieldKey = ({ key }: Pick<NamedField, 'key'>) => (Object.hasOwn(conditions, key) ? `field.${key}` : key);

/** Other words for conditions. */
const aliases: Readonly<Record<string, string>> = { sla: 'due', requester: 'client', watching: 'watcher' };

function makerFor(key: string, { fields }: FilterWorld): Make | null {
  if (Object.hasOwn(conditions, key)) return conditions[key] ?? null;
  const field = fields.find((one) => fieldKey(one) === key || `field.${one.key}` === key);
  if (field) return (value, world) => ofField(field, value, world);
  return Object.hasOwn(aliases, key) ? (conditions[aliases[key] ?? ''] ?? null) : null;
}

const same = (a: string, b: string) => nameKey(a) === nameKey(b);
const typed = (name: string) => nameKey(name.replaceAll('"', ''));
const idOf = (things: readonly Named[], name: string) =>
  things.find((one) => one.names.some((own) => typed(own) === typed(name)))?.id ??
  // The beginning is enough where it is one thing's alone.
  only(things.filter((one) => one.names.some((own) => typed(own).startsWith(typed(name)))))?.id ??
  null;
const only = <One>(found: readonly One[]) => (found.length === 1 ? found[0] : undefined);

const minutesPer = { m: 1, h: 60, d: 1440 } as const;

/** `<30m`, `>2h`, `<3d` in minutes; null for anything else. */
function distanceIn(value: string): { sign: '<' | '>'; minutes: number } | null {
  const [, sign, amount, unit] = /^([<>])(\d{1,5})([mhd])$/i.exec(value) ?? [];
  return amount && unit ? { sign: sign as '<', minutes: Number(amount) * minutesPer[unit.toLowerCase() as 'm'] } : null;
}

/** The bounds of `2..5`, `..5`, `2..` and `2`; null for anything else. `isOne`: whether a text is such a bound. */
function rangeIn(value: string, isOne: (text: string) => boolean): { from: string | null; to: string | null } | null {
  const [from = '', to = from, ...more] = value.split('..');
  if (more.length > 0 || (from === '' && to === '') || ![from, to].every((one) => one === '' || isOne(one))) return null;
  return { from: from || null, to: to || null };
}

const isNumber = (text: string) => /^-?\d{1,15}(\.\d{1,9})?$/.test(text);

/** Of the calendar: not such as the 31st of February. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The midnight that begins a day where the viewer is, or the one that ends it. */
function midnightOf(day: string, daysOn: 0 | 1): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysOn);
}

/** `2026-03-01`, `2026-03-01..2026-03-31`, or open at one end, as instants: from, and up to without it. */
function daysIn(value: string): { from: string | null; to: string | null } | null {
  const range = rangeIn(value, isDay);
  if (!range) return null;
  return {
    from: range.from && midnightOf(range.from, 0).toISOString(),
    to: range.to && midnightOf(range.to, 1).toISOString(),
  };
}

const among = (words: readonly string[], value: string) => words.find((word) => same(word, value.replaceAll('-', '_')));

const conditions: Readonly<Record<string, Make>> = {
  status(value, { statuses }) {
    const id = idOf(statuses, value);
    const category = among(['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING', 'RESOLVED', 'CLOSED', 'SPAM'], value);
    if (category) return { categories: [category as StatusCategory] };
    return id ? { statusIds: [id] } : null;
  },
  priority(value) {
    const priority = among(['LOW', 'NORMAL', 'HIGH', 'CRITICAL'], value);
    return priority ? { priorities: [priority as Priority] } : null;
  },
  assignee(value, { members }) {
    if (same(value, 'me')) return { mine: true };
    if (same(value, 'none')) return { unassigned: true };
    const id = idOf(members, value);
    return id ? { assigneeIds: [id] } : null;
  },
  team(value, { teams }) {
    if (same(value, 'mine')) return { myTeams: true };
    if (same(value, 'none')) return { withoutTeam: true };
    const id = idOf(teams, value);
    return id ? { teamIds: [id] } : null;
  },
  topic(value, { topics }) {
    if (same(value, 'none')) return { withoutTopic: true };
    const id = idOf(topics, value);
    return id ? { topicIds: [id] } : null;
  },
  tag(value, { tags }) {
    if (same(value, 'none')) return { withoutTags: true };
    const id = idOf(tags, value);
    return id ? { tagIds: [id] } : null;
  },
  watcher(value, { members }) {
    if (same(value, 'me')) return { watched: true };
    const id = idOf(members, value);
    return id ? { watcherIds: [id] } : null;
  },
  client: (value) => (same(value, 'none') ? { withoutRequester: true } : same(value, 'any') ? { not: { withoutRequester: true } } : null),
  source(value) {
    const source = among(ticketSources, value);
    return source ? { sources: [source as TicketSource] } : null;
  },
  /** What its status waits on. */
  waiting(value) {
    const waitingOn = among(['CUSTOMER', 'VENDOR'], value);
    return waitingOn ? { waitingOn: [waitingOn as WaitingOn] } : null;
  },
  due(value) {
    const distance = distanceIn(value);
    if (distance?.sign === '<') return { dueWithinMinutes: distance.minutes, not: { dueWithinMinutes: 0 } };
    return same(value, 'overdue') ? { dueWithinMinutes: 0 } : null;
  },
  /** How long it has been in its status, at least. */
  waits(value) {
    const distance = distanceIn(value);
    return distance?.sign === '>' ? { inStatusMinutes: distance.minutes } : null;
  },
  created(value) {
    const distance = distanceIn(value);
    if (distance?.sign === '<') return { createdWithinMinutes: distance.minutes };
    if (distance) return { not: { createdWithinMinutes: distance.minutes } };
    const created = daysIn(value);
    return created && { created };
  },
  updated(value) {
    const distance = distanceIn(value);
    if (distance?.sign === '<') return { updatedWithinMinutes: distance.minutes };
    if (distance) return { not: { updatedWithinMinutes: distance.minutes } };
    const updated = daysIn(value);
    return updated && { updated };
  },
  resolved(value) {
    const resolved = daysIn(value);
    return resolved && { resolved };
  },
  is(value) {
    if (same(value, 'open')) return { categories: [...openCategories] };
    if (same(value, 'snoozed')) return { snoozed: true };
    if (same(value, 'reopened')) return { reopened: true };
    if (same(value, 'merged')) return { merged: true };
    return same(value, 'unassigned') ? { unassigned: true } : null;
  },
};

function ofField({ id: fieldId, type, options }: NamedField, value: string, { members }: FilterWorld): TicketFilterInput | null {
  const holds = (...values: string[]): TicketFilterInput => ({ fields: [{ fieldId, values }] });
  const named = (things: readonly Named[]) => {
    const id = idOf(things, value);
    return id ? holds(id) : null;
  };
  const between = (range: { from: string | null; to: string | null } | null): TicketFilterInput | null =>
    range && { fields: [{ fieldId, atLeast: range.from, atMost: range.to }] };
  if (same(value, 'none')) return { fields: [{ fieldId, empty: true }] };
  if (same(value, 'any')) return { fields: [{ fieldId, empty: false }] };
  if (type === 'SELECT' || type === 'MULTI_SELECT') return named(options);
  if (type === 'MEMBER') return named(members);
  if (type === 'CONTACT') return null;
  if (type === 'CHECKBOX') {
    const word = { yes: 'true', true: 'true', no: 'false', false: 'false' }[value.toLowerCase()];
    return word ? holds(word) : null;
  }
  if (type === 'NUMBER') {
    const [, sign = '', bound = ''] = /^([<>]?)(.*)$/.exec(value) ?? [];
    if (sign === '') return between(rangeIn(value, isNumber));
    if (!isNumber(bound)) return null;
    return { fields: [{ fieldId, [sign === '<' ? 'atMost' : 'atLeast']: bound }], not: holds(String(Number(bound))) };
  }
  if (type === 'DATE') return between(rangeIn(value, isDay));
  if (type === 'DATE_TIME') {
    const days = daysIn(value);
    // The last instant of a day: a bound is part of what it bounds.
    return between(days && { from: days.from, to: days.to && new Date(Date.parse(days.to) - 1).toISOString() });
  }
  return holds(type === 'EMAIL' ? value.toLowerCase() : value);
}

/** How the values of a key are given: chosen among some, or typed, as these were. */
export interface FilterValues {
  readonly options: readonly string[];
  readonly isTyped: boolean;
}

/** What can stand after a key, for whoever looks for it. */
export function valuesFor(key: string, world: FilterWorld): FilterValues {
  const named = (things: readonly Named[]) => things.flatMap(({ names }) => names.slice(0, 1));
  const chosen = (...options: string[]): FilterValues => ({ options, isTyped: false });
  const as = (...options: string[]): FilterValues => ({ options, isTyped: true });
  const today = new Date().toLocaleDateString('sv');
  const words: Readonly<Record<string, () => FilterValues>> = {
    status: () => chosen('new', 'open', 'in-progress', 'waiting', 'resolved', 'closed', 'spam', ...named(world.statuses)),
    priority: () => chosen('low', 'normal', 'high', 'critical'),
    assignee: () => chosen('me', 'none', ...named(world.members)),
    team: () => chosen('mine', 'none', ...named(world.teams)),
    topic: () => chosen('none', ...named(world.topics)),
    tag: () => chosen('none', ...named(world.tags)),
    watcher: () => chosen('me', ...named(world.members)),
    client: () => chosen('none', 'any'),
    source: () => chosen(...ticketSources.map((source) => source.toLowerCase().replaceAll('_', '-'))),
    waiting: () => chosen('customer', 'vendor'),
    due: () => as('overdue', '<30m', '<2h', '<1d'),
    waits: () => as('>1d', '>7d', '>30d'),
    created: () => as('<1d', '<7d', '>30d', today, `${today}..`),
    updated: () => as('<1d', '<7d', '>30d', today, `..${today}`),
    resolved: () => as(today, `${today}..`),
    is: () => chosen('open', 'snoozed', 'reopened', 'merged', 'unassigned'),
  };
  const field = world.fields.find((one) => fieldKey(one) === key || `field.${one.key}` === key);
  const ofType = (): FilterValues => {
    if (field?.type === 'SELECT' || field?.type === 'MULTI_SELECT') return chosen('none', 'any', ...named(field.options));
    if (field?.type === 'MEMBER') return chosen('none', 'any', ...named(world.members));
    if (field?.type === 'CHECKBOX') return chosen('yes', 'no', 'none');
    if (field?.type === 'CONTACT') return chosen('none', 'any');
    if (field?.type === 'NUMBER') return as('none', 'any', '>10', '1..5');
    return field?.type === 'DATE' || field?.type === 'DATE_TIME' ? as('none', 'any', today, `..${today}`) : as('none', 'any');
  };
  if (Object.hasOwn(words, key)) return words[key]?.() ?? as();
  return field ? ofType() : as();
}

/** All that a filter can ask of, in the order in which it is offered. */
export const filterKeys = ({ fields }: FilterWorld): string[] => [...Object.keys(conditions), ...fields.map(fieldKey)];

interface Completion {
  /** From here on the text is replaced. */
  readonly from: number;
  readonly options: readonly string[];
}

/** What may come at the end of a text: keys, or the values of the key that stands there. */
export function complete(text: string, world: FilterWorld): Completion {
  const { key, begun } = endOf(text);
  const from = text.length - begun.length;
  if (key === null) {
    const options = filterKeys(world).filter((one) => one.startsWith(begun.toLowerCase()));
    return { from, options: options.map((one) => `${one}:`) };
  }
  const wanted = typed(begun);
  const options = valuesFor(key, world).options.filter((one) => nameKey(one).startsWith(wanted));
  return { from, options: [...new Set(options)].slice(0, 8).map(quoted) };
}
