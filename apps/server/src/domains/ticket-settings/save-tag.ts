import { Priority } from '@baton/rules';
import { isId } from '../../kernel/id.ts';
import { NameTaken, StillInUse } from '../../kernel/settings-error.ts';
import { requireLine } from '../../kernel/text.ts';
import type { Scope } from '../../platform/scope.ts';
import { Workspace } from '../identity/index.ts';
import { requireNames, Tag, type Names } from '../tickets/index.ts';
import { changeSettings, isInUse } from './change-settings.ts';
import { SettingNotFound } from './settings.errors.ts';

export function renameTag(scope: Scope, { tagId, name: text }: { readonly tagId: string; readonly name: string }): Promise<Tag> {
  return changeSettings(scope, { tag: text }, async (tx) => {
    const tag = await requireTag(tx, tagId);
    const name = requireLine('name', text, 50);
    const [holder]: { id: string }[] = await tx.em.execute('select id from tag where workspace_id = ? and lower(name) = lower(?)', [
      tx.workspaceId,
      name,
    ]);
    if (holder && holder.id !== tagId) throw new NameTaken('name', name);
    tag.name = name;
    return tag;
  });
}

/** Refused while tickets have it; it can be taken from many at once. */
export function deleteTag(scope: Scope, tagId: string): Promise<Tag> {
  return changeSettings(scope, { tag: tagId, deleted: true }, async (tx) => {
    const tag = await requireTag(tx, tagId);
    if (await isInUse(tx, 'ticket_tag', 'tag_id', tagId))
      throw new StillInUse(`Tickets have the tag "${tag.name}". Take it from them first, all at once from a list.`, 'tagId');
    tx.em.remove(tag);
    return tag;
  });
}

export type PriorityNames = Readonly<Partial<Record<Priority, Names>>>;

/** What a workspace calls its priorities; the usual names where it says nothing. */
export async function priorityNames(scope: Scope): Promise<PriorityNames> {
  return (await scope.em.findOneOrFail(Workspace, { id: scope.workspaceId })).priorityNames;
}

/** Gives priorities names of the workspace's own. Those left out have the usual ones again. */
export function namePriorities(
  scope: Scope,
  names: readonly { readonly priority: Priority; readonly names: Names }[],
): Promise<PriorityNames> {
  return changeSettings(scope, { priorities: names.map(({ priority }) => priority) }, async (tx) => {
    const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    workspace.priorityNames = Object.fromEntries(names.map(({ priority, names: own }) => [priority, requireNames('names', own)]));
    return workspace.priorityNames;
  });
}

async function requireTag({ em, workspaceId }: Scope, id: string): Promise<Tag> {
  const tag = isId(id) ? await em.findOne(Tag, { workspaceId, id }) : null;
  if (!tag) throw new SettingNotFound('tag', 'tagId');
  return tag;
}
