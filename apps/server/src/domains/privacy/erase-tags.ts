import { domainEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSettingDeletion, SettingKind } from '../../platform/setting-versions.ts';
import { MergeItemKind } from '../merges/index.ts';
import { TicketEvent } from '../tickets/index.ts';
import type { PersonalData } from './find-personal-data.ts';
import { idList } from './id-list.ts';

/**
 * Deletes the tags that name the contact, and answers their names: those that contain an address, the external ID or the
 * full name, and those that agents typed on these tickets alone. A tag of the settings stays unless it contains one of these.
 */
export async function eraseTags(tx: Scope, data: PersonalData): Promise<string[]> {
  const { em, workspaceId } = tx;
  const ids = [...(await namingTags(tx, data)), ...(await typedTags(tx, data))];
  await em.execute('delete from setting_version where workspace_id = ? and kind = ? and setting_id = any(?::uuid[])', [
    workspaceId,
    SettingKind.TAG,
    idList(ids),
  ]);
  for (const id of ids) recordSettingDeletion(tx, SettingKind.TAG, id);
  await recordOtherTickets(tx, data, ids);
  const gone: { name: string }[] = await em.execute('delete from tag where workspace_id = ? and id = any(?::uuid[]) returning name', [
    workspaceId,
    idList(ids),
  ]);
  return gone.map(({ name }) => name);
}

/** Tickets of other contacts lose such a tag too. */
async function recordOtherTickets(tx: Scope, { ticketIds, otherTicketIds }: PersonalData, tagIds: readonly string[]): Promise<void> {
  const tickets: { ticket_id: string }[] = await tx.em.execute(
    `select distinct ticket_id from ticket_tag where workspace_id = ? and tag_id = any(?::uuid[]) and ticket_id <> all(?::uuid[])`,
    [tx.workspaceId, idList(tagIds), idList([...ticketIds, ...otherTicketIds])],
  );
  for (const { ticket_id: id } of tickets) tx.record(domainEvent(TicketEvent.ERASED, id));
}

async function namingTags({ em, workspaceId }: Scope, { identity }: PersonalData): Promise<string[]> {
  const tags: { id: string }[] = await em.execute(
    `select id from tag where workspace_id = ?
     and exists (select from jsonb_array_elements_text(?::jsonb) i(text) where strpos(lower(name), i.text) > 0)`,
    [workspaceId, JSON.stringify(identity)],
  );
  return tags.map(({ id }) => id);
}

/** Also those that were on the tickets before, or came from them to another with a merge. */
async function typedTags({ em, workspaceId }: Scope, { ticketIds }: PersonalData): Promise<string[]> {
  const own = idList(ticketIds);
  const tags: { id: string }[] = await em.execute(
    `select t.id from tag t
     where t.workspace_id = ? and (
         exists (select from ticket_tag k where k.workspace_id = t.workspace_id and k.tag_id = t.id and k.ticket_id = any(?::uuid[]))
         or t.name in (
           select x from event e cross join jsonb_array_elements(e.changes) c cross join lateral unnest(array[c->>'from', c->>'to']) x
           where e.workspace_id = ? and e.ticket_id = any(?::uuid[]) and c->>'field' = 'tag'))
       and not exists (
         select from ticket_tag k where k.workspace_id = t.workspace_id and k.tag_id = t.id and k.ticket_id <> all(?::uuid[])
           and not exists (
             select from merge m join merge_item i on i.workspace_id = m.workspace_id and i.merge_id = m.id and i.kind = ? and i.item_id = t.id
             where m.workspace_id = t.workspace_id and m.destination_id = k.ticket_id and m.source_id = any(?::uuid[])))
       and not exists (select from setting_version v where v.workspace_id = t.workspace_id and v.kind = ? and v.setting_id = t.id)
       and not exists (select from view v where v.workspace_id = t.workspace_id and strpos(v.filter::text, t.id::text) > 0)
       and not exists (
         select from sla_policy_version p where p.workspace_id = t.workspace_id and strpos(p.conditions::text, t.id::text) > 0)`,
    [workspaceId, own, workspaceId, own, own, MergeItemKind.TAG, own, SettingKind.TAG],
  );
  return tags.map(({ id }) => id);
}
