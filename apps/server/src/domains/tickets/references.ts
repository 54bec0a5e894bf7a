import { isId } from '../../kernel/id.ts';
import { loaderByKey, listLoaderByKey, type LoaderDefinition } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockCurrentContact, type Contact } from '../contacts/index.ts';
import { Status, Tag, Topic } from './status.entity.ts';
import { ReferenceNotFound } from './ticket.errors.ts';

export const statusById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Status, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (status) => status.id,
  { lasting: true },
);

export const topicById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Topic, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (topic) => topic.id,
  { lasting: true },
);

const tagById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Tag, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (tag) => tag.id,
  { lasting: true },
);

const tagLinksByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]): Promise<{ ticketId: string; tagId: string }[]> =>
    em.execute('select ticket_id as "ticketId", tag_id as "tagId" from ticket_tag where workspace_id = ? and ticket_id = any(?::uuid[])', [
      workspaceId,
      `{${ids.join(',')}}`,
    ]),
  (link) => link.ticketId,
  { joint: true },
);

/** A ticket's tags by name. */
export async function tagsOf(scope: Scope, ticketId: string): Promise<Tag[]> {
  const links = (await scope.load(tagLinksByTicket, ticketId)) ?? [];
  const tags = await Promise.all(links.map(({ tagId }) => scope.obtain(tagById, tagId)));
  return tags.filter((tag) => tag !== null).sort((a, b) => a.name.localeCompare(b.name));
}

/** The row an id in the input names; refuses with the field when it names none of this workspace. */
export async function requireReference<V>(
  scope: Scope,
  definition: LoaderDefinition<string, V>,
  id: string,
  field: string,
  what: string,
): Promise<V> {
  const row = isId(id) ? await scope.load(definition, id) : null;
  if (!row) throw new ReferenceNotFound(field, what);
  return row;
}

/** The contact that a reference to store resolves to; refuses with the field when it names none of this workspace. */
export async function requireContact(tx: Scope, id: string, field: string): Promise<Contact> {
  const contact = await lockCurrentContact(tx, id);
  if (!contact) throw new ReferenceNotFound(field, 'contact');
  return contact;
}

export function listStatuses(scope: Scope): Promise<Status[]> {
  return scope.em.find(Status, { workspaceId: scope.workspaceId }, { orderBy: { place: 'asc' } });
}

export function listTopics(scope: Scope): Promise<Topic[]> {
  return scope.em.find(Topic, { workspaceId: scope.workspaceId }, { orderBy: { place: 'asc' } });
}

export function listTags(scope: Scope): Promise<Tag[]> {
  return scope.em.find(Tag, { workspaceId: scope.workspaceId }, { orderBy: { name: 'asc' } });
}
