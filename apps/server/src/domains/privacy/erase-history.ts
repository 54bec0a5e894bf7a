import type { Scope } from '../../platform/scope.ts';
import { SecurityEventKind } from '../../platform/security-log.ts';
import { TicketEvent } from '../tickets/index.ts';
import type { PersonalData } from './find-personal-data.ts';
import { idList } from './id-list.ts';

/**
 * Fields of the log whose values are IDs, numbers, instants or names of settings. The log keeps these, and of all others,
 * also of those that are still to come, that they were changed, by which member and when.
 */
const keptFields = [
  'arrived',
  'assigneeId',
  'cause',
  'contact',
  'deleted',
  'dueAt',
  'link',
  'merge',
  'minutes',
  'note',
  'overdueMinutes',
  'priority',
  'rating',
  'requesterId',
  'sla',
  'slaPolicyId',
  'slaCalendarId',
  'snoozedUntil',
  'split',
  'statusId',
  'step',
  'tag',
  'teamId',
  'topicId',
  'watcher',
];

const values = `case when c->>'field' = any(?::text[]) and not (c->>'field' = 'tag' and (c->>'from' = any(?::text[]) or c->>'to' = any(?::text[])))
  then c else c || '{"from": null, "to": null}' end`;

/** Empties what was written from the log of the tickets, and from the bulk actions that changed them. */
export async function eraseHistory(tx: Scope, data: PersonalData, tagNames: readonly string[]): Promise<void> {
  await eraseEvents(tx, data, tagNames);
  await eraseTagEvents(tx, tagNames);
  await eraseBulkActions(tx, data, tagNames);
  await eraseSettingChanges(tx, [...data.identity, ...tagNames.map((name) => name.toLowerCase())]);
}

async function eraseEvents({ em, workspaceId }: Scope, { ticketIds }: PersonalData, tagNames: readonly string[]): Promise<void> {
  await em.execute(
    `update event e set
       changes = coalesce((select jsonb_agg(${values} order by n) from jsonb_array_elements(e.changes) with ordinality x(c, n)), '[]'),
       facets = e.facets || '{"fields": {}}'
     where e.workspace_id = ? and e.ticket_id = any(?::uuid[])`,
    [textList(keptFields), textList(tagNames), textList(tagNames), workspaceId, idList(ticketIds)],
  );
}

/** On tickets of others, which had the tag once. */
async function eraseTagEvents({ em, workspaceId }: Scope, tagNames: readonly string[]): Promise<void> {
  if (tagNames.length === 0) return;
  await em.execute(
    `update event e set changes = (
       select jsonb_agg(case when c->>'field' = 'tag' and (c->>'from' = any(?::text[]) or c->>'to' = any(?::text[]))
         then c || '{"from": null, "to": null}' else c end order by n) from jsonb_array_elements(e.changes) with ordinality x(c, n))
     where e.workspace_id = ? and e.type = ? and exists (
       select from jsonb_array_elements(e.changes) c
       where c->>'field' = 'tag' and (c->>'from' = any(?::text[]) or c->>'to' = any(?::text[])))`,
    [textList(tagNames), textList(tagNames), workspaceId, TicketEvent.TAGGED, textList(tagNames), textList(tagNames)],
  );
}

/** A bulk action that still runs and writes a note ends: its note is added to no more tickets. */
async function eraseBulkActions(tx: Scope, { ticketIds }: PersonalData, tagNames: readonly string[]): Promise<void> {
  const { em, workspaceId } = tx;
  const withoutTags = (key: string) =>
    `'${key}', coalesce((select jsonb_agg(n) from jsonb_array_elements_text(coalesce(nullif(j.action->'${key}', 'null'), '[]')) n where n <> all(?::text[])), '[]')`;
  await em.execute(
    `update bulk_job j set
       cancelled = j.cancelled or (j.finished_at is null and j.action->>'note' is not null),
       finished_at = case when j.action->>'note' is not null then coalesce(j.finished_at, ?) else j.finished_at end,
       action = j.action - 'note' || jsonb_build_object(${withoutTags('addTags')}, ${withoutTags('removeTags')})
     where j.workspace_id = ? and exists (
       select from bulk_item i where i.workspace_id = j.workspace_id and i.job_id = j.id and i.ticket_id = any(?::uuid[]))`,
    [tx.now(), textList(tagNames), textList(tagNames), workspaceId, idList(ticketIds)],
  );
  await em.execute(
    `update bulk_item i set message = '', changes = coalesce(
       (select jsonb_agg(${values} order by n) from jsonb_array_elements(i.changes) with ordinality x(c, n)), '[]')
     where i.workspace_id = ? and i.ticket_id = any(?::uuid[])`,
    [textList(keptFields), textList(tagNames), textList(tagNames), workspaceId, idList(ticketIds)],
  );
}

/** The security log names what was changed in the settings, such as a tag. The change itself stays. */
async function eraseSettingChanges({ em, workspaceId }: Scope, texts: readonly string[]): Promise<void> {
  await em.execute(
    `update security_event set details = '{"erased": true}' where workspace_id = ? and kind = ?
     and exists (select from jsonb_array_elements_text(?::jsonb) t(text) where strpos(lower(details::text), t.text) > 0)`,
    [workspaceId, SecurityEventKind.TICKET_SETTINGS_CHANGED, JSON.stringify(texts)],
  );
}

/** A PostgreSQL array of any texts. */
function textList(texts: readonly string[]): string {
  return `{${texts.map((text) => JSON.stringify(text)).join(',')}}`;
}
