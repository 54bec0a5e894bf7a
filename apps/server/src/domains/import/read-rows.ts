import { parseInput } from '../../platform/parsing/parse-input.ts';
import { countKnown } from './column-mapping.ts';
import { longestRow, type CsvChunk, type CsvOptions, type CsvRow } from './csv-records.ts';
import { ImportFault } from './import-fault.ts';
import { readText } from './text-encoding.ts';

/** Holds at least one row of any allowed length. */
const chunkLength = 2 * longestRow;
const limits = { timeMs: 10_000, input: 2 * chunkLength, output: 64 * 1024 * 1024 };
const separators = [',', ';', '\t', '|'];

export interface CsvFile {
  readonly path: string;
  readonly encoding: string;
  /** Null to find it by the header. */
  readonly separator: string | null;
}

export interface CsvStart {
  readonly headers: readonly string[];
  readonly separator: string;
}

export interface CsvBatch {
  readonly rows: readonly CsvRow[];
  /** Of the file, read so far. */
  readonly bytes: number;
}

/** Reads a file of any size row by row, holding a few megabytes of it. Calls `onStart` once, before the first row. */
export async function* readRows({ path, encoding, separator }: CsvFile, onStart: (start: CsvStart) => void): AsyncGenerator<CsvBatch> {
  let text = '';
  let bytes = 0;
  let state: Omit<CsvOptions, 'isLast'> | null = null;
  const take = async (isLast: boolean): Promise<CsvBatch> => {
    if (!state) {
      const start = await readHeader(text, separator);
      onStart(start);
      state = start.next;
      text = text.slice(start.consumed);
    }
    const chunk = await parse(text, { ...state, isLast });
    state = { ...state, line: chunk.line, afterFault: chunk.afterFault };
    text = text.slice(chunk.consumed);
    return { rows: chunk.rows, bytes };
  };
  for await (const piece of readText(path, encoding)) {
    text += piece.text;
    bytes += piece.bytes;
    if (text.length >= chunkLength) yield await take(false);
  }
  yield await take(true);
}

interface Header extends CsvStart {
  readonly consumed: number;
  readonly next: Omit<CsvOptions, 'isLast'>;
}

/** The separator is the one that finds the most columns with names that help desks use. */
async function readHeader(text: string, given: string | null): Promise<Header> {
  // A first line that spreadsheets write for themselves.
  const [declaration = '', declared] = /^sep=(.)(?:\r\n|\n|\r)/i.exec(text) ?? [];
  const candidates = given ? [given] : declared ? [declared] : separators;
  const begin = { isLast: true, columns: null, afterFault: false, line: declared ? 2 : 1, most: 1 };
  const readings = await Promise.all(
    candidates.map(async (separator) => {
      const chunk = await parse(text.slice(declaration.length, chunkLength), { ...begin, separator });
      return { separator, chunk, cells: chunk.rows.at(-1)?.cells ?? [] };
    }),
  );
  const [best] = readings.sort((a, b) => countKnown(b.cells) - countKnown(a.cells) || b.cells.length - a.cells.length);
  const fault = best?.chunk.rows.at(-1)?.fault;
  if (!best || best.cells.length === 0 || fault)
    throw new ImportFault(
      fault ? `The header of the file cannot be read: ${fault}.` : 'The file is empty. It needs a line with the names of its columns.',
    );
  return {
    headers: best.cells.map((cell) => cell.trim()),
    separator: best.separator,
    consumed: declaration.length + best.chunk.consumed,
    next: { separator: best.separator, line: best.chunk.line, columns: best.cells.length, afterFault: false },
  };
}

function parse(text: string, options: CsvOptions): Promise<CsvChunk> {
  return parseInput<CsvChunk>({ parser: 'csv', text, options, limits, field: 'path', what: 'file' });
}
