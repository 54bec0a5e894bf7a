import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DriverException } from '@mikro-orm/core';
import type { Scope } from '../../platform/scope.ts';
import { Workspace } from '../identity/index.ts';
import { listStatuses } from '../tickets/index.ts';
import { mapColumns, type ColumnMapping } from './column-mapping.ts';
import { importBatch, type ImportBatch, type RefusedRow } from './import-batch.ts';
import { ImportRefusal, ImportRun } from './import-run.entity.ts';
import { readRow, type ImportedTicket, type RowReader } from './read-row.ts';
import { readRows } from './read-rows.ts';
import { RowFault } from './row-fault.ts';
import { detectEncoding, requireEncoding } from './text-encoding.ts';
import { ValueWords, type Conversion, type ValueMapping } from './value-words.ts';

const batchSize = 500;

interface ImportStart extends ColumnMapping {
  readonly encoding: string;
  readonly separator: string;
  /** Rows that an earlier run ended with; its refused rows are tried again. */
  readonly rowsDone: number;
  readonly rowsToRetry: number;
}

export interface ImportFile {
  readonly path: string;
  /** Header to field, for columns that are not found by their headers; null leaves a column out. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** What values of the file mean here. */
  readonly values?: ValueMapping | undefined;
  /** Detected if left out. */
  readonly encoding?: string | undefined;
  readonly separator?: string | undefined;
  readonly onStart: (start: ImportStart) => void;
  readonly onRefused: (row: RefusedRow) => void;
  /** Something of an imported row was not taken over. */
  readonly onNotice?: (notice: { readonly line: number; readonly text: string }) => void;
  readonly onProgress: (progress: { readonly rows: number; readonly bytes: number }) => void;
  /** Values that were read as other words, and a mapping to save and correct for those that are not known. */
  readonly onValues?: (values: { readonly conversions: readonly Conversion[]; readonly proposal: ValueMapping | null }) => void;
}

export interface ImportResult {
  readonly imported: number;
  readonly refused: number;
}

/**
 * Imports a CSV file of tickets, a batch at a time. Started again, it continues after the last whole batch and tries rows
 * again that were refused. Holds a few megabytes of the file at most.
 */
export async function importFile(scope: Scope, file: ImportFile): Promise<ImportResult> {
  const encoding = file.encoding === undefined ? await detectEncoding(file.path) : requireEncoding(file.encoding);
  const words = await openWords(scope, file.values ?? {});
  const fingerprint = await fingerprintOf(file.path, file.mapping);
  const earlier = await findEarlier(scope, fingerprint);
  const run = new Run(scope, file, fingerprint);
  let reader: RowReader | null = null;
  let row = 0;
  const batches = readRows({ path: file.path, encoding, separator: file.separator ?? null }, ({ headers, separator }) => {
    const mapping = mapColumns(headers, file.mapping);
    reader = { mapping, words, now: scope.now() };
    file.onStart({ ...mapping, encoding, separator, rowsDone: earlier.rowsDone, rowsToRetry: earlier.refused.size });
  });
  for await (const { rows, bytes } of batches) {
    for (const { line, cells, fault } of rows) {
      row += 1;
      if (row <= earlier.rowsDone && !earlier.refused.has(row)) continue;
      run.read({ row, line }, () => {
        if (fault !== null) throw new RowFault(fault);
        return readRow(reader as RowReader, cells, { row, line });
      });
      if (run.isFull) await run.write(row, bytes);
    }
    if (!run.isEmpty) await run.write(row, bytes);
  }
  file.onValues?.({ conversions: words.conversions, proposal: words.proposal });
  return run.result;
}

/** The batch at hand and what became of those before it. */
class Run {
  #rows: ImportedTicket[] = [];
  #refused: RefusedRow[] = [];
  #result = { imported: 0, refused: 0 };

  constructor(
    private readonly scope: Scope,
    private readonly file: ImportFile,
    private readonly fingerprint: string,
  ) {}

  get result(): ImportResult {
    return this.#result;
  }

  get isFull(): boolean {
    return this.#rows.length + this.#refused.length >= batchSize;
  }

  get isEmpty(): boolean {
    return this.#rows.length + this.#refused.length === 0;
  }

  read(place: { readonly row: number; readonly line: number }, read: () => ImportedTicket): void {
    try {
      this.#rows.push(read());
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      this.#refused.push({ ...place, reason: error.message });
    }
  }

  async write(rowsDone: number, bytes: number): Promise<void> {
    const { onRefused, onNotice, onProgress } = this.file;
    const rows = this.#rows;
    const refused = await this.#store({ fingerprint: this.fingerprint, rows, refused: this.#refused, rowsDone });
    [this.#rows, this.#refused] = [[], []];
    const lines = new Set(refused.map(({ line }) => line));
    const imported = rows.filter(({ line }) => !lines.has(line));
    this.#result = { imported: this.#result.imported + imported.length, refused: this.#result.refused + refused.length };
    refused.forEach(onRefused);
    for (const { line, notices } of imported) for (const text of notices) onNotice?.({ line, text });
    onProgress({ rows: rowsDone, bytes });
  }

  /** Where the database refuses the batch, its rows are written one by one, so that only the bad one is left out. */
  async #store(batch: ImportBatch): Promise<RefusedRow[]> {
    try {
      return await importBatch(this.scope.fresh(), batch);
    } catch (error) {
      if (!isRefusedByDatabase(error)) throw error;
      const refused = [...batch.refused];
      for (const row of batch.rows) refused.push(...(await this.#storeOne(batch, row)));
      await importBatch(this.scope.fresh(), { ...batch, rows: [] });
      return refused.sort((a, b) => a.row - b.row);
    }
  }

  async #storeOne({ fingerprint }: ImportBatch, row: ImportedTicket): Promise<RefusedRow[]> {
    try {
      return await importBatch(this.scope.fresh(), { fingerprint, rows: [row], refused: [], rowsDone: row.row });
    } catch (error) {
      if (!isRefusedByDatabase(error)) throw error;
      const refused = {
        row: row.row,
        line: row.line,
        reason: `the database refused it: ${error.message.split('\n')[0]?.split(' - ').at(-1)}`,
      };
      return importBatch(this.scope.fresh(), { fingerprint, rows: [], refused: [refused], rowsDone: row.row });
    }
  }
}

/** Of the data, not of the connection: classes 22 and 23 of SQLSTATE. */
function isRefusedByDatabase(error: unknown): error is DriverException {
  return error instanceof DriverException && /^2[23]/.test(String((error as { code?: unknown }).code));
}

async function openWords(scope: Scope, values: ValueMapping): Promise<ValueWords> {
  const { priorityNames } = await scope.em.findOneOrFail(Workspace, { id: scope.workspaceId });
  return new ValueWords({ statuses: await listStatuses(scope), priorityNames }, values);
}

async function findEarlier({ em, workspaceId }: Scope, fingerprint: string): Promise<{ rowsDone: number; refused: ReadonlySet<number> }> {
  const run = await em.findOne(ImportRun, { workspaceId, fingerprint });
  const refused = await em.find(ImportRefusal, { workspaceId, fingerprint });
  return { rowsDone: run?.rowsDone ?? 0, refused: new Set(refused.map(({ row }) => row)) };
}

async function fingerprintOf(path: string, mapping: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(mapping));
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
