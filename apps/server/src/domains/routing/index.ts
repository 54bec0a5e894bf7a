export { SkillGroup, SkillGroupMember, SkillGroupTopic } from './skill-group.entity.ts';
