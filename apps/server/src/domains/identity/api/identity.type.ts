import { Field, ID, Int, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Node } from '../../../graphql/node.ts';
import type { Permission } from '../../../kernel/viewer.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { LetterKind, type AccessToken, type Session } from '../credential.entity.ts';
import { Role, type Member, type Team } from '../member.entity.ts';
import type { Invitation } from '../member.loader.ts';
import type { Workspace } from '../workspace.entity.ts';

registerEnumType(Role, { name: 'Role' });
registerEnumType(LetterKind, { name: 'LinkKind' });

@ObjectType('Team', { simpleResolvers: true, description: 'Routing and visibility scope of people and tickets.' })
export class TeamType implements Pick<Team, 'id' | 'name' | 'reopenToQueue' | 'calendarId' | 'version'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Boolean, { description: 'Whether a ticket that its client opens again goes to the queue, and not to whom it was assigned.' })
  reopenToQueue!: boolean;
  @Field(() => ID, { nullable: true, description: 'Business hours that override those of SLA policies; null = those of the policy.' })
  calendarId!: string | null;
  @Field(() => Int) version!: number;
}

@ObjectType('Member', {
  simpleResolvers: true,
  implements: Node,
  description: 'A person in this workspace, or a program that works as one.',
})
export class MemberType implements Pick<Member, 'id' | 'name' | 'role'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Role, { description: 'CUSTOM = one of the workspace’s own.' }) role!: Role;
}

@ObjectType('Workspace')
export class WorkspaceType implements Pick<
  Workspace,
  'id' | 'name' | 'secondFactorRequired' | 'securityLogDays' | 'timeAccounting' | 'prioritiesVersion'
> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Boolean, { description: 'Whoever signs in with a password has to set up a second factor first.' })
  secondFactorRequired!: boolean;
  @Field(() => Int, { nullable: true, description: 'For how many days the security log is kept; null = for ever.' })
  securityLogDays!: number | null;
  @Field(() => Boolean, { description: 'Whether people note how much time they spent.' }) timeAccounting!: boolean;
  @Field(() => Int, { description: 'Of the names of its priorities.' }) prioritiesVersion!: number;
}

@ObjectType('Invitation')
class InvitationType implements Invitation {
  @Field(() => ID) workspaceId!: string;
  @Field(() => String, { description: 'The name of the workspace.' }) workspaceName!: string;
}

@ObjectType('Viewer', { description: 'Who is asking, and what they may do.' })
export class ViewerType {
  @Field(() => MemberType) member!: Member;
  @Field(() => String) email!: string;
  @Field(() => WorkspaceType) workspace!: Workspace;
  @Field(() => [String], { description: 'Named keys, such as `ticket.create`.' }) permissions!: string[];
  @Field(() => Boolean, { description: 'Whether signing in asks for a code too.' }) secondFactor!: boolean;
  @Field(() => [WorkspaceType], { description: 'All that you work in, by name. A token sees its own alone.' })
  workspaces!: readonly Workspace[];
  @Field(() => [InvitationType], { description: 'Workspaces that invited you and that you have not joined, oldest first.' })
  invitations!: readonly Invitation[];
}

@ObjectType('Session', { description: 'A browser in which you are signed in.' })
export class SessionType implements Pick<Session, 'id' | 'userAgent' | 'address' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) userAgent!: string;
  @Field(() => String, { description: 'The network address it was opened from.' }) address!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'To the minute; null = not since it was opened.' }) lastUsedAt!: Date | null;
  @Field(() => Date) expiresAt!: Date;
}

@ObjectType('AccessToken')
export class AccessTokenType implements Pick<
  AccessToken,
  'id' | 'name' | 'hint' | 'permissions' | 'createdAt' | 'expiresAt' | 'lastUsedAt'
> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { description: 'The first characters of the secret.' }) hint!: string;
  @Field(() => [String], { nullable: true, description: 'What it may do at most; null = all that its owner may.' })
  permissions!: Permission[] | null;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) expiresAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'To the minute; null = never.' }) lastUsedAt!: Date | null;
}

@ObjectType('ActingToken', { description: 'The access token that an actor used.' })
export class ActingTokenType implements Pick<AccessToken, 'id' | 'name'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType()
export class SignInOptions {
  @Field(() => String, { nullable: true, description: 'The name of the single sign-on provider, at `/auth/oidc`; null for none.' })
  singleSignOn!: string | null;
}

