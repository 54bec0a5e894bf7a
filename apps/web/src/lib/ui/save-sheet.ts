import { asCsv } from './csv.ts';
import { saveFile } from './save-file.ts';

/** Rows below a head row. */
type Sheet = readonly (readonly (string | number)[])[];

export type SheetFormat = 'csv' | 'xlsx';

/** Saves rows as a file for spreadsheets. */
export async function saveSheet(sheet: Sheet, name: string, format: SheetFormat): Promise<void> {
  saveFile(format === 'csv' ? csvOf(sheet) : await xlsxOf(sheet), `${name}.${format}`);
}

// The mark at the beginning tells spreadsheets that it is UTF-8.
const csvOf = (sheet: Sheet) => new Blob(['\ufeff', asCsv(sheet)], { type: 'text/csv' });

async function xlsxOf([head = [], ...body]: Sheet): Promise<Blob> {
  // Loaded only when a workbook is asked for.
  const { default: writeSheet } = await import('write-excel-file/universal');
  // Typed as text, a cell is never run as a formula.
  const text = (value: string) => ({ value, type: String });
  const cells = body.map((row) => row.map((value) => (typeof value === 'number' ? { value, type: Number } : text(value))));
  const data = [head.map((value) => ({ ...text(String(value)), fontWeight: 'bold' as const })), ...cells];
  return writeSheet(data, { stickyRowsCount: 1 }).toBlob();
}
