export { createSkillGroup, editSkillGroup, type SkillGroupWanted } from './save-skill-group.ts';
export { SkillGroup, SkillGroupMember, SkillGroupTopic } from './skill-group.entity.ts';
