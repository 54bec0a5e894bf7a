export { MappingFault } from './column-mapping.ts';
export { importFile } from './import-file.ts';
export { ImportRun } from './import-run.entity.ts';
