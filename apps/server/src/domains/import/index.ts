export { importFile } from './import-file.ts';
export { ImportFault } from './import-fault.ts';
export { ImportRefusal, ImportRun } from './import-run.entity.ts';
export type { ValueMapping } from './value-words.ts';
