import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { NameTaken, StillInUse } from '../../kernel/settings-error.ts';
import { requireFreeNames } from '../../platform/free-names.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { madeAnew, type MadeAs, type SettingState } from '../../platform/setting-versions.ts';
import { ReferenceNotFound, requireNames, Topic, type Names } from '../tickets/index.ts';
import {
  changeSettings,
  isInUse,
  nameInLog,
  putInOrder,
  reviseTicketSetting,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from './change-settings.ts';
import { SettingNotFound } from './settings.errors.ts';

export interface TopicWanted {
  readonly names: Names;
  /** The topic that it is under. */
  readonly parentId?: string | null | undefined;
  /** Null leaves the key that the topic has. */
  readonly key?: string | null | undefined;
}

const deepest = 4;

const topicSetting: TicketSetting<Topic> = {
  kind: 'TOPIC',
  nameOf: nameInLog,
  stateOf: ({ name, parentId, key }): TopicWanted & SettingState => ({ names: name, parentId, key: key ?? null }),
};

export function createTopic(scope: Scope, wanted: TopicWanted, { id, version }: MadeAs = madeAnew()): Promise<Topic> {
  return changeSettings(scope, async (tx) => {
    const topics = await allTopics(tx);
    const topic = tx.em.create(
      Topic,
      {
        workspaceId: tx.workspaceId,
        id,
        name: {},
        parentId: null,
        place: topics.length,
        version,
      },
      { persist: true },
    );
    await write(tx, [...topics, topic], topic, wanted);
    return ticketSettingCreated(tx, topicSetting, topic);
  });
}

export function editTopic(
  scope: Scope,
  { topicId, version, ...wanted }: TopicWanted & { readonly topicId: string; readonly version: number },
): Promise<Topic> {
  return changeSettings(scope, async (tx) => {
    const topics = await allTopics(tx);
    const topic = requireTopic(topics, topicId);
    const change = () => write(tx, topics, topic, wanted);
    return reviseTicketSetting(tx, topicSetting, { thing: topic, version, change });
  });
}

async function write(
  tx: Scope,
  topics: readonly Topic[],
  topic: Topic,
  { names, parentId = null, key = null }: TopicWanted,
): Promise<void> {
  const place = requirePlace(topics, topic, parentId);
  const among = { sql: 'parent_id is not distinct from ?::uuid', parameters: [place] };
  const free = await requireFreeNames(tx, { table: 'topic', among }, requireNames('names', names), { field: 'names', ownId: topic.id });
  // A member who can read a topic can read those under it.
  if (topic.parentId !== place) tx.record(domainEvent(accessChanged, null));
  Object.assign(topic, { name: free, parentId: place, key: requireKey(topics, topic, key) });
}

function requireKey(topics: readonly Topic[], topic: Topic, key: string | null): string | null {
  const own = topic.key ?? null;
  if (key === null || key === own) return own;
  if (own !== null) throw new InvalidInput(`The key "${own}" of a topic never changes; "${key}" was given. Create another topic.`, 'key');
  if (!/^[a-z][a-z0-9_-]{0,39}$/.test(key)) {
    throw new InvalidInput(`Invalid key: "${key}". Write 1 to 40 lower-case letters, digits, "_" and "-", a letter first.`, 'key');
  }
  if (topics.some((other) => other.key === key)) throw new NameTaken('key', key);
  return key;
}

/** Refused while tickets have it or topics are under it: what they are about would be lost. */
export function deleteTopic(scope: Scope, topicId: string): Promise<Topic> {
  return changeSettings(scope, async (tx) => {
    const topics = await allTopics(tx);
    const topic = requireTopic(topics, topicId);
    if (topics.some(({ parentId }) => parentId === topicId))
      throw new StillInUse('Topics are under this one. Move or delete them first.', 'topicId');
    if (await isInUse(tx, 'ticket', 'topic_id', topicId))
      throw new StillInUse('Tickets have this topic. Give them another first, all at once from a list.', 'topicId');
    const limited: object[] = await tx.em.execute('select 1 from member where workspace_id = ? and ? = any(topic_ids) limit 1', [
      tx.workspaceId,
      topicId,
    ]);
    if (limited.length > 0)
      throw new StillInUse('Members can read only tickets of this topic. Change their topics under Settings → Agents first.', 'topicId');
    await ticketSettingDeleted(tx, topicSetting, topic);
    await tx.em.execute(
      'update custom_field set topic_ids = array_remove(topic_ids, ?::uuid) where workspace_id = ? and ? = any(topic_ids)',
      [topicId, tx.workspaceId, topicId],
    );
    tx.em.remove(topic);
    return topic;
  });
}

export function orderTopics(scope: Scope, topicIds: readonly string[]): Promise<Topic[]> {
  return changeSettings(scope, async (tx) => putInOrder(tx, 'TOPIC', { things: await allTopics(tx), ids: topicIds }));
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
