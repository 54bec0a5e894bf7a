import { nameKey } from '@baton/rules';
import { isId } from '../../kernel/id.ts';
import { loaderByKey } from '../../platform/loader.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact } from './contact.entity.ts';
import { canReadContactDetails } from './contact.policy.ts';

export const contactById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Contact, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (contact) => contact.id,
  { joint: true },
);

export async function findContact(scope: Scope, id: string): Promise<Contact | null> {
  return canReadContactDetails(scope.viewer) && isId(id) ? scope.load(contactById, id) : null;
}

const pageLimit = 50;

export interface FindContacts {
  readonly search: string;
  /** Of this organization alone. */
  readonly organization?: string | null | undefined;
  readonly first: number;
  /** The last of the page before, where nothing is searched for. */
  readonly after?: string | null | undefined;
}

export interface ContactPage {
  readonly contacts: readonly Contact[];
  readonly hasNext: boolean;
}

export const contactCursors = new Cursors<Contact>('contacts', ['text', 'uuid'], ({ name, id }) => [name, id]);

/**
 * Clients whose name or one of whose addresses contains the words, the best match first; a misspelt word still finds.
 * Without words all of them by name, page by page. Nothing for those who may not read client details: a search would tell
 * what it hides.
 */
export async function findContacts(scope: Scope, { search, organization, first, after }: FindContacts): Promise<ContactPage> {
  const rows = requirePageSize('first', first);
  const last = contactCursors.read('after', after);
  if (!canReadContactDetails(scope.viewer)) return { contacts: [], hasNext: false };
  const words = search.normalize('NFC').trim().toLowerCase();
  const ids = words === '' ? await listIds(scope, { organization, rows, last }) : await searchIds(scope, { words, organization, rows });
  const found = await Promise.all(ids.slice(0, rows).map((id) => scope.load(contactById, id)));
  return { contacts: found.filter((contact) => contact !== null), hasNext: ids.length > rows };
}

interface Listed {
  readonly organization: string | null | undefined;
  readonly rows: number;
}

async function listIds(
  { em, workspaceId }: Scope,
  { organization, rows, last }: Listed & { readonly last: readonly string[] | null },
): Promise<string[]> {
  const hits: { id: string }[] = await em.execute(
    `select id from contact where workspace_id = ? and merged_into_id is null ${organization ? 'and name_key(organization) = name_key(?)' : ''}
     ${last ? 'and (name, id) > (?, ?::uuid)' : ''} order by name, id limit ?`,
    [workspaceId, ...(organization ? [organization] : []), ...(last ?? []), rows + 1],
  );
  return hits.map(({ id }) => id);
}

async function searchIds(
  { em, workspaceId }: Scope,
  { words, organization, rows }: Listed & { readonly words: string },
): Promise<string[]> {
  const hits: { id: string }[] = await em.execute(
    `select c.id from (
       select id, word_similarity(?, lower(name) || ' ' || coalesce(email, '')) as rank from contact
       where workspace_id = ? and (lower(name) || ' ' || coalesce(email, '')) %> ?
       union all
       select contact_id, word_similarity(?, value) from contact_address where workspace_id = ? and value %> ?
     ) hit join contact c on c.workspace_id = ? and c.id = hit.id and c.merged_into_id is null ${organization ? 'and name_key(c.organization) = name_key(?)' : ''}
     group by c.id, c.name order by max(hit.rank) desc, c.name, c.id limit ?`,
    [words, workspaceId, words, words, workspaceId, words, workspaceId, ...(organization ? [organization] : []), rows],
  );
  return hits.map(({ id }) => id);
}

export interface OrganizationFound {
  readonly name: string;
  readonly contacts: number;
}

/** The organizations that clients belong to, by name; those whose name begins with the words. */
export async function listOrganizations({ em, workspaceId, viewer }: Scope, search: string): Promise<OrganizationFound[]> {
  if (!canReadContactDetails(viewer)) return [];
  const begins = `${nameKey(search).replace(/[\\%_]/g, '\\$&')}%`;
  return em.execute(
    `select min(organization) as name, count(*)::int as contacts from contact
     where workspace_id = ? and organization is not null and merged_into_id is null and name_key(organization) like ?
     group by name_key(organization) order by name_key(organization) limit ?`,
    [workspaceId, begins, pageLimit],
  );
}
