import type { Locale } from '@baton/rules';
import { defineEntity, p } from '@mikro-orm/core';
import type { ContactDatum } from './contact-data.ts';

const ContactSchema = defineEntity({
  name: 'Contact',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** The displayed name: first and last name, if one of them is known. */
    name: p.text(),
    firstName: p.text().strictNullable(),
    lastName: p.text().strictNullable(),
    /** The first of their addresses: letters go there. */
    email: p.text().strictNullable(),
    phone: p.text().strictNullable(),
    organization: p.text().strictNullable(),
    externalId: p.text().strictNullable(),
    /** The language of emails to the contact and of the customer page; null = the default of the workspace. */
    locale: p.text().$type<Locale>().strictNullable(),
    /** What colleagues should know of them; no client reads it. */
    notes: p.text().default(''),
    /** What the card has no field for, in the order in which it is shown. */
    data: p.json<readonly ContactDatum[]>().default([]),
    version: p.integer().default(1),
    /** The client that this one turned out to be; null for one of their own. */
    mergedIntoId: p.uuid().strictNullable().default(null),
    /** Since when nothing is taken from them; null for everybody who is welcome. */
    blockedAt: p.datetime().strictNullable().default(null),
    createdAt: p.datetime(),
  },
});

/** A client. Matched by e-mail, then by external id. */
export class Contact extends ContactSchema.class {}
ContactSchema.setClass(Contact);

export const AddressKind = { EMAIL: 'EMAIL', PHONE: 'PHONE' } as const;
export type AddressKind = (typeof AddressKind)[keyof typeof AddressKind];

const ContactAddressSchema = defineEntity({
  name: 'ContactAddress',
  properties: {
    workspaceId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    kind: p
      .enum(() => AddressKind)
      .columnType('text')
      .primary(),
    value: p.text().primary(),
    place: p.integer(),
  },
});

/** A further address of a client, beside the first. */
export class ContactAddress extends ContactAddressSchema.class {}
ContactAddressSchema.setClass(ContactAddress);
