import { Field, ID, Int, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Node } from '../../../graphql/node.ts';
import { UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { AccessToken } from '../credential.entity.ts';
import { Role, type Member, type Team } from '../member.entity.ts';
import type { Workspace } from '../workspace.entity.ts';

registerEnumType(Role, { name: 'Role' });

@ObjectType('Team', { description: 'Routing and visibility scope of people and tickets.' })
export class TeamType implements Pick<Team, 'id' | 'name'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType('Member', { implements: Node, description: 'A person in this workspace.' })
export class MemberType implements Pick<Member, 'id' | 'name' | 'role'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Role) role!: Role;
}

@ObjectType('Workspace')
class WorkspaceType implements Pick<Workspace, 'id' | 'name'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType('Viewer', { description: 'Who is asking, and what they may do.' })
export class ViewerType {
  @Field(() => MemberType) member!: Member;
  @Field(() => String) email!: string;
  @Field(() => WorkspaceType) workspace!: Workspace;
  @Field(() => [String], { description: 'Named keys, such as `ticket.create`.' }) permissions!: string[];
}

@ObjectType('AccessToken')
export class AccessTokenType implements Pick<AccessToken, 'id' | 'name' | 'hint' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { description: 'The first characters of the secret.' }) hint!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) expiresAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'To the minute; null = never.' }) lastUsedAt!: Date | null;
}

@InputType()
export class SignInInput {
  @Field(() => String) email!: string;
  @Field(() => String) password!: string;
}

@ObjectType('SignInRefused', { implements: UserError })
class SignInRefusedType extends UserError {}

@ObjectType('TooManyAttempts', { implements: UserError })
class TooManyAttemptsType extends UserError {
  @Field(() => Int) retryAfterSeconds!: number;
}

const SignInError = userErrorUnion('SignInError', [SignInRefusedType, TooManyAttemptsType]);

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
}

const AccessTokenCreateError = userErrorUnion('AccessTokenCreateError');

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
