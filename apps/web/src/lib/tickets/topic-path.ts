import type { TopicFragment } from '#lib/graphql/generated/graphql.ts';
import { localized } from '#lib/i18n/index.ts';

/** A topic with those that it is under: "Hardware › Printers". */
export function topicPath(topics: readonly TopicFragment[], { id, names, parent }: TopicFragment): string {
  const above = parent && topics.find((one) => one.id === parent.id && one.id !== id);
  return above ? `${topicPath(topics, above)} › ${localized(names)}` : localized(names);
}

/** Topics as a tree reads: each followed by those under it, with how deep it is. */
export function topicTree(
  topics: readonly TopicFragment[],
  parentId: string | null = null,
  depth = 0,
): { topic: TopicFragment; depth: number }[] {
  return topics
    .filter(({ parent }) => (parent?.id ?? null) === parentId)
    .flatMap((topic) => [{ topic, depth }, ...topicTree(topics, topic.id, depth + 1)]);
}
