import { listLoaderByKey, loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { listTopics, type Ticket } from '../tickets/index.ts';
import { CustomField, TicketField } from './field.entity.ts';
import { canSeeField } from './field.policy.ts';

/** Also those that were removed: history names them. */
export const fieldById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(CustomField, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

const valuesByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(TicketField, { workspaceId, ticketId: { $in: [...ids] } }),
  ({ ticketId }) => ticketId,
);

/** The fields that there are, in their order. */
function allFields(scope: Scope): Promise<CustomField[]> {
  return scope.remember('custom fields', ({ em, workspaceId }) =>
    em.find(CustomField, { workspaceId, removedAt: null }, { orderBy: { place: 'asc', id: 'asc' } }),
  );
}

export async function listFields(scope: Scope): Promise<CustomField[]> {
  return (await allFields(scope)).filter((field) => canSeeField(scope.viewer, field));
}

/** Those that tickets of a topic have: of all tickets, of the topic, and of the topics above it. */
export async function fieldsOfTopic(scope: Scope, topicId: string | null): Promise<CustomField[]> {
  const fields = await allFields(scope);
  if (fields.every(({ topicIds }) => topicIds.length === 0)) return fields;
  const topics = new Map((await scope.remember('topics', () => listTopics(scope))).map((topic) => [topic.id, topic]));
  const lineage = new Set<string>();
  for (let id = topicId; id !== null && !lineage.has(id); id = topics.get(id)?.parentId ?? null) lineage.add(id);
  return fields.filter(({ topicIds }) => topicIds.length === 0 || topicIds.some((id) => lineage.has(id)));
}

export interface FieldValue {
  readonly field: CustomField;
  readonly values: readonly string[];
}

/** What a ticket has in each of its fields that the viewer sees. What it had before its topic changed is kept, and not shown. */
export async function fieldsOfTicket(scope: Scope, { id, topicId }: Pick<Ticket, 'id' | 'topicId'>): Promise<FieldValue[]> {
  const fields = (await fieldsOfTopic(scope, topicId)).filter((field) => canSeeField(scope.viewer, field));
  if (fields.length === 0) return [];
  const values = new Map(((await scope.load(valuesByTicket, id)) ?? []).map(({ fieldId, value }) => [fieldId, value]));
  return fields.map((field) => ({ field, values: values.get(field.id) ?? [] }));
}
