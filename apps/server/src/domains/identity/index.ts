export { authenticate, rightsBehind, viewerOf } from './authenticate.ts';
export { AccessToken, Session } from './credential.entity.ts';
export { Account, Member, Role, Team, TeamMember } from './member.entity.ts';
export { findMember, memberById, teamById } from './member.loader.ts';
export { hashPassword } from './secret.ts';
export { SignInDesk } from './sign-in-desk.ts';
export { Workspace } from './workspace.entity.ts';
