export interface CsvOptions {
  readonly separator: string;
  /** Whether the file ends with this text. */
  readonly isLast: boolean;
  /** Of the file, where the text begins. */
  readonly line: number;
  /** How many cells the header has; null where the text begins with it. */
  readonly columns: number | null;
  /** Whether the row before this text was broken. */
  readonly afterFault: boolean;
  /** The maximum number of rows. */
  readonly most?: number;
}

export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Why the cells cannot be used; null where they can. */
  readonly fault: string | null;
}

export interface CsvChunk {
  readonly rows: readonly CsvRow[];
  /** Characters read. What follows is the beginning of a row that does not end in this text. */
  readonly consumed: number;
  readonly line: number;
  readonly afterFault: boolean;
}

/** Longer than a row with a description and a note of full length. */
export const longestRow = 500_000;

type Scanned = { readonly end: number; readonly cells: string[] } | { readonly fault: string } | null;

/**
 * Reads rows as RFC 4180 writes them. After a broken row it continues at the next line, where only a row with as many cells
 * as the header counts: what follows may be the rest of a cell.
 */
export function readCsv(text: string, { separator, isLast, line, columns, afterFault, most = Infinity }: CsvOptions): CsvChunk {
  const rows: CsvRow[] = [];
  let at = 0;
  let width = columns;
  while (at < text.length && rows.length < most) {
    const scanned = scanRow(text, at, separator, isLast);
    if (!scanned) break;
    const end = 'fault' in scanned ? nextLine(text, at) : scanned.end;
    if (end === null) break;
    const row = 'fault' in scanned ? { line, cells: [], fault: scanned.fault } : fitted({ line, cells: scanned.cells }, width, afterFault);
    if (row) {
      rows.push(row);
      afterFault = row.fault !== null && ('fault' in scanned || afterFault);
      width ??= row.cells.length;
    }
    line += countLines(text, at, end);
    at = end;
  }
  return { rows, consumed: at, line, afterFault };
}

/** Null for an empty line. */
function fitted({ line, cells }: { line: number; cells: string[] }, width: number | null, afterFault: boolean): CsvRow | null {
  if (cells.length === 1 && cells[0]?.trim() === '') return null;
  if (width === null || cells.length === width) return { line, cells, fault: null };
  const count = `the row has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}; the header has ${width}`;
  if (afterFault) return { line, cells, fault: `${count}. It may be the rest of the broken row above` };
  if (cells.length < width) return { line, cells: [...cells, ...Array.from({ length: width - cells.length }, () => '')], fault: null };
  if (cells.slice(width).every((cell) => cell.trim() === '')) return { line, cells: cells.slice(0, width), fault: null };
  return { line, cells, fault: count };
}

/** Null where the row does not end in this text and the file continues. */
function scanRow(text: string, start: number, separator: string, isLast: boolean): Scanned {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const cell = text[at] === '"' ? scanQuoted(text, start, at, separator) : scanPlain(text, at, separator);
    if (typeof cell === 'string') return { fault: cell };
    if (cell === null || cell.end - start > longestRow) {
      if (text.length - start > longestRow) return { fault: `the row is longer than ${longestRow} characters` };
      if (!isLast) return null;
      if (cell === null) return { fault: `the quotation mark before ${shown(text.slice(at + 1))} is never closed` };
    }
    cells.push(cell.value);
    at = cell.end;
    if (at >= text.length) return isLast ? { end: at, cells } : null;
    if (text[at] === separator) {
      at += 1;
      continue;
    }
    // A carriage return at the end of the text may be the first half of a line break.
    if (text[at] === '\r' && at + 1 === text.length && !isLast) return null;
    return { end: at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1), cells };
  }
}

interface Cell {
  readonly end: number;
  readonly value: string;
}

function scanPlain(text: string, from: number, separator: string): Cell | string {
  let at = from;
  for (; at < text.length; at++) {
    const sign = text[at];
    if (sign === separator || sign === '\n' || sign === '\r') break;
    if (sign === '"')
      return `the cell ${shown(text.slice(from, at + 20))} contains a quotation mark; enclose the cell in quotation marks and double this one`;
  }
  return { end: at, value: text.slice(from, at) };
}

/** Null where the closing mark is missing. */
function scanQuoted(text: string, start: number, from: number, separator: string): Cell | string | null {
  let value = '';
  let at = from + 1;
  for (;;) {
    const mark = text.indexOf('"', at);
    if (mark < 0 || mark - start > longestRow) return null;
    value += text.slice(at, mark);
    const next = text[mark + 1];
    if (next === undefined || next === separator || next === '\n' || next === '\r') return { end: mark + 1, value };
    if (next !== '"') return `the cell ${shown(text.slice(from + 1, mark + 20))} contains a quotation mark; double it`;
    value += '"';
    at = mark + 2;
  }
}

function nextLine(text: string, from: number): number | null {
  const [found] = /\r\n|\n|\r/.exec(text.slice(from, from + longestRow)) ?? [];
  if (found !== undefined) return from + text.slice(from, from + longestRow).search(/\r\n|\n|\r/) + found.length;
  return text.length;
}

function countLines(text: string, from: number, to: number): number {
  return text.slice(from, to).match(/\r\n|\n|\r/g)?.length ?? 0;
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `"${line.length > 40 ? `${[...line].slice(0, 40).join('')}…` : line}"`;
}
