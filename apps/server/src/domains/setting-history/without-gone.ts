import type { Scope } from '../../platform/scope.ts';
import type { SettingState } from '../../platform/setting-versions.ts';

/** What the parts of a state name, by the tables that hold it. */
const references: Readonly<Record<string, string>> = {
  parentId: 'topic',
  topicId: 'topic',
  topicIds: 'topic',
  fromIds: 'status',
  teamId: 'team',
  memberIds: 'member',
  watcherIds: 'member',
  calendarId: 'sla_calendar',
};

interface Remaining {
  readonly state: SettingState;
  /** The parts that named something that is gone. */
  readonly leftOut: readonly string[];
}

/** A state without what it names that is there no more: the rest of it can still be brought back. */
export async function withoutGone(tx: Scope, given: SettingState): Promise<Remaining> {
  const state: Record<string, unknown> = { ...given };
  const leftOut: string[] = [];
  for (const [part, table] of Object.entries(references)) {
    const value = given[part];
    if (typeof value !== 'string' && !Array.isArray(value)) continue;
    const ids = [value].flat() as string[];
    const there = await idsOf(tx, table, ids);
    if (ids.every((id) => there.has(id))) continue;
    leftOut.push(part);
    state[part] = Array.isArray(value) ? ids.filter((id) => there.has(id)) : null;
  }
  if (Array.isArray(given.fields)) {
    const fields = given.fields as { readonly fieldId: string }[];
    const there = await idsOf(
      tx,
      'custom_field',
      fields.map(({ fieldId }) => fieldId),
    );
    state.fields = fields.filter(({ fieldId }) => there.has(fieldId));
    if (fields.some(({ fieldId }) => !there.has(fieldId))) leftOut.push('fields');
  }
  return { state, leftOut };
}

async function idsOf({ em, workspaceId }: Scope, table: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows: { id: string }[] = await em.execute(
    `select id from ${table} where workspace_id = ? and id in (select value::uuid from jsonb_array_elements_text(?::jsonb))
     ${table === 'custom_field' ? 'and removed_at is null' : ''}`,
    [workspaceId, JSON.stringify(ids)],
  );
  return new Set(rows.map(({ id }) => id));
}
