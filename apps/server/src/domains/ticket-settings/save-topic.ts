import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId, newId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import type { Scope } from '../../platform/scope.ts';
import { ReferenceNotFound, requireNames, Topic, type Names } from '../tickets/index.ts';
import { changeSettings, inOrder, isInUse, requireVersion } from './change-settings.ts';
import { SettingNotFound } from './settings.errors.ts';

export interface TopicWanted {
  readonly names: Names;
  /** The topic that it is under. */
  readonly parentId?: string | null | undefined;
}

const deepest = 4;

export function createTopic(scope: Scope, wanted: TopicWanted): Promise<Topic> {
  return changeSettings(scope, { topic: wanted.names, created: true }, async (tx) => {
    const topics = await allTopics(tx);
    const topic = tx.em.create(
      Topic,
      {
        workspaceId: tx.workspaceId,
        id: newId(),
        name: requireNames('names', wanted.names),
        parentId: null,
        place: topics.length,
        version: 1,
      },
      { persist: true },
    );
    topic.parentId = requirePlace([...topics, topic], topic, wanted.parentId ?? null);
    return topic;
  });
}

export function editTopic(
  scope: Scope,
  { topicId, version, ...wanted }: TopicWanted & { readonly topicId: string; readonly version: number },
): Promise<Topic> {
  return changeSettings(scope, { topic: wanted.names }, async (tx) => {
    const topics = await allTopics(tx);
    const topic = requireTopic(topics, topicId);
    requireVersion(topic, version);
    topic.name = requireNames('names', wanted.names);
    topic.parentId = requirePlace(topics, topic, wanted.parentId ?? null);
    topic.version += 1;
    return topic;
  });
}

/** Refused while tickets have it or topics are under it: what they are about would be lost. */
export function deleteTopic(scope: Scope, topicId: string): Promise<Topic> {
  return changeSettings(scope, { topic: topicId, deleted: true }, async (tx) => {
    const topics = await allTopics(tx);
    const topic = requireTopic(topics, topicId);
    if (topics.some(({ parentId }) => parentId === topicId))
      throw new StillInUse('Topics are under this one. Move or delete them first.', 'topicId');
    if (await isInUse(tx, 'ticket', 'topic_id', topicId))
      throw new StillInUse('Tickets have this topic. Give them another first, all at once from a list.', 'topicId');
    await tx.em.execute(
      'update custom_field set topic_ids = array_remove(topic_ids, ?::uuid) where workspace_id = ? and ? = any(topic_ids)',
      [topicId, tx.workspaceId, topicId],
    );
    tx.em.remove(topic);
    return topic;
  });
}

export function orderTopics(scope: Scope, topicIds: readonly string[]): Promise<Topic[]> {
  return changeSettings(scope, { order: 'topics' }, async (tx) => {
    const ordered = inOrder(await allTopics(tx), topicIds);
    for (const [place, topic] of ordered.entries()) topic.place = place;
    return ordered;
  });
}

function allTopics({ em, workspaceId }: Scope): Promise<Topic[]> {
  return em.find(Topic, { workspaceId }, { orderBy: { place: 'asc', id: 'asc' } });
}

function requireTopic(topics: readonly Topic[], id: string): Topic {
  const topic = isId(id) ? topics.find((one) => one.id === id) : undefined;
  if (!topic) throw new SettingNotFound('topic', 'topicId');
  return topic;
}

/** Refuses a topic under itself, and one deeper than people can follow. */
function requirePlace(topics: readonly Topic[], { id }: Topic, parentId: string | null): string | null {
  let depth = 1;
  for (let above = parentId; above !== null; depth++) {
    const topic = topics.find((one) => one.id === above);
    if (!topic) throw new ReferenceNotFound('parentId', 'topic');
    if (above === id) throw new InvalidInput('A topic cannot be under itself. Choose another.', 'parentId');
    if (depth >= deepest) throw new InvalidInput(`Topics are at most ${deepest} deep. Choose one further up.`, 'parentId');
    above = topic.parentId;
  }
  return parentId;
}
