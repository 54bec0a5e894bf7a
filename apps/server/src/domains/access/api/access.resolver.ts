import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import type { OutgoingMail } from '../../../platform/mail/outgoing-mail.entity.ts';
import type { SecurityEvent } from '../../../platform/security-log.ts';
import { once } from '../../../platform/once.ts';
import { AccessTokenType, ActingTokenType, MemberType } from '../../identity/api/index.ts';
import { createTokenOnce, memberById, teamById, tokenById, type AccessToken, type Member, type SignInDesk } from '../../identity/index.ts';
import { editMember, inviteAgain, inviteMember, makeResetLink, type Invited } from '../change-people.ts';
import { createRole, deleteRole, editRole } from '../change-roles.ts';
import { keepSecurityLog, requireSecondFactor } from '../change-workspace.ts';
import { createTeam, deleteTeam, editTeam } from '../change-teams.ts';
import {
  accountById,
  asDescription,
  customRoleById,
  lastSeenByMember,
  listMachines,
  listPeople,
  listRoles,
  tokensOfMachine,
  type RoleDescription,
} from '../find-people.ts';
import { issueMachineToken } from '../issue-machine-token.ts';
import { listLetters } from '../list-letters.ts';
import { securityCursors, listSecurityEvents } from '../security-log.ts';
import {
  MachineTokenCreateInput,
  MachineTokenCreatePayload,
  MachineType,
  MemberEditInput,
  MemberEditPayload,
  MemberInviteInput,
  MemberInvitePayload,
  MemberRefInput,
  MemberResetLinkPayload,
  OutgoingMailType,
  PersonType,
  RoleCreateInput,
  RoleDeleteInput,
  RoleDescriptionType,
  RoleEditInput,
  RoleSavePayload,
  SecondFactorRequireInput,
  SecondFactorRequirePayload,
  SecurityEventConnection,
  SecurityEventType,
  SecurityLogKeepInput,
  SecurityLogKeepPayload,
  TeamCreateInput,
  TeamDeleteInput,
  TeamRenameInput,
  TeamSetReopeningInput,
  TeamSavePayload,
} from './access.type.ts';

@Resolver()
export class AccessResolver {
  constructor(private readonly desk: SignInDesk) {}

  @Query(() => [PersonType], { description: 'Everybody who is or was a person of the workspace, by name.' })
  people(@Ctx() { scope }: Context): Promise<Member[]> {
    return listPeople(scope);
  }

  @Query(() => [RoleDescriptionType], { description: 'The built-in ones, then the workspace’s own by name.' })
  roles(@Ctx() { scope }: Context): Promise<RoleDescription[]> {
    return listRoles(scope);
  }

  @Query(() => [MachineType], { description: 'The programs that have a member of their own, by name.' })
  machines(@Ctx() { scope }: Context): Promise<Member[]> {
    return listMachines(scope);
  }

  @Query(() => [OutgoingMailType], { description: 'The newest outgoing emails of the workspace, for its owners. At most 50.' })
  outgoingMails(@Ctx() { scope }: Context): Promise<OutgoingMail[]> {
    return listLetters(scope);
  }

