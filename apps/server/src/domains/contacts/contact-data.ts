import { limits, nameKey } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { requireLine } from '../../kernel/text.ts';

/** Something of a client that the card has no field for, such as `Contract: Gold`. */
export interface ContactDatum {
  readonly name: string;
  readonly value: string;
}

const most = 50;
const longestValue = 500;

/** Each name once, in the order given; what has no value is left out. */
export function requireData(given: readonly ContactDatum[]): ContactDatum[] {
  const data = given
    .filter(({ name, value }) => name.trim() !== '' && value.trim() !== '')
    .map(({ name, value }) => ({ name: requireLine('data', name, limits.name), value: value.trim() }));
  if (data.length > most) throw new InvalidInput(`A card has at most ${most} further details; ${data.length} were given.`, 'data');
  const long = data.find(({ value }) => value.length > longestValue);
  if (long) throw new InvalidInput(`"${long.name}" has ${long.value.length} characters; ${longestValue} are allowed. Shorten it.`, 'data');
  const twice = data.find(({ name }, index) => data.findIndex((other) => sameName(other.name, name)) !== index);
  if (twice) throw new InvalidInput(`"${twice.name}" stands there twice. Give each detail one value.`, 'data');
  return data;
}

/** What one card says, and what another says beside it. */
export function joinData(first: readonly ContactDatum[], second: readonly ContactDatum[]): ContactDatum[] {
  return [...first, ...second.filter(({ name }) => !first.some((one) => sameName(one.name, name)))].slice(0, most);
}

const sameName = (a: string, b: string) => nameKey(a) === nameKey(b);
