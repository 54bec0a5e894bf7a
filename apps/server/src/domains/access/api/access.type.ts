import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import {
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  StillInUseType,
  UserError,
  userErrorUnion,
  type UserErrorData,
} from '../../../graphql/user-error.ts';
import { AssignmentScope, type Permission } from '../../../kernel/viewer.ts';
import type { OutgoingMail } from '../../../platform/mail/outgoing-mail.entity.ts';
import { SecurityEventKind, type SecurityEvent } from '../../../platform/security-log.ts';
import { AccessTokenType, ConfirmationNeededType, TeamType, WorkspaceType } from '../../identity/api/index.ts';
import { Role, type AccessToken, type Member, type Team, type Workspace } from '../../identity/index.ts';
import { ReferenceNotFoundType } from '../../tickets/api/index.ts';
import type { RoleDescription } from '../find-people.ts';

registerEnumType(AssignmentScope, {
  name: 'AssignmentScope',
  description: 'Which tickets a member can read by whom they are assigned to. Their own are always among them.',
  valuesConfig: {
    ANY: { description: 'Whoever they are assigned to.' },
    OWN_AND_UNASSIGNED: { description: 'Their own, and tickets that are assigned to nobody.' },
    OWN: { description: 'Their own only.' },
  },
});
registerEnumType(SecurityEventKind, { name: 'SecurityEventKind' });

@ObjectType('Person', { description: 'A member as administrators see them.' })
export class PersonType implements Pick<Member, 'email' | 'active' | 'allTeams' | 'topicIds' | 'assignmentScope' | 'createdAt'> {
  @Field(() => String) email!: string;
  @Field(() => Boolean, { description: 'False = may not sign in any more.' }) active!: boolean;
  @Field(() => Boolean, { description: 'Sees the tickets of every team.' }) allTeams!: boolean;
  @Field(() => [ID], { description: 'They can read tickets of these topics, and of those under them. Empty for every topic.' })
  topicIds!: string[];
  @Field(() => AssignmentScope) assignmentScope!: AssignmentScope;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType('Machine', { description: 'A program with a member of its own.' })
export class MachineType {}

@ObjectType('RoleDescription', { description: 'A role as people choose it: built-in, or the workspace’s own.' })
export class RoleDescriptionType implements Pick<RoleDescription, 'role'> {
  @Field(() => Role) role!: Role;
  @Field(() => [String]) permissions!: Permission[];
}

@ObjectType('SecurityEvent', { description: 'Something that touched security. Nobody can change or delete one.' })
export class SecurityEventType implements Pick<SecurityEvent, 'id' | 'kind' | 'address' | 'userAgent' | 'at' | 'count'> {
  @Field(() => ID) id!: string;
  @Field(() => SecurityEventKind) kind!: SecurityEventKind;
  @Field(() => String) address!: string;
  @Field(() => String) userAgent!: string;
  @Field(() => Date) at!: Date;
  @Field(() => Int, { description: 'Number of refusals in its minute; 1 for other entries.' }) count!: number;
}

export const SecurityEventConnection = connectionTypes('SecurityEvent', () => SecurityEventType);

@ObjectType('OutgoingMail', { description: 'An email of the workspace. Account links are in none of them.' })
export class OutgoingMailType implements Pick<OutgoingMail, 'id' | 'recipient' | 'subject' | 'body' | 'createdAt' | 'sentAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) recipient!: string;
  @Field(() => String) subject!: string;
  @Field(() => String, { description: 'Plain text; empty once it was handed over.' }) body!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When a mail server took it; null = not yet, or there is none.' }) sentAt!: Date | null;
}

@ObjectType('MemberNotFound', { implements: UserError })
class MemberNotFoundType extends UserError {}

@ObjectType('TeamNotFound', { implements: UserError })
export class TeamNotFoundType extends UserError {}

@ObjectType('RoleNotFound', { implements: UserError })
export class RoleNotFoundType extends UserError {}

@ObjectType('LastOwner', { implements: UserError })
class LastOwnerType extends UserError {}

