export { IdentityResolver } from './identity.resolver.ts';
export { MemberType, TeamType } from './identity.type.ts';
