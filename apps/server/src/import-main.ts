import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { openDesk } from './desk.ts';
import { Workspace } from './domains/identity/index.ts';
import { importFile, MappingFault } from './domains/import/index.ts';
import { createLogger } from './platform/logger.ts';
import { explainStartFault } from './start-fault.ts';

const usage = `npm run import -- TICKETS.csv [--mapping MAPPING.json] [--workspace SLUG]

  --mapping    JSON of header to field, for columns that are not found by their headers:
               {"Bearbeiter": "assigneeEmail", "Interne Nr": null}
  --workspace  Which workspace, when there are several.`;

/** A mistake in how the command was called. */
class UsageFault extends Error {}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { mapping: { type: 'string' }, workspace: { type: 'string' } },
    allowPositionals: true,
  });
  const [path] = positionals;
  if (!path) throw new UsageFault(usage);
  const size = sizeOf(path);
  const mapping = values.mapping ? readMapping(values.mapping) : {};
  const config = readConfig(process.env);
  const desk = await openDesk(config, createLogger(config.logLevel));
  try {
    const workspace = await findWorkspace(await desk.orm.em.fork().find(Workspace, {}), values.workspace);
    const started = Date.now();
    let first: { rows: number; bytes: number } | undefined;
    const result = await importFile(desk.systemScope(workspace.id), {
      path,
      mapping,
      onStart(columns, done) {
        console.log(`Columns: ${[...columns].map(([header, field]) => `${header} → ${field}`).join(', ')}`);
        if (done > 0) console.log(`Going on after row ${done}, where the last run stopped.`);
      },
      onRefused: ({ line, reason }) => console.error(`Line ${line} refused: ${reason}`),
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

function readMapping(path: string): Record<string, string | null> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string | null>;
  } catch (error) {
    throw new UsageFault(`The mapping file ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
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
  const known = error instanceof UsageFault || error instanceof MappingFault;
  console.error(known ? error.message : explainStartFault(error, process.env));
  process.exit(1);
}
