/** Why a text is no filter. `at`: where in it. */
export interface FilterFault {
  readonly kind: 'key' | 'value' | 'form' | 'end';
  readonly at: number;
  /** The word that is not understood. */
  readonly word: string;
}

export class Fault extends Error {
  constructor(readonly fault: FilterFault) {
    super(fault.kind);
  }
}

/** One condition: any of the values of a key. `at`: where it stands in what was typed. */
export interface FilterCondition {
  readonly kind: 'condition';
  readonly key: string;
  readonly values: readonly string[];
  readonly at: number;
}

/** What a filter says, as its text has it. */
export type FilterNode =
  | FilterCondition
  | { readonly kind: 'all' | 'any'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode };

type Token = { readonly kind: '(' | ')' | '-' | 'OR'; readonly at: number } | FilterCondition | Word;

interface Word {
  readonly kind: 'word';
  readonly at: number;
  /** With its quotation marks. */
  readonly text: string;
}

/**
 * The conditions of a text, null where there are none, and the words beside them. Throws a `Fault` for what is no filter.
 * Conditions beside each other must all hold; OR means any, a minus not, values after a comma any of them.
 */
export function readTree(text: string): { readonly tree: FilterNode | null; readonly words: string } {
  const { words, conditions } = withoutWords(tokensOf(text));
  return { tree: conditions.length === 0 ? null : new Reader(conditions, text.length).read(), words };
}

/** A value is a word, or anything between quotation marks. */
const valuePattern = String.raw`(?:"[^"]*"|[^\s,()"]+)`;
const keyPattern = '[a-z][a-z0-9_.]*';
const conditionPattern = new RegExp(String.raw`^(${keyPattern}):(${valuePattern}(?:,${valuePattern})*)`, 'i');
const keyAlonePattern = new RegExp(`^${keyPattern}:`, 'i');

/** What is being typed at the end of a text: a value of a key, or a word that may become a key. */
export function endOf(text: string): { readonly key: string | null; readonly begun: string } {
  const [, key, value] = new RegExp(String.raw`(?:^|[\s(-])(${keyPattern}):(?:[^\s]*,)?("[^"]*|[^\s,()"]*)$`, 'i').exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { key: key.toLowerCase(), begun: value };
  return { key: null, begun: new RegExp(`(?:${keyPattern})?$`, 'i').exec(text)?.[0] ?? '' };
}

/** A value as it is typed: between quotation marks where it would end too early. A text cannot hold such marks itself. */
export function quoted(value: string): string {
  const bare = value.replaceAll('"', '');
  return bare === '' || /[\s,()]/.test(bare) ? `"${bare}"` : bare;
}

/** What a tree says, as somebody would type it. */
export function textOf(node: FilterNode): string {
  if (node.kind === 'condition') return `${node.key}:${node.values.map(quoted).join(',')}`;
  if (node.kind === 'not') return `-${grouped(node.part, node.part.kind !== 'condition')}`;
  const isAny = node.kind === 'any';
  return node.parts.map((part) => grouped(part, part.kind === 'any' || (isAny && part.kind === 'all'))).join(isAny ? ' OR ' : ' ');
}

function grouped(node: FilterNode, inParentheses: boolean): string {
  return inParentheses ? `(${textOf(node)})` : textOf(node);
}

/** Words found in tickets are asked of the search, conditions of the list: a choice between the two is neither's. */
function withoutWords(tokens: readonly Token[]): { words: string; conditions: Exclude<Token, Word>[] } {
  const words: string[] = [];
  const conditions: Exclude<Token, Word>[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === '(') depth += 1;
    if (token.kind === ')') depth -= 1;
    const before = conditions.at(-1);
    if (token.kind !== 'word') conditions.push(token);
    else if (depth > 0 || tokens.some(({ kind }) => kind === 'OR')) throw new Fault({ kind: 'form', at: token.at, word: token.text });
    else if (before?.kind === '-' && before.at === token.at - 1) {
      conditions.pop();
      words.push(`-${token.text}`);
    } else words.push(token.text);
  }
  return { words: words.join(' '), conditions };
}

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
    } else if (keyAlonePattern.test(word)) {
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
    private readonly tokens: readonly Exclude<Token, Word>[],
    private readonly end: number,
  ) {}

  read(): FilterNode {
    const node = this.#any();
    const left = this.#token;
    if (left) throw new Fault({ kind: 'form', at: left.at, word: left.kind });
    return node;
  }

  get #token(): Exclude<Token, Word> | undefined {
    return this.tokens[this.#next];
  }

  #any(): FilterNode {
    const first = this.#all();
    const parts = [first];
    while (this.#token?.kind === 'OR') {
      this.#next += 1;
      parts.push(this.#all());
    }
    return parts.length === 1 ? first : { kind: 'any', parts };
  }

  #all(): FilterNode {
    const first = this.#one();
    const parts = [first];
    while (this.#token && this.#token.kind !== 'OR' && this.#token.kind !== ')') parts.push(this.#one());
    return parts.length === 1 ? first : { kind: 'all', parts };
  }

  #one(): FilterNode {
    const token = this.#token;
    if (!token) throw new Fault({ kind: 'end', at: this.end, word: '' });
    this.#next += 1;
    if (token.kind === '-') return { kind: 'not', part: this.#one() };
    if (token.kind === 'condition') return token;
    if (token.kind !== '(') throw new Fault({ kind: 'form', at: token.at, word: token.kind });
    const inside = this.#any();
    if (this.#token?.kind !== ')') throw new Fault({ kind: 'end', at: this.end, word: '(' });
    this.#next += 1;
    return inside;
  }
}