@InputType()
export class SignInInput {
  @Field(() => String) email!: string;
  @Field(() => String) password!: string;
  @Field(() => String, { nullable: true, description: 'Of your authenticator, or a recovery code, where the account asks for it.' })
  code?: string | null;
  @Field(() => String, { nullable: true, description: 'The token of an invitation link, to accept it.' }) invitation?: string | null;
}

@ObjectType('SignInRefused', { implements: UserError })
class SignInRefusedType extends UserError {}

@ObjectType('PasswordRefused', { implements: UserError, description: 'Not the password of whoever is signed in.' })
class PasswordRefusedType extends UserError {}

@ObjectType('TooManyAttempts', { implements: UserError })
class TooManyAttemptsType extends UserError {
  @Field(() => Int) retryAfterSeconds!: number;
}

@ObjectType('SecondFactorNeeded', { implements: UserError, description: 'The password was right. Send it again with a code.' })
class SecondFactorNeededType extends UserError {}

@ObjectType('SecondFactorRefused', { implements: UserError })
class SecondFactorRefusedType extends UserError {}

@ObjectType('LinkInvalid', { implements: UserError, description: 'Used already, too old, or never one.' })
class LinkInvalidType extends UserError {}

@ObjectType('SignInRequired', {
  implements: UserError,
  description: 'The invited address has an account. Accept with `signIn` and the token as `invitation`.',
})
class SignInRequiredType extends UserError {}

@ObjectType('InvitationNotAllowed', { implements: UserError, description: 'The invitation is for another address.' })
class InvitationNotAllowedType extends UserError {}

@ObjectType('InvitationNotFound', { implements: UserError })
class InvitationNotFoundType extends UserError {}

@ObjectType('SessionNotFound', { implements: UserError })
class SessionNotFoundType extends UserError {}

@ObjectType('WorkspaceNotFound', { implements: UserError })
class WorkspaceNotFoundType extends UserError {}

@ObjectType('ConfirmationNeeded', {
  implements: UserError,
  description: 'You entered your password too long ago. Use `confirm`, then repeat the operation.',
})
export class ConfirmationNeededType extends UserError {}

const SignInError = userErrorUnion('SignInError', [
  SignInRefusedType,
  SecondFactorNeededType,
  SecondFactorRefusedType,
  TooManyAttemptsType,
  LinkInvalidType,
  InvitationNotAllowedType,
]);

