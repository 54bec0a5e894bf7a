import { defineEntity, p } from '@mikro-orm/core';

const ImportRunSchema = defineEntity({
  name: 'ImportRun',
  properties: {
    workspaceId: p.uuid().primary(),
    /** Of the file and its columns, so that the same import continues where it stopped. */
    fingerprint: p.text().primary(),
    rowsDone: p.integer(),
    rowsRefused: p.integer(),
    updatedAt: p.datetime(),
  },
});

/** How far an import came. Written in the transaction of each batch, so it always agrees with the data. */
export class ImportRun extends ImportRunSchema.class {}
ImportRunSchema.setClass(ImportRun);

const ImportRefusalSchema = defineEntity({
  name: 'ImportRefusal',
  properties: {
    workspaceId: p.uuid().primary(),
    fingerprint: p.text().primary(),
    /** Its place among the rows of the file; the first is 1. */
    row: p.integer().primary(),
  },
});

/** A row that was refused. It is tried again when the same file is imported again. */
export class ImportRefusal extends ImportRefusalSchema.class {}
ImportRefusalSchema.setClass(ImportRefusal);
