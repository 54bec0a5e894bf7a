export { SkillGroupResolver, TopicSkillResolver } from './skill-group.resolver.ts';