@ObjectType()
export class SignInPayload {
  @Field(() => ViewerType, { nullable: true }) viewer?: ViewerType;
  @Field(() => [SignInError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SignOutPayload {
  @Field(() => Boolean) signedOut!: boolean;
}

@InputType()
export class AccessTokenCreateInput {
  @Field(() => String) name!: string;
  @Field(() => Int, { defaultValue: 90, description: '1 to 365.' }) days!: number;
  @Field(() => [String], { nullable: true, description: 'What it may do at most, of what you may; null = all of it.' })
  permissions?: string[] | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

const AccessTokenCreateError = userErrorUnion('AccessTokenCreateError', [ConfirmationNeededType, IdempotencyKeyReusedType]);

@ObjectType()
export class AccessTokenCreatePayload {
  @Field(() => AccessTokenType, { nullable: true }) accessToken?: AccessToken;
  @Field(() => String, { nullable: true, description: 'Shown this once. Send it as `Authorization: Bearer …`.' }) secret?: string;
  @Field(() => [AccessTokenCreateError]) userErrors!: UserErrorData[];
}

@InputType()
export class AccessTokenRevokeInput {
  @Field(() => ID) id!: string;
}

@ObjectType('AccessTokenNotFound', { implements: UserError })
class AccessTokenNotFoundType extends UserError {}

const AccessTokenRevokeError = userErrorUnion('AccessTokenRevokeError', [AccessTokenNotFoundType]);

@ObjectType()
export class AccessTokenRevokePayload {
  @Field(() => AccessTokenType, { nullable: true }) accessToken?: AccessToken;
  @Field(() => [AccessTokenRevokeError]) userErrors!: UserErrorData[];
}

@InputType()
export class SessionEndInput {
  @Field(() => ID) id!: string;
}

const SessionEndError = userErrorUnion('SessionEndError', [SessionNotFoundType, ConfirmationNeededType]);

@ObjectType()
export class SessionEndPayload {
  @Field(() => Int, { nullable: true, description: 'How many ended.' }) ended?: number;
  @Field(() => [SessionEndError]) userErrors!: UserErrorData[];
}

@InputType()
export class PasswordChangeInput {
  @Field(() => String) current!: string;
  @Field(() => String, { description: '8 to 200 characters that nobody would guess first.' }) next!: string;
}

const PasswordChangeError = userErrorUnion('PasswordChangeError', [PasswordRefusedType, TooManyAttemptsType, ConfirmationNeededType]);

@ObjectType()
export class PasswordChangePayload {
  @Field(() => Boolean, { nullable: true, description: 'True = changed; you are signed out everywhere else.' }) changed?: boolean;
  @Field(() => [PasswordChangeError]) userErrors!: UserErrorData[];
}

@InputType()
export class PasswordForgottenInput {
  @Field(() => String) email!: string;
}

const PasswordForgottenError = userErrorUnion('PasswordForgottenError', [TooManyAttemptsType]);

@ObjectType()
export class PasswordForgottenPayload {
  @Field(() => Boolean, { nullable: true, description: 'True whether or not somebody has the address.' }) accepted?: boolean;
  @Field(() => [PasswordForgottenError]) userErrors!: UserErrorData[];
}

@InputType()
export class LinkRedeemInput {
  @Field(() => LetterKind) kind!: LetterKind;
  @Field(() => String, { description: 'What stands after the # of the link.' }) token!: string;
  @Field(() => String, { description: '8 to 200 characters that nobody would guess first.' }) password!: string;
}

const LinkRedeemError = userErrorUnion('LinkRedeemError', [LinkInvalidType, SignInRequiredType, TooManyAttemptsType]);

@ObjectType()
export class LinkRedeemPayload {
  @Field(() => Boolean, { nullable: true, description: 'False = sign in now, with a code too.' }) signedIn?: boolean;
  @Field(() => [LinkRedeemError]) userErrors!: UserErrorData[];
}

const SecondFactorBeginError = userErrorUnion('SecondFactorBeginError', [ConfirmationNeededType]);

@ObjectType()
export class SecondFactorBeginPayload {
  @Field(() => String, { nullable: true, description: 'For typing into an authenticator.' }) secret?: string;
  @Field(() => String, { nullable: true, description: 'An `otpauth:` address, for showing as a QR code.' }) uri?: string;
  @Field(() => [SecondFactorBeginError]) userErrors!: UserErrorData[];
}

@InputType()
export class SecondFactorCodeInput {
  @Field(() => String) code!: string;
}

const SecondFactorError = userErrorUnion('SecondFactorError', [SecondFactorRefusedType, TooManyAttemptsType, ConfirmationNeededType]);

@ObjectType()
export class SecondFactorConfirmPayload {
  @Field(() => [String], { nullable: true, description: 'Shown this once. Each opens the account once in place of a code.' })
  recoveryCodes?: string[];
  @Field(() => [SecondFactorError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SecondFactorEndPayload {
  @Field(() => Boolean, { nullable: true }) ended?: boolean;
  @Field(() => [SecondFactorError]) userErrors!: UserErrorData[];
}

@InputType()
export class ConfirmInput {
  @Field(() => String) password!: string;
  @Field(() => String, { nullable: true, description: 'Where the account asks for it.' }) code?: string | null;
}

const ConfirmError = userErrorUnion('ConfirmError', [
  PasswordRefusedType,
  SecondFactorNeededType,
  SecondFactorRefusedType,
  TooManyAttemptsType,
]);

@ObjectType()
export class ConfirmPayload {
  @Field(() => Boolean, { nullable: true }) confirmed?: boolean;
  @Field(() => [ConfirmError]) userErrors!: UserErrorData[];
}

@InputType()
export class WorkspaceSwitchInput {
  @Field(() => ID) workspaceId!: string;
}

const WorkspaceSwitchError = userErrorUnion('WorkspaceSwitchError', [WorkspaceNotFoundType]);

@ObjectType()
export class WorkspaceSwitchPayload {
  @Field(() => ViewerType, { nullable: true, description: 'Who you are there.' }) viewer?: ViewerType;
  @Field(() => [WorkspaceSwitchError]) userErrors!: UserErrorData[];
}

@InputType()
export class InvitationAcceptInput {
  @Field(() => ID) workspaceId!: string;
}

const InvitationAcceptError = userErrorUnion('InvitationAcceptError', [InvitationNotFoundType]);

@ObjectType()
export class InvitationAcceptPayload {
  @Field(() => ID, { nullable: true, description: 'The workspace that you joined.' }) acceptedId?: string;
  @Field(() => [InvitationAcceptError]) userErrors!: UserErrorData[];
}
