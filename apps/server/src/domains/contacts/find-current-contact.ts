import { LockMode } from '@mikro-orm/core';
import { isId } from '../../kernel/id.ts';
import { LockedTooLate } from '../../platform/database-errors.ts';
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
  if (!isId(id)) return null;
  const { em, workspaceId } = tx;
  const where = { workspaceId, id: await findCurrentId(tx, id) };
  const contact = await em.findOne(Contact, where, { lockMode: LockMode.PESSIMISTIC_READ, refresh: true });
  if (contact?.mergedIntoId) throw new LockedTooLate();
  return contact;
}

/** Reads past the loader, which may hold a contact as it was before a merge. */
async function findCurrentId({ em, workspaceId }: Scope, id: string): Promise<string> {
  const rows: { id: string }[] = await em.execute(
    `with recursive chain as (
       select merged_into_id as id from contact where workspace_id = ? and id = ?
       union all select c.merged_into_id from chain join contact c on c.workspace_id = ? and c.id = chain.id
     ) select id from chain where id is not null`,
    [workspaceId, id, workspaceId],
  );
  return rows.at(-1)?.id ?? id;
}
