export { IdentityResolver, SessionResolver } from './identity.resolver.ts';
export { AccessTokenType, ConfirmationNeededType, MemberType, TeamType, WorkspaceType } from './identity.type.ts';
