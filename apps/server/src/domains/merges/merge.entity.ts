import { defineEntity, p } from '@mikro-orm/core';

const MergeSchema = defineEntity({
  name: 'Merge',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    sourceId: p.uuid(),
    destinationId: p.uuid(),
    /** What the source came back to, were it undone. */
    sourceStatusId: p.uuid(),
    /** Fields of the destination that were empty, with the value that they took from the source. */
    filled: p.json<Readonly<Record<string, string | readonly string[]>>>(),
    mergedAt: p.datetime(),
    mergedById: p.uuid().strictNullable(),
    undoneAt: p.datetime().strictNullable(),
    undoneById: p.uuid().strictNullable(),
  },
});

/** One ticket became part of another. */
export class Merge extends MergeSchema.class {}
MergeSchema.setClass(Merge);

/** NOTE, CONVERSATION, ATTACHMENT, LINK, CHECKLIST_ITEM and TIME_ENTRY moved; TAG, WATCHER and CONTACT were added to the destination, which did not have them. */
export const MergeItemKind = {
  NOTE: 'NOTE',
  CONVERSATION: 'CONVERSATION',
  ATTACHMENT: 'ATTACHMENT',
  LINK: 'LINK',
  TAG: 'TAG',
  WATCHER: 'WATCHER',
  CONTACT: 'CONTACT',
  CHECKLIST_ITEM: 'CHECKLIST_ITEM',
  TIME_ENTRY: 'TIME_ENTRY',
} as const;
export type MergeItemKind = (typeof MergeItemKind)[keyof typeof MergeItemKind];

const MergeItemSchema = defineEntity({
  name: 'MergeItem',
  properties: {
    workspaceId: p.uuid().primary(),
    mergeId: p.uuid().primary(),
    kind: p
      .enum(() => MergeItemKind)
      .columnType('text')
      .primary(),
    itemId: p.uuid().primary(),
  },
});

/** Something that a merge brought to its destination, so that undoing it takes exactly that. */
export class MergeItem extends MergeItemSchema.class {}
MergeItemSchema.setClass(MergeItem);