@InputType()
export class MemberInviteInput {
  @Field(() => String) name!: string;
  @Field(() => String) email!: string;
  @Field(() => Role) role!: Role;
  @Field(() => ID, { nullable: true, description: 'Which one, when the role is CUSTOM.' }) customRoleId?: string | null;
  @Field(() => [ID], { defaultValue: [] }) teamIds!: string[];
  @Field(() => Boolean, { defaultValue: false, description: 'Sees the tickets of every team.' }) allTeams!: boolean;
  @Field(() => [ID], {
    defaultValue: [],
    description: 'Limits which tickets they can read to these topics and those under them. Empty for every topic.',
  })
  topicIds!: string[];
  @Field(() => AssignmentScope, { defaultValue: AssignmentScope.ANY }) assignmentScope!: AssignmentScope;
  @Field(() => String, { nullable: true, description: 'The language of the email: `en` or `uk`.' }) locale?: string | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

const MemberInviteError = userErrorUnion('MemberInviteError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  RoleNotFoundType,
  TeamNotFoundType,
  MemberNotFoundType,
  ReferenceNotFoundType,
]);

@ObjectType()
export class MemberInvitePayload {
  @Field(() => PersonType, { nullable: true }) person?: Member;
  @Field(() => String, {
    nullable: true,
    description: 'Shown this once, where no mail server is configured and the address has no account. Give it to the person.',
  })
  link?: string;
  @Field(() => [MemberInviteError]) userErrors!: UserErrorData[];
}

@InputType()
export class MemberRefInput {
  @Field(() => ID) memberId!: string;
}

const MemberResetLinkError = userErrorUnion('MemberResetLinkError', [MemberNotFoundType, ConfirmationNeededType]);

@ObjectType()
export class MemberResetLinkPayload {
  @Field(() => String, { nullable: true, description: 'Shown this once; give it to the person. Good for an hour.' }) link?: string;
  @Field(() => [MemberResetLinkError]) userErrors!: UserErrorData[];
}

@InputType({ description: 'What is not given stays as it is.' })
export class MemberEditInput {
  @Field(() => ID) memberId!: string;
  @Field(() => String, { nullable: true }) name?: string | null;
  @Field(() => Role, { nullable: true }) role?: Role | null;
  @Field(() => ID, { nullable: true, description: 'Which one, when the role is CUSTOM.' }) customRoleId?: string | null;
  @Field(() => [ID], { nullable: true, description: 'All of them; those that are missing are left.' }) teamIds?: string[] | null;
  @Field(() => Boolean, { nullable: true }) allTeams?: boolean | null;
  @Field(() => [ID], {
    nullable: true,
    description: 'Limits which tickets they can read to these topics and those under them. Empty for every topic.',
  })
  topicIds?: string[] | null;
  @Field(() => AssignmentScope, { nullable: true }) assignmentScope?: AssignmentScope | null;
  @Field(() => Boolean, { nullable: true, description: 'False ends all they have open within a second.' }) active?: boolean | null;
}

const MemberEditError = userErrorUnion('MemberEditError', [
  MemberNotFoundType,
  RoleNotFoundType,
  TeamNotFoundType,
  LastOwnerType,
  ReferenceNotFoundType,
]);

@ObjectType()
export class MemberEditPayload {
  @Field(() => PersonType, { nullable: true }) person?: Member;
  @Field(() => [MemberEditError]) userErrors!: UserErrorData[];
}

