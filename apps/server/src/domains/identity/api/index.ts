export { IdentityResolver, SessionResolver } from './identity.resolver.ts';
export { AccessTokenType, ActingTokenType, ConfirmationNeededType, MemberType, TeamType, WorkspaceType } from './identity.type.ts';
