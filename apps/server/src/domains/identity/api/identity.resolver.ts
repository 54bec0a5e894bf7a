import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { createAccessToken, createTokenOnce, listAccessTokens, revokeAccessToken } from '../access-token.ts';
import { confirmSecondFactor, beginSecondFactor, endSecondFactor } from '../second-factor.ts';
import { endOtherSessions, endSession, isCurrent, listSessions } from '../session.ts';
import { changePassword } from '../set-password.ts';
import type { AccessToken, Session } from '../credential.entity.ts';
import type { Member, Team } from '../member.entity.ts';
import { currentViewer, listMembers, listTeams, teamsOfMember, type CurrentViewer } from '../member.loader.ts';
import type { Entered, SignInDesk } from '../sign-in-desk.ts';
import {
  AccessTokenCreateInput,
  AccessTokenCreatePayload,
  AccessTokenRevokeInput,
  AccessTokenRevokePayload,
  AccessTokenType,
  ConfirmInput,
  ConfirmPayload,
  InvitationAcceptInput,
  InvitationAcceptPayload,
  LinkRedeemInput,
  LinkRedeemPayload,
  MemberType,
  PasswordChangeInput,
  PasswordChangePayload,
  PasswordForgottenInput,
  PasswordForgottenPayload,
  SecondFactorBeginPayload,
  SecondFactorCodeInput,
  SecondFactorConfirmPayload,
  SecondFactorEndPayload,
  SessionEndInput,
  SessionEndPayload,
  SessionType,
  SignInInput,
  SignInOptions,
  SignInPayload,
  SignOutPayload,
  TeamType,
  ViewerType,
  WorkspaceSwitchInput,
  WorkspaceSwitchPayload,
} from './identity.type.ts';

@Resolver(() => MemberType)
export class IdentityResolver {
  constructor(private readonly desk: SignInDesk) {}

  @Query(() => ViewerType, { nullable: true, description: 'Null while nobody is signed in.' })
  async viewer(@Ctx() context: Context): Promise<CurrentViewer | null> {
    return context.isSignedIn ? currentViewer(context.ownScope) : null;
  }

  @Query(() => [MemberType], { description: 'The active people of the workspace, by name.' })
  members(@Ctx() { scope }: Context): Promise<Member[]> {
    return listMembers(scope);
  }

  @Query(() => [TeamType])
  teams(@Ctx() { scope }: Context): Promise<Team[]> {
    return listTeams(scope);
  }

  @Query(() => [AccessTokenType], { description: 'Your own tokens, newest first.' })
  accessTokens(@Ctx() { scope }: Context): Promise<AccessToken[]> {
    return listAccessTokens(scope);
  }

  @FieldResolver(() => [TeamType], { name: 'teams' })
  teamsOf(@Root() member: Member, @Ctx() { scope }: Context): Promise<Team[]> {
    return teamsOfMember(scope, member.id);
  }

  @Query(() => SignInOptions, { description: 'How people come in here. Anybody may ask.' })
  signInOptions(): SignInOptions {
    return { singleSignOn: this.desk.singleSignOn };
  }

  @Query(() => [SessionType], { description: 'The browsers you are signed in with, newest first.' })
  sessions(@Ctx() { ownScope }: Context): Promise<Session[]> {
    return listSessions(ownScope);
  }