@InputType()
export class TeamCreateInput {
  @Field(() => String) name!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class TeamRenameInput {
  @Field(() => ID) teamId!: string;
  @Field(() => Int, { nullable: true, description: 'The version that you opened; null = whatever stands.' }) version?: number | null;
  @Field(() => String) name!: string;
}

@InputType()
export class TeamSetReopeningInput {
  @Field(() => ID) teamId!: string;
  @Field(() => Int, { nullable: true, description: 'The version that you opened; null = whatever stands.' }) version?: number | null;
  @Field(() => Boolean, { description: 'False = back to whom it was assigned, while they are there.' }) toQueue!: boolean;
}

@InputType()
export class TeamDeleteInput {
  @Field(() => ID) teamId!: string;
}

@InputType()
export class SecondFactorRequireInput {
  @Field(() => Boolean) required!: boolean;
}

@InputType()
export class SecurityLogKeepInput {
  @Field(() => Int, { nullable: true, description: 'Days, 30 to 3650; null = for ever.' }) days?: number | null;
}

const SecurityLogKeepError = userErrorUnion('SecurityLogKeepError', []);

@ObjectType()
export class SecurityLogKeepPayload {
  @Field(() => WorkspaceType, { nullable: true }) workspace?: Workspace;
  @Field(() => [SecurityLogKeepError]) userErrors!: UserErrorData[];
}

const SecondFactorRequireError = userErrorUnion('SecondFactorRequireError', [ConfirmationNeededType]);

@ObjectType()
export class SecondFactorRequirePayload {
  @Field(() => WorkspaceType, { nullable: true }) workspace?: Workspace;
  @Field(() => [SecondFactorRequireError]) userErrors!: UserErrorData[];
}

const TeamSaveError = userErrorUnion('TeamSaveError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  TeamNotFoundType,
  StillInUseType,
]);

@ObjectType()
export class TeamSavePayload {
  @Field(() => TeamType, { nullable: true }) team?: Team;
  @Field(() => [TeamSaveError]) userErrors!: UserErrorData[];
}

@InputType()
class RoleWantedInput {
  @Field(() => String) name!: string;
  @Field(() => [String], { description: 'Of those you have yourself.' }) permissions!: string[];
}

@InputType()
export class RoleCreateInput extends RoleWantedInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class RoleEditInput extends RoleWantedInput {
  @Field(() => ID) roleId!: string;
  @Field(() => Int, { description: 'The version you started from.' }) version!: number;
}

@InputType()
export class RoleDeleteInput {
  @Field(() => ID) roleId!: string;
}

const RoleSaveError = userErrorUnion('RoleSaveError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  RoleNotFoundType,
  SettingsConflictType,
  StillInUseType,
]);

@ObjectType()
export class RoleSavePayload {
  @Field(() => RoleDescriptionType, { nullable: true }) role?: RoleDescription;
  @Field(() => [RoleSaveError]) userErrors!: UserErrorData[];
}

@InputType()
export class MachineTokenCreateInput {
  @Field(() => String, { description: 'Of the program; what it does stands under this name.' }) name!: string;
  @Field(() => Int, { defaultValue: 90, description: '1 to 365.' }) days!: number;
  @Field(() => Role) role!: Role;
  @Field(() => ID, { nullable: true, description: 'Which one, when the role is CUSTOM.' }) customRoleId?: string | null;
  @Field(() => [ID], { defaultValue: [] }) teamIds!: string[];
  @Field(() => Boolean, { defaultValue: false, description: 'Sees the tickets of every team.' }) allTeams!: boolean;
  @Field(() => [ID], {
    defaultValue: [],
    description: 'Limits which tickets they can read to these topics and those under them. Empty for every topic.',
  })
  topicIds!: string[];
  @Field(() => AssignmentScope, { defaultValue: AssignmentScope.ANY }) assignmentScope!: AssignmentScope;
  @Field(() => [String], { nullable: true, description: 'What it may do at most, of what its role may; null = all of it.' })
  permissions?: string[] | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

const MachineTokenCreateError = userErrorUnion('MachineTokenCreateError', [
  RoleNotFoundType,
  TeamNotFoundType,
  ConfirmationNeededType,
  ReferenceNotFoundType,
  IdempotencyKeyReusedType,
]);

@ObjectType()
export class MachineTokenCreatePayload {
  @Field(() => AccessTokenType, { nullable: true }) accessToken?: AccessToken;
  @Field(() => String, { nullable: true, description: 'Shown this once. Send it as `Authorization: Bearer …`.' }) secret?: string;
  @Field(() => [MachineTokenCreateError]) userErrors!: UserErrorData[];
}
