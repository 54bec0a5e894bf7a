import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact } from './contact.entity.ts';
import { canReadContactDetails } from './contact.policy.ts';

export const contactById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Contact, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (contact) => contact.id,
);

export async function findContact(scope: Scope, id: string): Promise<Contact | null> {
  return canReadContactDetails(scope.viewer) ? scope.load(contactById, id) : null;
}

const pageLimit = 50;

/**
 * Clients whose name or address contains the words, the best match first; a misspelt word still finds.
 * Nothing for those who may not read client details: a search would tell what it hides.
 */
export async function searchContacts(scope: Scope, text: string, limit: number): Promise<Contact[]> {
  if (!canReadContactDetails(scope.viewer)) return [];
  const words = text.trim().toLowerCase();
  const where = words === '' ? '' : `and (lower(name) || ' ' || coalesce(email, '')) %> ?`;
  const order = words === '' ? 'name, id' : `word_similarity(?, lower(name) || ' ' || coalesce(email, '')) desc, name, id`;
  const rows = Math.max(1, Math.min(limit, pageLimit));
  const hits: { id: string }[] = await scope.em.execute(
    `select id from contact where workspace_id = ? ${where} order by ${order} limit ?`,
    words === '' ? [scope.workspaceId, rows] : [scope.workspaceId, words, words, rows],
  );
  const found = await Promise.all(hits.map((row) => scope.load(contactById, row.id)));
  return found.filter((contact) => contact !== null);
}
