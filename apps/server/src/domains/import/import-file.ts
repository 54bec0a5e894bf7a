import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { Scope } from '../../platform/scope.ts';
import { mapColumns, type ColumnMapping } from './column-mapping.ts';
import { importBatch, type RefusedRow } from './import-batch.ts';
import { ImportRun } from './import-run.entity.ts';
import { readRow, RowFault, type ImportedTicket } from './read-row.ts';

const batchSize = 500;

export interface ImportFile {
  readonly path: string;
  /** Header to field, for columns that are not found by their headers; null leaves a column out. */
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly onStart: (columns: ColumnMapping, alreadyDone: number) => void;
  readonly onRefused: (row: RefusedRow) => void;
  readonly onProgress: (progress: { readonly rows: number; readonly bytes: number }) => void;
}

export interface ImportResult {
  readonly imported: number;
  readonly refused: number;
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number; readonly bytes: number };
}

/**
 * Imports a CSV file of tickets, a batch at a time. Said again after a stop, it goes on after the last whole batch.
 * Reading stays a batch ahead at most, whatever the size of the file.
 */
export async function importFile(scope: Scope, { path, mapping, onStart, onRefused, onProgress }: ImportFile): Promise<ImportResult> {
  const fingerprint = await fingerprintOf(path, mapping);
  const run = await scope.em.findOne(ImportRun, { workspaceId: scope.workspaceId, fingerprint });
  const skip = run?.rowsDone ?? 0;
  let refusedBefore = run?.rowsRefused ?? 0;
  const result = { imported: 0, refused: 0 };
  let columns: ColumnMapping | undefined;
  let rows = 0;
  let bytes = 0;
  let batch: ImportedTicket[] = [];
  let refused: RefusedRow[] = [];

  const write = async () => {
    if (rows <= skip) return;
    const rejected = await importBatch(scope.fresh(), {
      fingerprint,
      rows: batch,
      rowsDone: rows,
      rowsRefused: refusedBefore + refused.length,
    });
    const all = [...refused, ...rejected].sort((a, b) => a.line - b.line);
    refusedBefore += all.length;
    result.imported += batch.length - rejected.length;
    result.refused += all.length;
    all.forEach(onRefused);
    onProgress({ rows, bytes });
    [batch, refused] = [[], []];
  };

  // A record begins on the line after the one before it ended: cells may hold line breaks.
  let line = 2;
  const parser = parse({ columns: true, bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
  const reading = pipeline(createReadStream(path), parser, async (records: AsyncIterable<CsvRecord>) => {
    for await (const { record, info } of records) {
      if (!columns) {
        columns = mapColumns(Object.keys(record), mapping);
        onStart(columns, skip);
      }
      const start = line;
      line = info.lines + 1;
      rows += 1;
      bytes = info.bytes;
      if (rows <= skip) continue;
      try {
        batch.push(readRow(record, columns, start));
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        refused.push({ line: start, reason: error.message });
      }
      if (batch.length + refused.length >= batchSize) await write();
    }
  });
  await reading;
  await write();
  return result;
}

async function fingerprintOf(path: string, mapping: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(mapping));
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
