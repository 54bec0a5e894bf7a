import { defineEntity, p } from '@mikro-orm/core';

export const DraftKind = { NOTE: 'NOTE', REPLY: 'REPLY' } as const;
export type DraftKind = (typeof DraftKind)[keyof typeof DraftKind];

const DraftSchema = defineEntity({
  name: 'Draft',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    kind: p
      .enum(() => DraftKind)
      .columnType('text')
      .primary(),
    /** Chosen by the browser when somebody begins to write; the next text is another draft. */
    id: p.uuid(),
    body: p.text(),
    /** Grows with every save. */
    revision: p.integer(),
    /** Sent or thrown away: what is saved late for it stays away. */
    finished: p.boolean(),
    updatedAt: p.datetime(),
  },
});

/** What a member has begun to write on a ticket and not sent yet. */
export class Draft extends DraftSchema.class {}
DraftSchema.setClass(Draft);
