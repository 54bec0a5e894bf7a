import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { findCurrentContact } from '../contacts/index.ts';
import { Topic } from '../tickets/index.ts';
import type { FieldCondition, TicketFilter } from './ticket-filter.ts';

/** The filter with every contact in it replaced by the one that it was merged into, and keys of topics by ids. */
export async function currentFilter(scope: Scope, filter: TicketFilter): Promise<TicketFilter> {
  if (contactIdsIn(filter).length === 0 && !namesTopics(filter)) return filter;
  const { topicKeys, ...rest } = filter;
  const { requesterId, fields, all, any, not } = rest;
  const parts = (list: readonly TicketFilter[]) => Promise.all(list.map((part) => currentFilter(scope, part)));
  const keyed = topicKeys ? [{ topicIds: await topicIdsOf(scope, topicKeys) }] : [];
  return {
    ...rest,
    ...(requesterId ? { requesterId: await currentId(scope, requesterId) } : {}),
    ...(fields ? { fields: await Promise.all(fields.map((one) => currentCondition(scope, one))) } : {}),
    ...(all || topicKeys ? { all: [...(await parts(all ?? [])), ...keyed] } : {}),
    ...(any ? { any: await parts(any) } : {}),
    ...(not ? { not: await currentFilter(scope, not) } : {}),
  };
}

/** What may be contacts in a filter: its requesters, and the values of custom fields, some of which hold contacts. */
export function contactIdsIn({ requesterId, fields, all, any, not }: TicketFilter): string[] {
  return [
    ...(requesterId ? [requesterId] : []),
    ...(fields ?? []).flatMap(({ values }) => (values ?? []).filter(isId)),
    ...[...(all ?? []), ...(any ?? []), ...(not ? [not] : [])].flatMap(contactIdsIn),
  ];
}

function namesTopics({ topicKeys, all, any, not }: TicketFilter): boolean {
  return Boolean(topicKeys) || [...(all ?? []), ...(any ?? []), ...(not ? [not] : [])].some(namesTopics);
}

/** Keys that no topic has match nothing. */
async function topicIdsOf({ em, workspaceId }: Scope, keys: readonly string[]): Promise<string[]> {
  const topics = await em.find(Topic, { workspaceId, key: { $in: [...keys] } });
  return topics.map(({ id }) => id);
}

async function currentCondition(scope: Scope, condition: FieldCondition): Promise<FieldCondition> {
  if (!condition.values) return condition;
  return { ...condition, values: await Promise.all(condition.values.map((value) => currentId(scope, value))) };
}

async function currentId(scope: Scope, id: string): Promise<string> {
  return (await findCurrentContact(scope, id))?.id ?? id;
}
