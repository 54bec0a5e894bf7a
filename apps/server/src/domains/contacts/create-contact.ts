import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { requireEmailAddress } from '../../kernel/email-address.ts';
import { newId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { findMatch, optionalLine, requireFree, type Identifiers } from './addresses.ts';
import { requireData, type ContactDatum } from './contact-data.ts';
import { Contact } from './contact.entity.ts';
import { ContactEvent } from './contact.events.ts';
import { requireName, type GivenName } from './contact-name.ts';
import { optionalLocale } from './locale.ts';

export interface CreateContact extends GivenName {
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly organization?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** What the card has no field for. */
  readonly data?: readonly ContactDatum[] | null | undefined;
}

/** Refuses where a contact with the address or the external ID exists. */
export function createContact(scope: Scope, command: CreateContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    const identifiers = identify(tx, command);
    await requireFree(tx, identifiers);
    return insertContact(tx, command, identifiers);
  });
}

/**
 * The contact that is meant: one with the address, else one with the external ID, else a new one. What is stored of a
 * known contact stays as it is. Refuses where the address and the external ID belong to two contacts.
 */
export function findOrCreateContact(scope: Scope, command: CreateContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    const identifiers = identify(tx, command);
    const match = await findMatch(tx, identifiers);
    return match ? tx.em.findOneOrFail(Contact, { workspaceId: tx.workspaceId, id: match.id }) : insertContact(tx, command, identifiers);
  });
}

function identify(tx: Scope, { email, externalId }: CreateContact): Identifiers {
  if (!may(tx.viewer, 'contact.create')) throw new NotPermitted('Your role may not create customers.');
  return { emails: email?.trim() ? [requireEmailAddress('email', email)] : [], externalId: optionalLine('externalId', externalId) };
}

async function insertContact(tx: Scope, command: CreateContact, { emails, externalId }: Identifiers): Promise<Contact> {
  const contact = tx.em.create(
    Contact,
    {
      workspaceId: tx.workspaceId,
      id: newId(),
      ...requireName(command),
      email: emails[0] ?? null,
      phone: optionalLine('phone', command.phone),
      organization: optionalLine('organization', command.organization),
      externalId,
      locale: optionalLocale('locale', command.locale),
      notes: '',
      data: requireData(command.data ?? []),
      version: 1,
      mergedIntoId: null,
      createdAt: tx.now(),
    },
    { persist: true },
  );
  await tx.em.flush();
  tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: contact.id }));
  return contact;
}
