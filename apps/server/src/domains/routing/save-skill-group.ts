import { isId } from '../../kernel/id.ts';
import { requireFreeName, type NameSpace } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { madeAnew, type MadeAs, type SettingState } from '../../platform/setting-versions.ts';
import { Member } from '../identity/index.ts';
import {
  changeSettings,
  reviseTicketSetting,
  SettingNotFound,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from '../ticket-settings/index.ts';
import { ReferenceNotFound, Topic } from '../tickets/index.ts';
import { SkillGroup, SkillGroupMember, SkillGroupTopic } from './skill-group.entity.ts';

const groupNames: NameSpace = { table: 'skill_group' };

export interface SkillGroupWanted {
  readonly name: string;
  readonly memberIds: readonly string[];
  /** Topics that another group had become this one's. */
  readonly topicIds: readonly string[];
}

const skillGroupSetting: TicketSetting<SkillGroup> = {
  kind: 'SKILL_GROUP',
  nameOf: ({ name }) => name,
  async stateOf({ id: skillGroupId, name }, { em, workspaceId }): Promise<SkillGroupWanted & SettingState> {
    const members = await em.find(SkillGroupMember, { workspaceId, skillGroupId }, { orderBy: { memberId: 'asc' } });
    const topics = await em.find(SkillGroupTopic, { workspaceId, skillGroupId }, { orderBy: { topicId: 'asc' } });
    return { name, memberIds: members.map(({ memberId }) => memberId), topicIds: topics.map(({ topicId }) => topicId) };
  },
};

export function createSkillGroup(scope: Scope, wanted: SkillGroupWanted, { id, version }: MadeAs = madeAnew()): Promise<SkillGroup> {
  return changeSettings(scope, async (tx) => {
    const { em, workspaceId } = tx;
    const name = await requireFreeName(tx, groupNames, wanted.name, null);
    const group = em.create(SkillGroup, { workspaceId, id, name, version }, { persist: true });
    await em.flush();
    await fill(tx, group.id, wanted);
    return ticketSettingCreated(tx, skillGroupSetting, group);
  });
}

export interface EditSkillGroup extends SkillGroupWanted {
  readonly skillGroupId: string;
  /** The version that was opened. */
  readonly version: number;
}

export function editSkillGroup(scope: Scope, { skillGroupId, version, ...wanted }: EditSkillGroup): Promise<SkillGroup> {
  return changeSettings(scope, async (tx) => {
    const group = await requireGroup(tx, skillGroupId);
    const change = async () => {
      group.name = await requireFreeName(tx, groupNames, wanted.name, group.id);
      await fill(tx, group.id, wanted);
    };
    return reviseTicketSetting(tx, skillGroupSetting, { thing: group, version, change });
  });
}

/** Its topics are served by the groups above them from then on, or by everybody. */
export function deleteSkillGroup(scope: Scope, skillGroupId: string): Promise<SkillGroup> {
  return changeSettings(scope, async (tx) => {
    const group = await requireGroup(tx, skillGroupId);
    await ticketSettingDeleted(tx, skillGroupSetting, group);
    await tx.em.nativeDelete(SkillGroup, { workspaceId: tx.workspaceId, id: group.id });
    return group;
  });
}

async function fill(tx: Scope, skillGroupId: string, wanted: SkillGroupWanted): Promise<void> {
  const { em, workspaceId } = tx;
  const memberIds = await requireAll(tx, Member, wanted.memberIds, 'memberIds', 'member');
  const topicIds = await requireAll(tx, Topic, wanted.topicIds, 'topicIds', 'topic');
  await em.nativeDelete(SkillGroupMember, { workspaceId, skillGroupId });
  await em.nativeDelete(SkillGroupTopic, { workspaceId, $or: [{ skillGroupId }, { topicId: { $in: topicIds } }] });
  await em.insertMany(
    SkillGroupMember,
    memberIds.map((memberId) => ({ workspaceId, skillGroupId, memberId })),
  );
  await em.insertMany(
    SkillGroupTopic,
    topicIds.map((topicId) => ({ workspaceId, skillGroupId, topicId })),
  );
}

async function requireAll(
  { em, workspaceId }: Scope,
  entity: typeof Member | typeof Topic,
  ids: readonly string[],
  field: string,
  what: string,
): Promise<string[]> {
  const wanted = [...new Set(ids)];
  const known = wanted.every(isId) ? await em.count<Member | Topic>(entity, { workspaceId, id: { $in: wanted } }) : -1;
  if (known !== wanted.length) throw new ReferenceNotFound(field, what);
  return wanted;
}

async function requireGroup({ em, workspaceId }: Scope, id: string): Promise<SkillGroup> {
  const group = isId(id) ? await em.findOne(SkillGroup, { workspaceId, id }) : null;
  if (!group) throw new SettingNotFound('skill group', 'skillGroupId');
  return group;
}
