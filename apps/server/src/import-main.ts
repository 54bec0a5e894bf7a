import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readConfig } from './config.ts';
import { openDesk } from './desk.ts';
import { Workspace } from './domains/identity/index.ts';
import { ImportFault, importFile, type ValueMapping } from './domains/import/index.ts';
import { createLogger } from './platform/logger.ts';
import { unlimited } from './platform/orm.ts';
import { explainStartFault } from './start-fault.ts';

const usage = `npm run import -- TICKETS.csv [--mapping MAPPING.json] [--encoding NAME] [--separator SIGN] [--workspace SLUG]

  --mapping    JSON that says what columns and values of the file mean, where that is not detected:
               {"columns": {"Bearbeiter": "assigneeEmail", "Interne Nr": null},
                "values": {"status": {"Pending reminder": "Waiting on customer"}, "priority": {"P1": "CRITICAL"}}}
  --encoding   Such as utf-8, utf-16le or windows-1251. Detected if left out.
  --separator  The sign between cells: "," ";" "|" or tab. Detected if left out.
  --workspace  The workspace to import into, if there are several.`;

/** A mistake in how the command was called. */
class UsageFault extends Error {}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      mapping: { type: 'string' },
      encoding: { type: 'string' },
      separator: { type: 'string' },
      workspace: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [path] = positionals;
  if (!path) throw new UsageFault(usage);
  const size = sizeOf(path);
  const { columns: mapping, values: valueMapping } = values.mapping ? readMapping(values.mapping) : { columns: {}, values: {} };
  const config = readConfig(process.env);
  const desk = await openDesk({ ...config, databaseLimits: unlimited }, createLogger(config.logLevel));
  try {
    const workspace = await findWorkspace(await desk.orm.em.fork().find(Workspace, {}), values.workspace);
    const started = Date.now();
    let first: { rows: number; bytes: number } | undefined;
    const result = await importFile(desk.systemScope(workspace.id), {
      path,
      mapping,
      values: valueMapping,
      encoding: values.encoding,
      separator: values.separator === undefined ? undefined : readSeparator(values.separator),
      onStart({ columns, ignored, encoding, separator, rowsDone, rowsToRetry }) {
        console.log(`Encoding: ${encoding}. Separator: ${separator === '\t' ? 'tab' : separator}`);
        console.log(`Columns: ${columns.map(({ header, field }) => `${header} → ${field}`).join(', ')}`);
        if (ignored.length > 0) console.log(`Columns that are not imported: ${ignored.join(', ')}`);
        if (rowsDone > 0) console.log(`Continuing after row ${rowsDone}, and trying ${rowsToRetry} refused rows again.`);
      },
      onRefused: ({ line, reason }) => console.error(`Line ${line} refused: ${reason}.`),
      onNotice: ({ line, text }) => console.error(`Line ${line}: ${text}.`),
      onValues({ conversions, proposal }) {
        for (const { field, value, to } of conversions) console.log(`The ${field} "${value}" was read as "${to}".`);
        if (proposal) console.log(proposalText(proposal));
      },
      onProgress(progress) {
        first ??= progress;
        const seconds = (Date.now() - started) / 1000;
        const left = (seconds * (size - progress.bytes)) / Math.max(1, progress.bytes);
        const percent = Math.round((100 * progress.bytes) / size);
        const bar = '█'.repeat(Math.floor(percent / 5)).padEnd(20, '░');
        console.log(`${bar} ${percent} %  ${progress.rows} rows  ${Math.round(progress.rows / seconds)} rows/s  ${Math.ceil(left)} s left`);
      },
    });
    console.log(
      `Imported ${result.imported} tickets in ${((Date.now() - started) / 1000).toFixed(1)} s; ${result.refused} rows were refused.`,
    );
    if (result.refused > 0) process.exitCode = 2;
  } finally {
    await desk.close();
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    throw new UsageFault(`There is no file ${path}. Give the path of a CSV file.\n\n${usage}`);
  }
}

interface MappingFile {
  readonly columns: Record<string, string | null>;
  readonly values: ValueMapping;
}

/** The columns and values of a mapping file; without these two keys it maps columns alone. */
function readMapping(path: string): MappingFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageFault(`The mapping file ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const words = z.record(z.string(), z.string().nullable());
  const whole = z.strictObject({ columns: words.default({}), values: z.record(z.string(), words).default({}) });
  const parsed = words.safeParse(content).data;
  if (parsed) return { columns: parsed, values: {} };
  const { data, error } = whole.safeParse(content);
  if (!data) throw new UsageFault(`The mapping file ${path} is not valid:\n${z.prettifyError(error)}\n\n${usage}`);
  return data;
}

function readSeparator(word: string): string {
  const sign = word === 'tab' ? '\t' : word;
  if (sign.length !== 1 || sign === '"') throw new UsageFault(`Invalid separator: ${word}. Allowed: one sign, or the word tab.`);
  return sign;
}

function proposalText(proposal: ValueMapping): string {
  return `Some values are not known, and their rows were refused. Save this as a mapping file, correct it, and run the import again
with --mapping: the refused rows are tried again, and no row is imported twice. A value of null is read as an empty cell.
${JSON.stringify({ values: proposal }, null, 2)}`;
}

function findWorkspace(workspaces: readonly Workspace[], slug: string | undefined): Workspace {
  const found = slug ? workspaces.find((one) => one.slug === slug) : workspaces.length === 1 ? workspaces[0] : undefined;
  if (found) return found;
  const there = workspaces.map((one) => one.slug).join(', ') || 'none; start Baton once to make the demo desk';
  throw new UsageFault(`${slug ? `There is no workspace "${slug}"` : 'Say which workspace with --workspace'}. There are: ${there}.`);
}

try {
  await run();
} catch (error) {
  const known = error instanceof UsageFault || error instanceof ImportFault;
  console.error(known ? error.message : explainStartFault(error, process.env));
  process.exit(1);
}
