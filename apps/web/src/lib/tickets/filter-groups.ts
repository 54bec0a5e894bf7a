import type { FilterNode } from './filter-tree.ts';

/** A filter as it is put together by hand: one condition in a line, and groups of lines. */
export interface FilterRow {
  readonly kind: 'row';
  readonly id: string;
  key: string;
  isNot: boolean;
  values: string[];
}

export interface FilterGroup {
  readonly kind: 'group';
  readonly id: string;
  /** How many of its parts must hold. */
  match: 'all' | 'any' | 'none';
  parts: (FilterRow | FilterGroup)[];
}

export const newRow = (key: string): FilterRow => ({ kind: 'row', id: crypto.randomUUID(), key, isNot: false, values: [] });
export const newGroup = (match: FilterGroup['match'], parts: FilterGroup['parts'] = []): FilterGroup => ({
  kind: 'group',
  id: crypto.randomUUID(),
  match,
  parts,
});

/** What a text says, in lines. */
export function groupOf(node: FilterNode | null): FilterGroup {
  if (node === null) return newGroup('all');
  const part = partOf(node);
  return part.kind === 'group' ? part : newGroup('all', [part]);
}

function partOf(node: FilterNode): FilterRow | FilterGroup {
  if (node.kind === 'condition') return { ...newRow(node.key), values: [...node.values] };
  if (node.kind !== 'not') return newGroup(node.kind, node.parts.map(partOf));
  const { part } = node;
  if (part.kind === 'not') return partOf(part.part);
  if (part.kind === 'condition') return { ...newRow(part.key), isNot: true, values: [...part.values] };
  return newGroup('none', part.kind === 'any' ? part.parts.map(partOf) : [partOf(part)]);
}

/** What the lines say; null for nothing. Lines without a value are not there yet. */
export function nodeOf(part: FilterRow | FilterGroup): FilterNode | null {
  if (part.kind === 'row') {
    if (part.values.length === 0) return null;
    const condition: FilterNode = { kind: 'condition', key: part.key, values: part.values, at: 0 };
    return part.isNot ? { kind: 'not', part: condition } : condition;
  }
  const parts = part.parts.map(nodeOf).filter((node) => node !== null);
  const [first] = parts;
  if (!first) return null;
  const joined: FilterNode = parts.length === 1 ? first : { kind: part.match === 'all' ? 'all' : 'any', parts };
  return part.match === 'none' ? { kind: 'not', part: joined } : joined;
}
