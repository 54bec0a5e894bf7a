import { defineEntity, p } from '@mikro-orm/core';

const SkillGroupSchema = defineEntity({
  name: 'SkillGroup',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    version: p.integer(),
  },
});

/** Topics, and the operators who can serve them. */
export class SkillGroup extends SkillGroupSchema.class {}
SkillGroupSchema.setClass(SkillGroup);

const SkillGroupMemberSchema = defineEntity({
  name: 'SkillGroupMember',
  properties: {
    workspaceId: p.uuid().primary(),
    skillGroupId: p.uuid().primary(),
    memberId: p.uuid().primary(),
  },
});

export class SkillGroupMember extends SkillGroupMemberSchema.class {}
SkillGroupMemberSchema.setClass(SkillGroupMember);

const SkillGroupTopicSchema = defineEntity({
  name: 'SkillGroupTopic',
  properties: {
    workspaceId: p.uuid().primary(),
    /** Of one group alone. Those under it are served by it too, where they have none of their own. */
    topicId: p.uuid().primary(),
    skillGroupId: p.uuid(),
  },
});

export class SkillGroupTopic extends SkillGroupTopicSchema.class {}
SkillGroupTopicSchema.setClass(SkillGroupTopic);
