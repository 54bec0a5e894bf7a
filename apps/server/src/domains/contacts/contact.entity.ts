import { defineEntity, p } from '@mikro-orm/core';

const ContactSchema = defineEntity({
  name: 'Contact',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    email: p.text().strictNullable(),
    phone: p.text().strictNullable(),
    organization: p.text().strictNullable(),
    externalId: p.text().strictNullable(),
    locale: p.text(),
    createdAt: p.datetime(),
  },
});

/** A client. Matched by e-mail, then by external id. */
export class Contact extends ContactSchema.class {}
ContactSchema.setClass(Contact);
