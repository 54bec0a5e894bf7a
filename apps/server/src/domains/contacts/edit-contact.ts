import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { requireEmailAddress } from '../../kernel/email-address.ts';
import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { addressesOf, optionalLine, requireFree, reserveIdentifiers, setAddresses } from './addresses.ts';
import { requireData, type ContactDatum } from './contact-data.ts';
import { requireName, type GivenName } from './contact-name.ts';
import { Contact } from './contact.entity.ts';
import { ContactConflict, ContactNotFound } from './contact.errors.ts';
import { ContactEvent } from './contact.events.ts';
import { canReadContactDetails } from './contact.policy.ts';
import { optionalLocale } from './locale.ts';

const longestNotes = 10_000;

export interface EditContact extends GivenName {
  readonly contactId: string;
  /** The version that the edit started from. */
  readonly version: number;
  /** All of them, the first first. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly organization?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  /** Nothing given = as it is; null = the default of the workspace. */
  readonly locale?: string | null | undefined;
  readonly notes: string;
  /** All of what the card has no field for; nothing given = as it is. */
  readonly data?: readonly ContactDatum[] | null | undefined;
}

/** Saves a client's card as a whole. */
export function editContact(scope: Scope, { contactId, version, ...wanted }: EditContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    await reserveIdentifiers(tx);
    const contact = await lockContact(tx, contactId);
    if (!may(tx.viewer, 'contact.create')) throw new NotPermitted('Your role may not change clients.');
    if (contact.version !== version) throw new ContactConflict(contact.version);
    if (wanted.notes.length > longestNotes) {
      throw new InvalidInput(`The notes have ${wanted.notes.length} characters; ${longestNotes} are allowed. Shorten them.`, 'notes');
    }
    const emails = [...new Set(wanted.emails.filter((email) => email.trim() !== '').map((email) => requireEmailAddress('email', email)))];
    const phones = [...new Set(wanted.phones.flatMap((phone) => optionalLine('phone', phone) ?? []))];
    const externalId = optionalLine('externalId', wanted.externalId);
    await requireFree(tx, { emails, externalId, except: contact.id });
    // A client that knows the displayed name alone sends it back unchanged.
    const keepsName = wanted.firstName === undefined && wanted.lastName === undefined && wanted.name === contact.name;
    const card = {
      ...(keepsName ? nameOf(contact) : requireName(wanted)),
      organization: optionalLine('organization', wanted.organization),
      externalId,
      locale: wanted.locale === undefined ? contact.locale : optionalLocale('locale', wanted.locale),
      notes: wanted.notes.trim(),
      data: wanted.data ? requireData(wanted.data) : contact.data,
    };
    if (isDeepStrictEqual(await cardOf(tx, contact), { ...card, emails, phones })) return contact;
    Object.assign(contact, card);
    contact.version += 1;
    await setAddresses(tx, contact, { emails, phones });
    tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: contact.id }));
    return contact;
  });
}

function nameOf({ name, firstName, lastName }: Contact): Pick<Contact, 'name' | 'firstName' | 'lastName'> {
  return { name, firstName, lastName };
}

async function cardOf(tx: Scope, contact: Contact) {
  const { organization, externalId, locale, notes, data } = contact;
  const [emails, phones] = [await addressesOf(tx, contact, 'EMAIL'), await addressesOf(tx, contact, 'PHONE')];
  return { ...nameOf(contact), organization, externalId, locale, notes, data, emails, phones };
}

/** A client that the viewer may read, and that is still one of their own, locked until the transaction ends. */
export async function lockContact(tx: Scope, id: string): Promise<Contact> {
  const { em, workspaceId, viewer } = tx;
  const found =
    isId(id) && canReadContactDetails(viewer)
      ? await em.findOne(Contact, { workspaceId, id, mergedIntoId: null }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
      : null;
  if (!found) throw new ContactNotFound();
  return found;
}
