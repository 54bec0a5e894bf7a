import { listLoaderByKey, loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, type Member } from '../identity/index.ts';
import { listTopics, type Topic } from '../tickets/index.ts';
import { SkillGroup, SkillGroupMember, SkillGroupTopic } from './skill-group.entity.ts';

export const skillGroupById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(SkillGroup, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

const membersByGroup = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(SkillGroupMember, { workspaceId, skillGroupId: { $in: [...ids] } }),
  ({ skillGroupId }) => skillGroupId,
);

/** Which group each topic is given, without what it has from the topics above. */
function groupsOfTopics(scope: Scope): Promise<SkillGroupTopic[]> {
  return scope.remember('skill groups of topics', ({ em, workspaceId }) => em.find(SkillGroupTopic, { workspaceId }));
}

/** By name. */
export function listSkillGroups({ em, workspaceId }: Scope): Promise<SkillGroup[]> {
  return em.find(SkillGroup, { workspaceId }, { orderBy: { name: 'asc' } });
}

/** Who is in a group, by name. */
export async function membersOf(scope: Scope, { id }: SkillGroup): Promise<Member[]> {
  const members = await Promise.all(((await scope.load(membersByGroup, id)) ?? []).map(({ memberId }) => scope.load(memberById, memberId)));
  return members.filter((member) => member !== null).sort((a, b) => a.name.localeCompare(b.name));
}

/** The topics that a group was given, in their order. */
export async function topicsOf(scope: Scope, { id }: SkillGroup): Promise<Topic[]> {
  const own = new Set((await groupsOfTopics(scope)).filter(({ skillGroupId }) => skillGroupId === id).map(({ topicId }) => topicId));
  return (await listTopics(scope)).filter((topic) => own.has(topic.id));
}

/** The group that serves a topic: its own, or that of the nearest topic above it that has one. */
export async function groupServing(scope: Scope, topicId: string): Promise<SkillGroup | null> {
  const given = new Map((await groupsOfTopics(scope)).map((row) => [row.topicId, row.skillGroupId]));
  const parents = new Map((await scope.remember('topics', () => listTopics(scope))).map(({ id, parentId }) => [id, parentId]));
  for (let id: string | null = topicId, depth = 0; id !== null && depth < parents.size; id = parents.get(id) ?? null, depth++) {
    const groupId = given.get(id);
    if (groupId) return scope.load(skillGroupById, groupId);
  }
  return null;
}
