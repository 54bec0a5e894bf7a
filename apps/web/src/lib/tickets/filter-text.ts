import { openCategories, type Priority, type StatusCategory } from '@baton/rules';
import type { TicketFilterInput, TicketSource } from '#lib/graphql/generated/graphql.ts';

/** A thing of the desk, by its names. */
interface Named {
  readonly id: string;
  /** In every language: whoever types one must not wonder which is meant. */
  readonly names: readonly string[];
}

export interface FilterWorld {
  readonly statuses: readonly Named[];
  readonly teams: readonly Named[];
  readonly topics: readonly Named[];
  readonly members: readonly Named[];
  readonly tags: readonly Named[];
}

/** Why a text is no filter. `at`: where in it. */
export interface FilterFault {
  readonly kind: 'key' | 'value' | 'form' | 'end';
  readonly at: number;
  /** The word that is not understood. */
  readonly word: string;
}

/** `words`: what is looked for in the text of tickets, as it was typed; '' for nothing. */
type ReadFilter = { readonly filter: TicketFilterInput; readonly words: string } | { readonly fault: FilterFault };

type Token = { readonly kind: '(' | ')' | '-' | 'OR'; readonly at: number } | Condition | Word;
interface Condition {
  readonly kind: 'condition';
  readonly at: number;
  readonly key: string;
  readonly values: readonly string[];
}

interface Word {
  readonly kind: 'word';
  readonly at: number;
  /** With its quotation marks. */
  readonly text: string;
}

class Fault extends Error {
  constructor(readonly fault: FilterFault) {
    super(fault.kind);
  }
}

/**
 * A filter as people type it: `status:open,new team:"Second line" -assignee:none (tag:vip OR due:<2h)`. Conditions beside
 * each other must all hold; OR means any, a minus not, values after a comma any of them. Names count in either case.
 * Anything else is a word, or a "phrase", that is looked for in tickets; words stand beside conditions, not among choices.
 */
export function readFilter(text: string, world: FilterWorld): ReadFilter {
  try {
    const { words, conditions } = withoutWords(tokensOf(text));
    if (conditions.length === 0) return { filter: {}, words };
    return { filter: new Reader(conditions, world, text.length).read(), words };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

/** Words found in tickets are asked of the search, conditions of the list: a choice between the two is neither's. */
function withoutWords(tokens: readonly Token[]): { words: string; conditions: Token[] } {
  const words: string[] = [];
  const conditions: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === '(') depth += 1;
    if (token.kind === ')') depth -= 1;
    if (token.kind !== 'word') conditions.push(token);
    else if (depth > 0 || tokens.some(({ kind }) => kind === 'OR')) throw new Fault({ kind: 'form', at: token.at, word: token.text });
    else
      words.push(
        conditions.at(-1)?.kind === '-' && conditions.at(-1)?.at === token.at - 1 ? `${conditions.pop()?.kind}${token.text}` : token.text,
      );
  }
  return { words: words.join(' '), conditions };
}

/** What a list of such a text shows: closed tickets and spam for those alone who ask for a status. */
export function asList(text: string, filter: TicketFilterInput): TicketFilterInput {
  return /\b(status|is):/i.test(text) ? filter : { all: [filter, { not: { categories: ['CLOSED', 'SPAM'] } }] };
}

/** A value is a word, or anything between quotation marks. */
const valuePattern = String.raw`(?:"[^"]*"|[^\s,()"]+)`;
const conditionPattern = new RegExp(String.raw`^([a-z]+):(${valuePattern}(?:,${valuePattern})*)`, 'i');

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0];
    if (space) {
      at += space.length;
      continue;
    }
    const [first = ''] = rest;
    const word = /^"[^"]*"?|^[^\s()"]+/.exec(rest)?.[0] ?? first;
    const condition = conditionPattern.exec(rest);
    if (first === '(' || first === ')' || first === '-') {
      tokens.push({ kind: first, at });
      at += 1;
    } else if (/^OR(?=[\s(]|$)/i.test(rest)) {
      tokens.push({ kind: 'OR', at });
      at += 2;
    } else if (condition) {
      const [whole, key = '', values = ''] = condition;
      const list = values.match(new RegExp(valuePattern, 'g')) ?? [];
      tokens.push({ kind: 'condition', at, key: key.toLowerCase(), values: list.map((value) => value.replaceAll('"', '')) });
      at += whole.length;
    } else if (/^[a-z]+:/i.test(word)) {
      throw new Fault({ kind: 'form', at, word });
    } else {
      tokens.push({ kind: 'word', at, text: word });
      at += word.length;
    }
  }
  return tokens;
}