  @Mutation(() => SignInPayload, { description: 'Opens a session and keeps it in a cookie. Programs use access tokens instead.' })
  @ReturnsUserErrors()
  async signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() context: Context): Promise<Partial<SignInPayload>> {
    const entered = await this.desk.signIn(input, context.transport);
    const viewer = await enter(context, entered);
    context.transport.keepDevice(entered.device);
    return { viewer };
  }

  @Mutation(() => SignOutPayload)
  async signOut(@Ctx() { transport }: Context): Promise<SignOutPayload> {
    await this.desk.signOut(transport.secret, transport);
    transport.dropSession();
    return { signedOut: true };
  }

  @Mutation(() => ConfirmPayload, {
    description: 'Confirms your identity for operations that ask for it, for 15 minutes. For browsers.',
  })
  @ReturnsUserErrors()
  async confirm(@Arg('input', () => ConfirmInput) input: ConfirmInput, @Ctx() context: Context): Promise<Partial<ConfirmPayload>> {
    await this.desk.confirm(context.ownScope, input, context.transport);
    return { confirmed: true };
  }

  @Mutation(() => WorkspaceSwitchPayload, { description: 'Goes on in another of your workspaces.' })
  @ReturnsUserErrors()
  async workspaceSwitch(
    @Arg('input', () => WorkspaceSwitchInput) { workspaceId }: WorkspaceSwitchInput,
    @Ctx() context: Context,
  ): Promise<Partial<WorkspaceSwitchPayload>> {
    const { transport, ownScope } = context;
    return { viewer: await enter(context, await this.desk.switchTo(ownScope, workspaceId, transport.secret, transport)) };
  }

  @Mutation(() => InvitationAcceptPayload, {
    description: 'Joins a workspace that invited your email address. Then use `workspaceSwitch`.',
  })
  @ReturnsUserErrors()
  async invitationAccept(
    @Arg('input', () => InvitationAcceptInput) { workspaceId }: InvitationAcceptInput,
    @Ctx() { ownScope, transport }: Context,
  ): Promise<Partial<InvitationAcceptPayload>> {
    return { acceptedId: (await this.desk.acceptInvitation(ownScope, workspaceId, transport)).workspaceId };
  }

  @Mutation(() => SessionEndPayload, { description: 'Signs one of your browsers out.' })
  @ReturnsUserErrors()
  async sessionEnd(
    @Arg('input', () => SessionEndInput) { id }: SessionEndInput,
    @Ctx() { ownScope }: Context,
  ): Promise<Partial<SessionEndPayload>> {
    await endSession(ownScope, id);
    return { ended: 1 };
  }

  @Mutation(() => SessionEndPayload, { description: 'Signs all your browsers out but this one.' })
  @ReturnsUserErrors()
  async sessionsEndOthers(@Ctx() { ownScope }: Context): Promise<Partial<SessionEndPayload>> {
    return { ended: await endOtherSessions(ownScope) };
  }

  @Mutation(() => PasswordChangePayload)
  @ReturnsUserErrors()
  async passwordChange(
    @Arg('input', () => PasswordChangeInput) input: PasswordChangeInput,
    @Ctx() { ownScope, transport }: Context,
  ): Promise<Partial<PasswordChangePayload>> {
    await this.desk.guarded(ownScope, transport, () => changePassword(ownScope, input));
    return { changed: true };
  }

  @Mutation(() => PasswordForgottenPayload, { description: 'Sends a link for a new password to whoever has the address.' })
  @ReturnsUserErrors()
  async passwordForgotten(
    @Arg('input', () => PasswordForgottenInput) { email }: PasswordForgottenInput,
    @Ctx() { transport }: Context,
  ): Promise<Partial<PasswordForgottenPayload>> {
    await this.desk.requestPasswordReset(email, transport);
    return { accepted: true };
  }

  @Mutation(() => LinkRedeemPayload, {
    description: 'Sets a password by a reset link, or creates the account of an invited person. A link works once.',
  })
  @ReturnsUserErrors()
  async linkRedeem(
    @Arg('input', () => LinkRedeemInput) { kind, token, password }: LinkRedeemInput,
    @Ctx() context: Context,
  ): Promise<Partial<LinkRedeemPayload>> {
    const entered = await this.desk.redeem(kind, token, password, context.transport);
    if (entered) await enter(context, entered);
    return { signedIn: entered !== null };
  }

  @Mutation(() => SecondFactorBeginPayload, { description: 'Makes a secret for your authenticator; it counts once confirmed.' })
  @ReturnsUserErrors()
  async secondFactorBegin(@Ctx() { ownScope }: Context): Promise<Partial<SecondFactorBeginPayload>> {
    return beginSecondFactor(ownScope, this.desk.keys);
  }

  @Mutation(() => SecondFactorConfirmPayload, { description: 'Turns the second factor on, by a first code.' })
  @ReturnsUserErrors()
  async secondFactorConfirm(
    @Arg('input', () => SecondFactorCodeInput) { code }: SecondFactorCodeInput,
    @Ctx() { ownScope, transport }: Context,
  ): Promise<Partial<SecondFactorConfirmPayload>> {
    return { recoveryCodes: await this.desk.guarded(ownScope, transport, () => confirmSecondFactor(ownScope, this.desk.keys, code)) };
  }

  @Mutation(() => SecondFactorEndPayload, { description: 'Turns the second factor off, by a code or a recovery code.' })
  @ReturnsUserErrors()
  async secondFactorEnd(
    @Arg('input', () => SecondFactorCodeInput) { code }: SecondFactorCodeInput,
    @Ctx() { scope, transport }: Context,
  ): Promise<Partial<SecondFactorEndPayload>> {
    await this.desk.guarded(scope, transport, () => endSecondFactor(scope, this.desk.keys, code));
    return { ended: true };
  }

  @Mutation(() => AccessTokenCreatePayload)
  @ReturnsUserErrors()
  async accessTokenCreate(
    @Arg('input', () => AccessTokenCreateInput) { idempotencyKey: key, ...input }: AccessTokenCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<AccessTokenCreatePayload>> {
    return createTokenOnce(scope, { key, operation: 'accessTokenCreate', payload: input }, (tx) => createAccessToken(tx, input));
  }

  @Mutation(() => AccessTokenRevokePayload, {
    description: 'Ends what runs with it within a second, and revokes the tokens that it created.',
  })
  @ReturnsUserErrors()
  async accessTokenRevoke(
    @Arg('input', () => AccessTokenRevokeInput) { id }: AccessTokenRevokeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<AccessTokenRevokePayload>> {
    return { accessToken: await revokeAccessToken(scope, id) };
  }
}

/** Goes on as somebody who proved just now who they are. */
async function enter(context: Context, { secret, expiresAt, viewer }: Entered): Promise<CurrentViewer> {
  context.transport.keepSession(secret, expiresAt);
  context.become(viewer);
  return currentViewer(context.ownScope);
}

@Resolver(() => SessionType)
export class SessionResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it is the one that asks.' })
  current(@Root() session: Session, @Ctx() { ownScope }: Context): boolean {
    return isCurrent(session, ownScope.viewer);
  }
}
