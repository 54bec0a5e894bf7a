import type { Scope } from '../../platform/scope.ts';
import type { PersonalData } from './find-personal-data.ts';
import { idList } from './id-list.ts';

/** A text that a merge copied into an empty field of a ticket. */
export interface MergedCopy {
  readonly merge_id: string;
  readonly ticket_id: string;
  /** As the log names it: `description`, or a custom field. */
  readonly field: string;
  readonly value: unknown;
}

const isText = (key: string) => `(${key} = 'description' or ${key} like 'field:%')`;

/** What merges copied from tickets to others, also over several merges. */
export function findMergedCopies({ em, workspaceId }: Scope, sourceIds: readonly string[]): Promise<MergedCopy[]> {
  return em.execute(
    `with recursive copy as (
       select m.id as merge_id, m.destination_id as ticket_id, f.key as field, f.value from merge m cross join jsonb_each(m.filled) f
         where m.workspace_id = ? and m.source_id = any(?::uuid[]) and ${isText('f.key')}
       union
       select m.id, m.destination_id, f.key, f.value from copy c
         join merge m on m.workspace_id = ? and m.source_id = c.ticket_id
         join jsonb_each(m.filled) f on f.key = c.field and f.value = c.value)
     select merge_id, ticket_id, field, value from copy`,
    [workspaceId, idList(sourceIds), workspaceId],
  );
}

/** Empties what merges copied from the erased tickets to those of others, where it is still as it was copied. */
export async function eraseMergedCopies(tx: Scope, { ticketIds, mergedCopies }: PersonalData): Promise<void> {
  for (const copy of mergedCopies.filter(({ ticket_id }) => !ticketIds.includes(ticket_id))) await eraseCopy(tx, copy);
  const mergeIds = mergedCopies.map(({ merge_id }) => merge_id);
  await tx.em.execute(
    `update merge set filled = (select coalesce(jsonb_object_agg(key, value) filter (where not ${isText('key')}), '{}') from jsonb_each(filled))
     where workspace_id = ? and (id = any(?::uuid[]) or destination_id = any(?::uuid[]))`,
    [tx.workspaceId, idList(mergeIds), idList(ticketIds)],
  );
}

async function eraseCopy({ em, workspaceId }: Scope, { ticket_id: ticketId, field, value }: MergedCopy): Promise<void> {
  const json = JSON.stringify(value);
  const where = [workspaceId, ticketId];
  await em.execute(
    `update event e set changes = (
       select jsonb_agg(case when c->>'field' = ? and ?::jsonb in (c->'from', c->'to') then c || '{"from": null, "to": null}' else c end order by n)
       from jsonb_array_elements(e.changes) with ordinality x(c, n))
     where e.workspace_id = ? and e.ticket_id = ? and e.changes @> ?::jsonb`,
    [field, json, ...where, JSON.stringify([{ field }])],
  );
  if (field === 'description') {
    await em.execute(`update ticket set description = '' where workspace_id = ? and id = ? and description = ?::jsonb #>> '{}'`, [
      ...where,
      json,
    ]);
    return;
  }
  const fieldId = field.slice('field:'.length);
  await em.execute('delete from ticket_field where workspace_id = ? and ticket_id = ? and field_id = ? and value = ?::jsonb', [
    ...where,
    fieldId,
    json,
  ]);
  await em.execute(
    `update event set facets = facets #- array['fields', ?::text] where workspace_id = ? and ticket_id = ? and facets->'fields'->(?::text) = ?::jsonb`,
    [fieldId, ...where, fieldId, json],
  );
}
