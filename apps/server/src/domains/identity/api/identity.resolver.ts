import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { createAccessToken, listAccessTokens, revokeAccessToken } from '../access-token.ts';
import type { AccessToken } from '../credential.entity.ts';
import type { Member, Team } from '../member.entity.ts';
import { currentViewer, listMembers, listTeams, teamsOfMember, type CurrentViewer } from '../member.loader.ts';
import type { SignInDesk } from '../sign-in-desk.ts';
import {
  AccessTokenCreateInput,
  AccessTokenCreatePayload,
  AccessTokenRevokeInput,
  AccessTokenRevokePayload,
  AccessTokenType,
  MemberType,
  SignInInput,
  SignInPayload,
  SignOutPayload,
  TeamType,
  ViewerType,
} from './identity.type.ts';

@Resolver(() => MemberType)
export class IdentityResolver {
  constructor(private readonly desk: SignInDesk) {}

  @Query(() => ViewerType, { nullable: true, description: 'Null while nobody is signed in.' })
  async viewer(@Ctx() context: Context): Promise<CurrentViewer | null> {
    return context.isSignedIn ? currentViewer(context.scope) : null;
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

  @Mutation(() => SignInPayload, { description: 'Opens a session and keeps it in a cookie. Programs use access tokens instead.' })
  @ReturnsUserErrors()
  async signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() context: Context): Promise<Partial<SignInPayload>> {
    const { secret, expiresAt, viewer } = await this.desk.signIn(input, context.transport);
    context.transport.keepSession(secret, expiresAt);
    context.become(viewer);
    return { viewer: await currentViewer(context.scope) };
  }

  @Mutation(() => SignOutPayload)
  async signOut(@Ctx() { transport }: Context): Promise<SignOutPayload> {
    await this.desk.signOut(transport.secret);
    transport.dropSession();
    return { signedOut: true };
  }

  @Mutation(() => AccessTokenCreatePayload)
  @ReturnsUserErrors()
  async accessTokenCreate(
    @Arg('input', () => AccessTokenCreateInput) input: AccessTokenCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<AccessTokenCreatePayload>> {
    const { token, secret } = await createAccessToken(scope, input);
    return { accessToken: token, secret };
  }

  @Mutation(() => AccessTokenRevokePayload)
  @ReturnsUserErrors()
  async accessTokenRevoke(
    @Arg('input', () => AccessTokenRevokeInput) { id }: AccessTokenRevokeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<AccessTokenRevokePayload>> {
    return { accessToken: await revokeAccessToken(scope, id) };
  }
}
