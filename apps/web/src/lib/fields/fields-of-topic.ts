import type { CustomFieldFragment, TopicFragment } from '#lib/graphql/generated/graphql.ts';

/** The fields that tickets of a topic have: of all tickets, of the topic, and of the topics above it. */
export function fieldsOfTopic(
  fields: readonly CustomFieldFragment[],
  topics: readonly TopicFragment[],
  topicId: string | null,
): CustomFieldFragment[] {
  const lineage = new Set<string>();
  for (let id = topicId; id && !lineage.has(id); id = topics.find((topic) => topic.id === id)?.parent?.id ?? null) lineage.add(id);
  return fields.filter(({ topicIds }) => topicIds.length === 0 || topicIds.some((id) => lineage.has(id)));
}