/** Reads by the precedence that people expect: not, then and, then or. */
class Reader {
  #next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly world: FilterWorld,
    private readonly end: number,
  ) {}

  read(): TicketFilterInput {
    const filter = this.#any();
    const left = this.#token;
    if (left) throw new Fault({ kind: 'form', at: left.at, word: left.kind });
    return filter;
  }

  get #token(): Token | undefined {
    return this.tokens[this.#next];
  }

  #any(): TicketFilterInput {
    const parts = [this.#all()];
    while (this.#token?.kind === 'OR') {
      this.#next += 1;
      parts.push(this.#all());
    }
    const [only = {}] = parts;
    return parts.length === 1 ? only : { any: parts };
  }

  #all(): TicketFilterInput {
    const parts: TicketFilterInput[] = [this.#one()];
    while (this.#token && this.#token.kind !== 'OR' && this.#token.kind !== ')') parts.push(this.#one());
    const [only = {}] = parts;
    return parts.length === 1 ? only : { all: parts };
  }

  #one(): TicketFilterInput {
    const token = this.#token;
    if (!token) throw new Fault({ kind: 'end', at: this.end, word: '' });
    this.#next += 1;
    if (token.kind === '-') return { not: this.#one() };
    if (token.kind === 'condition') return this.#condition(token);
    if (token.kind !== '(') throw new Fault({ kind: 'form', at: token.at, word: token.kind });
    const inside = this.#any();
    if (this.#token?.kind !== ')') throw new Fault({ kind: 'end', at: this.end, word: '(' });
    this.#next += 1;
    return inside;
  }

  #condition({ key, values, at }: Condition): TicketFilterInput {
    const make = conditions[key];
    if (!make) throw new Fault({ kind: 'key', at, word: key });
    const parts = values.map((value) => {
      const part = make(value, this.world);
      if (!part) throw new Fault({ kind: 'value', at, word: `${key}:${value}` });
      return part;
    });
    const [only = {}] = parts;
    return parts.length === 1 ? only : { any: parts };
  }
}

type Make = (value: string, world: FilterWorld) => TicketFilterInput | null;

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const idOf = (things: readonly Named[], name: string) =>
  things.find((one) => one.names.some((own) => same(own, name)))?.id ??
  // The beginning is enough where it is one thing's alone.
  only(things.filter((one) => one.names.some((own) => own.toLowerCase().startsWith(name.toLowerCase()))))?.id ??
  null;
const only = <One>(found: readonly One[]) => (found.length === 1 ? found[0] : undefined);

const minutesPer = { m: 1, h: 60, d: 1440 } as const;

/** `<30m`, `<2h`, `<3d` in minutes; null for anything else. */
function minutesIn(value: string): number | null {
  const [, amount, unit] = /^<(\d{1,5})([mhd])$/i.exec(value) ?? [];
  return amount && unit ? Number(amount) * minutesPer[unit.toLowerCase() as 'm'] : null;
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
    const id = idOf(tags, value);
    return id ? { tagIds: [id] } : null;
  },
  source(value) {
    const source = among(['EMAIL', 'WIDGET', 'AGENT', 'API', 'AUTOMATION', 'IMPORT'], value);
    return source ? { sources: [source as TicketSource] } : null;
  },
  due(value) {
    const minutes = minutesIn(value);
    if (minutes !== null) return { dueWithinMinutes: minutes, not: { dueWithinMinutes: 0 } };
    return same(value, 'overdue') ? { dueWithinMinutes: 0 } : null;
  },
  /** How long it has been in its status, at least. */
  waits(value) {
    const minutes = minutesIn(value.replace('>', '<'));
    return minutes === null ? null : { inStatusMinutes: minutes };
  },
  is(value) {
    if (same(value, 'open')) return { categories: [...openCategories] };
    if (same(value, 'snoozed')) return { snoozed: true };
    return same(value, 'unassigned') ? { unassigned: true } : null;
  },
};

const filterKeys = Object.keys(conditions);

/** What can stand after a key, for whoever looks for it. */
function valuesFor(key: string, world: FilterWorld): string[] {
  const named = (things: readonly Named[]) => things.flatMap(({ names }) => names.slice(0, 1));
  const words: Readonly<Record<string, () => string[]>> = {
    status: () => ['new', 'open', 'in-progress', 'waiting', 'resolved', 'closed', 'spam', ...named(world.statuses)],
    priority: () => ['low', 'normal', 'high', 'critical'],
    assignee: () => ['me', 'none', ...named(world.members)],
    team: () => ['mine', 'none', ...named(world.teams)],
    topic: () => ['none', ...named(world.topics)],
    tag: () => named(world.tags),
    source: () => ['email', 'widget', 'agent', 'api', 'automation', 'import'],
    due: () => ['overdue', '<30m', '<2h', '<1d'],
    waits: () => ['>1d', '>7d', '>30d'],
    is: () => ['open', 'snoozed', 'unassigned'],
  };
  return words[key]?.() ?? [];
}

interface Completion {
  /** From here on the text is replaced. */
  readonly from: number;
  readonly options: readonly string[];
}

/** What may come at the end of a text: keys, or the values of the key that stands there. */
export function complete(text: string, world: FilterWorld): Completion {
  const value = /(?:^|[\s(-])([a-z]+):(?:[^\s]*,)?("[^"]*|[^\s,()"]*)$/i.exec(text);
  const quoted = (word: string) => (/[\s,()]/.test(word) ? `"${word}"` : word);
  if (value) {
    const [, key = '', begun = ''] = value;
    const wanted = begun.replace('"', '').toLowerCase();
    const options = valuesFor(key.toLowerCase(), world).filter((one) => one.toLowerCase().startsWith(wanted));
    return { from: text.length - begun.length, options: [...new Set(options)].slice(0, 8).map(quoted) };
  }
  const word = /[a-z]*$/i.exec(text)?.[0] ?? '';
  const options = filterKeys.filter((key) => key.startsWith(word.toLowerCase())).map((key) => `${key}:`);
  return { from: text.length - word.length, options };
}
