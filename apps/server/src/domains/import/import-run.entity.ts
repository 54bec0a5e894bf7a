import { defineEntity, p } from '@mikro-orm/core';

const ImportRunSchema = defineEntity({
  name: 'ImportRun',
  properties: {
    workspaceId: p.uuid().primary(),
    /** Of the file and its mapping, so that the same import goes on where it stopped and another begins anew. */
    fingerprint: p.text().primary(),
    rowsDone: p.integer(),
    rowsRefused: p.integer(),
    updatedAt: p.datetime(),
  },
});

/** How far an import came. Written in the transaction of each batch, so it is never ahead of the data or behind. */
export class ImportRun extends ImportRunSchema.class {}
ImportRunSchema.setClass(ImportRun);
