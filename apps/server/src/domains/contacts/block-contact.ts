import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import type { Contact } from './contact.entity.ts';
import { ContactEvent } from './contact.events.ts';
import { lockContact } from './edit-contact.ts';
import { findCurrentContact } from './find-current-contact.ts';

export interface BlockContact {
  readonly contactId: string;
  readonly blocked: boolean;
}

/** Takes nothing more from a client, by any channel, until they are let in again. What they wrote before stays. */
export function blockContact(scope: Scope, { contactId, blocked }: BlockContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'contact.create')) throw new NotPermitted('Your role may not change clients.');
    const contact = await lockContact(tx, (await findCurrentContact(tx, contactId))?.id ?? contactId);
    if ((contact.blockedAt !== null) === blocked) return contact;
    contact.blockedAt = blocked ? tx.now() : null;
    contact.version += 1;
    tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: contact.id }));
    return contact;
  });
}
