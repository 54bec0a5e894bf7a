import { limits, nameKey } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import type { NameSpace } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSettingChange, SettingKind } from '../../platform/setting-versions.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import { Tag } from './status.entity.ts';
import { TicketTag, type Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

export const tagNames = { table: 'tag', maxLength: 50 } satisfies NameSpace;

export interface TagTicket {
  readonly ticketId: string;
  /** Names. A tag that the workspace does not have yet is made. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Adds and removes tags as sets, so that two people who tag at once both get theirs. */
export function tagTicket(scope: Scope, { ticketId, add, remove }: TagTicket): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    const { em, workspaceId } = tx;
    const current = await em.find(TicketTag, { workspaceId, ticketId });
    const has = new Set(current.map((link) => link.tagId));

    const added: Tag[] = [];
    for (const tag of await findOrMakeTags(tx, add)) {
      if (!has.has(tag.id)) added.push(tag);
      has.add(tag.id);
    }
    if (has.size > limits.tagsPerTicket) {
      throw new InvalidInput(`A ticket has at most ${limits.tagsPerTicket} tags. Remove some first.`, 'add');
    }
    const removed = await tagsNamed(tx, remove, current);
    if (added.length + removed.length === 0) return ticket;

    for (const tag of added) em.create(TicketTag, { workspaceId, ticketId, tagId: tag.id });
    await em.flush();
    await em.nativeDelete(TicketTag, { workspaceId, ticketId, tagId: { $in: removed.map((tag) => tag.id) } });
    tx.record(
      ticketEvent(TicketEvent.TAGGED, ticketId, [
        ...added.map((tag) => ({ field: 'tag', from: null, to: tag.name })),
        ...removed.map((tag) => ({ field: 'tag', from: tag.name, to: null })),
      ]),
    );
    return ticket;
  });
}

/** Those of the ticket that have one of the names. */
async function tagsNamed({ em, workspaceId }: Scope, names: readonly string[], current: readonly TicketTag[]): Promise<Tag[]> {
  if (names.length === 0) return [];
  const keys = new Set(names.map(nameKey));
  const tags = await em.find(Tag, { workspaceId, id: { $in: current.map(({ tagId }) => tagId) } });
  return tags.filter(({ name }) => keys.has(nameKey(name)));
}

/** Returns tags in the given order. New ones are stored by name, so that two transactions with the same never wait for each other. */
async function findOrMakeTags(tx: Scope, names: readonly string[]): Promise<Tag[]> {
  const tags = new Map<string, Tag>();
  const sorted = [...names].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
  for (const name of sorted) tags.set(name, await findOrMakeTag(tx, name));
  return names.flatMap((name) => tags.get(name) ?? []);
}

/** Two people may name the same new tag at once; the second joins the first's. */
async function findOrMakeTag(tx: Scope, text: string): Promise<Tag> {
  const name = requireLine('tag', text, tagNames.maxLength);
  const made: { id: string }[] = await tx.em.execute(
    'insert into tag (workspace_id, id, name) values (?, ?, ?) on conflict (workspace_id, name_key(name)) do nothing returning id',
    [tx.workspaceId, newId(), name],
  );
  for (const { id } of made) recordSettingChange(tx, SettingKind.TAG, id);
  const [row]: { id: string }[] = await tx.em.execute('select id from tag where workspace_id = ? and name_key(name) = name_key(?)', [
    tx.workspaceId,
    name,
  ]);
  return tx.em.findOneOrFail(Tag, { workspaceId: tx.workspaceId, id: row?.id ?? '' });
}
