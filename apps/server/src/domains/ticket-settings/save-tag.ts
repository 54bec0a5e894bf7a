import { isId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import { requireFreeName } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import type { MadeAs } from '../../platform/setting-versions.ts';
import { Tag, tagNames } from '../tickets/index.ts';
import {
  changeSettings,
  isInUse,
  reviseTicketSetting,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from './change-settings.ts';
import { SettingNotFound } from './settings.errors.ts';

const tagSetting: TicketSetting<Tag> = { kind: 'TAG', nameOf: ({ name }) => name, stateOf: ({ name }) => ({ name }) };

export interface RenameTag {
  readonly tagId: string;
  /** The version that was opened; null = whatever stands. */
  readonly version: number | null;
  readonly name: string;
}

export function renameTag(scope: Scope, { tagId, version, name }: RenameTag): Promise<Tag> {
  return changeSettings(scope, async (tx) => {
    const tag = await requireTag(tx, tagId);
    const change = async () => {
      tag.name = await requireFreeName(tx, tagNames, name, tagId);
    };
    return reviseTicketSetting(tx, tagSetting, { thing: tag, version, change });
  });
}

/** Makes a tag again that was deleted. Else they are made by being given to a ticket. */
export function createTagAgain(scope: Scope, name: string, { id, version }: MadeAs): Promise<Tag> {
  return changeSettings(scope, async (tx) => {
    const free = await requireFreeName(tx, tagNames, name, null);
    const tag = tx.em.create(Tag, { workspaceId: tx.workspaceId, id, name: free, version }, { persist: true });
    return ticketSettingCreated(tx, tagSetting, tag);
  });
}

/** Refused while tickets have it; it can be taken from many at once. */
export function deleteTag(scope: Scope, tagId: string): Promise<Tag> {
  return changeSettings(scope, async (tx) => {
    const tag = await requireTag(tx, tagId);
    if (await isInUse(tx, 'ticket_tag', 'tag_id', tagId))
      throw new StillInUse(`Tickets have the tag "${tag.name}". Take it from them first, all at once from a list.`, 'tagId');
    await ticketSettingDeleted(tx, tagSetting, tag);
    tx.em.remove(tag);
    return tag;
  });
}

async function requireTag({ em, workspaceId }: Scope, id: string): Promise<Tag> {
  const tag = isId(id) ? await em.findOne(Tag, { workspaceId, id }) : null;
  if (!tag) throw new SettingNotFound('tag', 'tagId');
  return tag;
}
