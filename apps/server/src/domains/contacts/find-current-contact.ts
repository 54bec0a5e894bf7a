import { LockMode } from '@mikro-orm/core';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact } from './contact.entity.ts';
import { contactById } from './find-contacts.ts';

/**
 * The contact that an ID refers to: itself, or the one that it was merged into. Every reference that comes from outside
 * passes through here, so that no ticket, filter or export is about a merged contact.
 */
export async function findCurrentContact(scope: Scope, id: string): Promise<Contact | null> {
  let contact = isId(id) ? await scope.load(contactById, id) : null;
  while (contact?.mergedIntoId) contact = await scope.load(contactById, contact.mergedIntoId);
  return contact;
}

/**
 * The same for a reference that this transaction stores. No merge of the contact runs until it commits. Call it before
 * any ticket is locked: contacts are locked first everywhere.
 */
export async function lockCurrentContact(tx: Scope, id: string): Promise<Contact | null> {
  let contact = await lockForReference(tx, id);
  while (contact?.mergedIntoId) contact = await lockForReference(tx, contact.mergedIntoId);
  return contact;
}

async function lockForReference({ em, workspaceId }: Scope, id: string): Promise<Contact | null> {
  return isId(id) ? em.findOne(Contact, { workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_READ, refresh: true }) : null;
}
