export { IdentityResolver, SessionResolver } from './identity.resolver.ts';
export { AccessTokenType, ConfirmationNeededType, MemberType, TeamType } from './identity.type.ts';