  @Query(() => SecurityEventConnection, { description: 'What touched security, newest first, at most 100 a page.' })
  async securityLog(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<SecurityEvent>> {
    const { events, hasNext } = await listSecurityEvents(scope, first, after ?? null);
    return connection(events, securityCursors.of, { next: hasNext });
  }

  @Mutation(() => MemberInvitePayload, { description: 'Invites a person, who joins by accepting.' })
  @ReturnsUserErrors()
  async memberInvite(
    @Arg('input', () => MemberInviteInput) { idempotencyKey: key, ...input }: MemberInviteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MemberInvitePayload>> {
    let link: string | null = null;
    const id = await once(scope, { key, operation: 'memberInvite', payload: input }, async (tx) => {
      const invited = await inviteMember(tx, input, this.desk);
      link = invited.link;
      return invited.member.id;
    });
    const person = await scope.fresh().load(memberById, id);
    return { ...(person ? { person } : {}), ...(link === null ? {} : { link }) };
  }

  @Mutation(() => MemberInvitePayload, { description: 'Repeats an invitation that was not accepted. The earlier link stops working.' })
  @ReturnsUserErrors()
  async memberInviteAgain(
    @Arg('input', () => MemberRefInput) { memberId }: MemberRefInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MemberInvitePayload>> {
    return asPayload(await inviteAgain(scope, memberId, this.desk));
  }

  @Mutation(() => MemberResetLinkPayload, { description: 'For a member who receives no email. For browsers.' })
  @ReturnsUserErrors()
  async memberResetLink(
    @Arg('input', () => MemberRefInput) { memberId }: MemberRefInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MemberResetLinkPayload>> {
    return { link: await makeResetLink(scope, memberId, this.desk.publicUrl) };
  }

  @Mutation(() => MemberEditPayload, { description: 'Their rights are others within a second, also in what is open.' })
  @ReturnsUserErrors()
  async memberEdit(
    @Arg('input', () => MemberEditInput) input: MemberEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MemberEditPayload>> {
    return { person: await editMember(scope, input) };
  }

  @Mutation(() => SecondFactorRequirePayload, {
    description: 'Whether everybody who signs in with a password needs a second factor. Counts at once, also where people are signed in.',
  })
  @ReturnsUserErrors()
  async secondFactorRequire(
    @Arg('input', () => SecondFactorRequireInput) { required }: SecondFactorRequireInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SecondFactorRequirePayload>> {
    return { workspace: await requireSecondFactor(scope, required) };
  }

  @Mutation(() => SecurityLogKeepPayload, { description: 'Says for how long the security log is kept.' })
  @ReturnsUserErrors()
  async securityLogKeep(
    @Arg('input', () => SecurityLogKeepInput) { days }: SecurityLogKeepInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SecurityLogKeepPayload>> {
    return { workspace: await keepSecurityLog(scope, days ?? null) };
  }

  @Mutation(() => TeamSavePayload)
  @ReturnsUserErrors()
  async teamCreate(
    @Arg('input', () => TeamCreateInput) { idempotencyKey: key, ...input }: TeamCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamSavePayload>> {
    const id = await once(scope, { key, operation: 'teamCreate', payload: input }, async (tx) => (await createTeam(tx, input)).id);
    const team = await scope.fresh().load(teamById, id);
    return team ? { team } : {};
  }

  @Mutation(() => TeamSavePayload)
  @ReturnsUserErrors()
  async teamRename(
    @Arg('input', () => TeamRenameInput) { teamId, version, name }: TeamRenameInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamSavePayload>> {
    return { team: await editTeam(scope, { teamId, version: version ?? null, name }) };
  }

  @Mutation(() => TeamSavePayload, { description: 'Says where a ticket of the team goes that its client opens again.' })
  @ReturnsUserErrors()
  async teamSetReopening(
    @Arg('input', () => TeamSetReopeningInput) { teamId, version, toQueue }: TeamSetReopeningInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamSavePayload>> {
    return { team: await editTeam(scope, { teamId, version: version ?? null, reopenToQueue: toQueue }) };
  }

  @Mutation(() => TeamSavePayload, { description: 'Refused while it has tickets.' })
  @ReturnsUserErrors()
  async teamDelete(
    @Arg('input', () => TeamDeleteInput) { teamId }: TeamDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamSavePayload>> {
    return { team: await deleteTeam(scope, teamId) };
  }

  @Mutation(() => RoleSavePayload)
  @ReturnsUserErrors()
  async roleCreate(
    @Arg('input', () => RoleCreateInput) { idempotencyKey: key, ...input }: RoleCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<RoleSavePayload>> {
    const id = await once(scope, { key, operation: 'roleCreate', payload: input }, async (tx) => (await createRole(tx, input)).id);
    const role = await scope.fresh().load(customRoleById, id);
    return role ? { role: asDescription(role) } : {};
  }

  @Mutation(() => RoleSavePayload, { description: 'Changes it for everybody who has it, within a second.' })
  @ReturnsUserErrors()
  async roleEdit(@Arg('input', () => RoleEditInput) input: RoleEditInput, @Ctx() { scope }: Context): Promise<Partial<RoleSavePayload>> {
    return { role: asDescription(await editRole(scope, input)) };
  }

  @Mutation(() => RoleSavePayload, { description: 'Refused while somebody has it.' })
  @ReturnsUserErrors()
  async roleDelete(
    @Arg('input', () => RoleDeleteInput) { roleId }: RoleDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<RoleSavePayload>> {
    return { role: asDescription(await deleteRole(scope, roleId)) };
  }

  @Mutation(() => MachineTokenCreatePayload, { description: 'A token that belongs to no person and goes on when its maker leaves.' })
  @ReturnsUserErrors()
  async machineTokenCreate(
    @Arg('input', () => MachineTokenCreateInput) { idempotencyKey: key, ...input }: MachineTokenCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MachineTokenCreatePayload>> {
    return createTokenOnce(scope, { key, operation: 'machineTokenCreate', payload: input }, (tx) => issueMachineToken(tx, input));
  }
}

function asPayload({ member, link }: Invited): Partial<MemberInvitePayload> {
  return { person: member, ...(link === null ? {} : { link }) };
}

@Resolver(() => PersonType)
export class PersonResolver {
  @FieldResolver(() => MemberType)
  member(@Root() person: Member): Member {
    return person;
  }

  @FieldResolver(() => RoleDescriptionType, {
    nullable: true,
    description: 'The workspace’s own role that they have; null for a built-in one.',
  })
  async customRole(@Root() { customRoleId }: Member, @Ctx() { scope }: Context): Promise<RoleDescription | null> {
    const role = await scope.load(customRoleById, customRoleId);
    return role && asDescription(role);
  }

  @FieldResolver(() => Boolean, { description: 'Whether they have yet to accept their invitation.' })
  invited(@Root() { accountId }: Member): boolean {
    return accountId === null;
  }

  @FieldResolver(() => Boolean, { description: 'Whether signing in asks them for a code too.' })
  async secondFactor(@Root() { accountId }: Member, @Ctx() { scope }: Context): Promise<boolean> {
    return Boolean((await scope.load(accountById, accountId))?.totpConfirmedAt);
  }

  @FieldResolver(() => Date, { nullable: true, description: 'To the minute, by browsers still signed in; null = in none.' })
  async lastSeenAt(@Root() { id }: Member, @Ctx() { scope }: Context): Promise<Date | null> {
    return (await scope.load(lastSeenByMember, id))?.at ?? null;
  }
}

@Resolver(() => MachineType)
export class MachineResolver {
  @FieldResolver(() => MemberType)
  member(@Root() machine: Member): Member {
    return machine;
  }

  @FieldResolver(() => RoleDescriptionType, {
    nullable: true,
    description: 'The workspace’s own role that it has; null for a built-in one.',
  })
  async customRole(@Root() { customRoleId }: Member, @Ctx() { scope }: Context): Promise<RoleDescription | null> {
    const role = await scope.load(customRoleById, customRoleId);
    return role && asDescription(role);
  }

  @FieldResolver(() => [AccessTokenType], { description: 'Those that still open something, newest first.' })
  tokens(@Root() { id }: Member, @Ctx() { scope }: Context): Promise<AccessToken[]> {
    return tokensOfMachine(scope, id);
  }
}

@Resolver(() => RoleDescriptionType)
export class RoleDescriptionResolver {
  @FieldResolver(() => ID, { nullable: true, description: 'Null for a built-in role.' })
  id(@Root() { custom }: RoleDescription): string | null {
    return custom?.id ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Null for a built-in role, which each language names.' })
  name(@Root() { custom }: RoleDescription): string | null {
    return custom?.name ?? null;
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Send it back with an edit.' })
  version(@Root() { custom }: RoleDescription): number | null {
    return custom?.version ?? null;
  }
}

@Resolver(() => SecurityEventType)
export class SecurityEventResolver {
  @FieldResolver(() => MemberType, { nullable: true, description: 'Who did it; null for somebody not signed in.' })
  actor(@Root() { actorId }: SecurityEvent, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, actorId);
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'The member it was done to, where it was one.' })
  subject(@Root() { subjectId }: SecurityEvent, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, subjectId);
  }

  @FieldResolver(() => ActingTokenType, { nullable: true, description: 'The access token that the actor used; null for a browser.' })
  token(@Root() { tokenId }: SecurityEvent, @Ctx() { scope }: Context): Promise<AccessToken | null> {
    return scope.load(tokenById, tokenId);
  }

  @FieldResolver(() => String, { description: 'Plain facts, as JSON.' })
  details(@Root() { details }: SecurityEvent): string {
    return JSON.stringify(details);
  }
}
