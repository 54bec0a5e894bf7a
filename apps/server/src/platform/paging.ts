import { limits } from '@baton/rules';
import { InvalidInput } from '../kernel/domain-error.ts';
import { isId } from '../kernel/id.ts';
import { cleanText } from '../kernel/text.ts';

/** Refuses a page size outside of the limits. */
export function requirePageSize(field: 'first' | 'last', size: number): number {
  if (size >= 1 && size <= limits.pageSize) return size;
  throw new InvalidInput(`A page has 1 to ${limits.pageSize} rows; \`${field}\` is ${size}. Use cursors to read more.`, field);
}

/** The type that PostgreSQL gives a sort key. */
export type KeyType = 'uuid' | 'timestamptz' | 'integer' | 'double precision' | 'text';

/** Sorts after all other values. */
const isInfinite = (text: string) => /^-?infinity$/i.test(text);

/** What PostgreSQL would refuse to read must not reach it: a forged cursor is the caller's error. */
const isOfType: Readonly<Record<KeyType, (text: string) => boolean>> = {
  uuid: isId,
  timestamptz: (text) =>
    isInfinite(text) || (/^\d{4}-\d\d-\d\d[ T][\d:.]{8,15}(Z|[+-]\d\d(:\d\d)?)$/.test(text) && !Number.isNaN(instantOf(text).getTime())),
  integer: (text) => /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= 2_147_483_647,
  'double precision': (text) =>
    isInfinite(text) || (text.trim() === text && text !== '' && Number.isFinite(Number(text)) && text.length < 40),
  text: (text) => cleanText(text) === text,
};

/** An instant as PostgreSQL or JavaScript writes it: PostgreSQL leaves out the minutes of a zone of whole hours. */
function instantOf(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}

/** A place in an ordered list, as text that clients keep and do not read. */
export function writeCursor(list: string, keys: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...keys])).toString('base64url');
}

/** The sort keys in a cursor of a list; null for any other text. */
export function readCursor(list: string, types: readonly KeyType[], cursor: string): readonly string[] | null {
  const [from, ...keys] = partsOf(cursor);
  const isOfList = from === list && keys.length === types.length && keys.every((key, index) => isOfType[types[index] ?? 'text'](key));
  return isOfList ? keys : null;
}

const longestCursor = 4000;

function partsOf(cursor: string): readonly string[] {
  if (cursor.length > longestCursor) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

export function invalidCursor(field: 'after' | 'before'): InvalidInput {
  return new InvalidInput(`Invalid cursor in \`${field}\`. Use a cursor that the same list returned.`, field);
}

type SortKey = string | number | Date;

/** The cursors of a list that has one order. */
export class Cursors<Row> {
  constructor(
    private readonly list: string,
    private readonly types: readonly KeyType[],
    private readonly keysOf: (row: Row) => readonly SortKey[],
  ) {}

  readonly of = (row: Row): string =>
    writeCursor(
      this.list,
      this.keysOf(row).map((key) => (key instanceof Date ? key.toISOString() : String(key))),
    );

  /** The sort keys of the row at a cursor; null without a cursor. */
  read(field: 'after' | 'before', cursor: string | null | undefined): readonly string[] | null {
    if (cursor === null || cursor === undefined) return null;
    const keys = readCursor(this.list, this.types, cursor);
    if (!keys) throw invalidCursor(field);
    return keys;
  }
}

/** The condition for rows before a place of a list that is ordered by an instant and then by ID. */
export function isEarlier<Column extends string>(column: Column, [at = '', id = '']: readonly string[]) {
  const before = { [column]: { $lt: new Date(at) } };
  const atOnce = { [column]: new Date(at), id: { $lt: id } };
  return { $or: [before, atOnce] };
}
