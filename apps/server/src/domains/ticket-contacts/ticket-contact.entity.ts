import { defineEntity, p } from '@mikro-orm/core';

const TicketContactSchema = defineEntity({
  name: 'TicketContact',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    addedAt: p.datetime(),
  },
});

/** A client whom a ticket concerns too, beside the one it is for. Nothing is written to them. */
export class TicketContact extends TicketContactSchema.class {}
TicketContactSchema.setClass(TicketContact);
