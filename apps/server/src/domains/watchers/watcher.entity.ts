import { defineEntity, p } from '@mikro-orm/core';

const WatcherSchema = defineEntity({
  name: 'Watcher',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    since: p.datetime(),
  },
});

/** A member who is told of every change of a ticket. */
export class Watcher extends WatcherSchema.class {}
WatcherSchema.setClass(Watcher);
