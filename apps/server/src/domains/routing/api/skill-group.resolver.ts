import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { ReturnsUserErrors, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { MemberType } from '../../identity/api/index.ts';
import type { Member } from '../../identity/index.ts';
import { TicketSettingsError } from '../../ticket-settings/api/index.ts';
import { TopicType } from '../../tickets/api/index.ts';
import type { Topic } from '../../tickets/index.ts';
import { groupServing, listSkillGroups, membersOf, skillGroupById, topicsOf } from '../find-skill-groups.ts';
import { createSkillGroup, deleteSkillGroup, editSkillGroup } from '../save-skill-group.ts';
import type { SkillGroup } from '../skill-group.entity.ts';

@ObjectType('SkillGroup', { description: 'Topics, and the operators who can serve them.' })
class SkillGroupType implements Pick<SkillGroup, 'id' | 'name' | 'version'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Int) version!: number;
}

@InputType()
class SkillGroupWantedInput {
  @Field(() => String) name!: string;
  @Field(() => [ID], { defaultValue: [] }) memberIds!: string[];
  @Field(() => [ID], { defaultValue: [], description: 'Topics that another group had become this one’s.' }) topicIds!: string[];
}

@InputType()
class SkillGroupCreateInput extends SkillGroupWantedInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class SkillGroupEditInput extends SkillGroupWantedInput {
  @Field(() => ID) skillGroupId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
class SkillGroupDeleteInput {
  @Field(() => ID) skillGroupId!: string;
}

@ObjectType()
class SkillGroupSavePayload {
  @Field(() => SkillGroupType, { nullable: true }) skillGroup?: SkillGroup | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType()
class SkillGroupDeletePayload {
  @Field(() => ID, { nullable: true }) deletedId?: string | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@Resolver(() => SkillGroupType)
export class SkillGroupResolver {
  @Query(() => [SkillGroupType], { description: 'By name.' })
  skillGroups(@Ctx() { scope }: Context): Promise<SkillGroup[]> {
    return listSkillGroups(scope);
  }

  @FieldResolver(() => [MemberType])
  members(@Root() group: SkillGroup, @Ctx() { scope }: Context): Promise<Member[]> {
    return membersOf(scope, group);
  }

  @FieldResolver(() => [TopicType], {
    description: 'Those it was given; topics under them that have no group of their own are served too.',
  })
  topics(@Root() group: SkillGroup, @Ctx() { scope }: Context): Promise<Topic[]> {
    return topicsOf(scope, group);
  }

  @Mutation(() => SkillGroupSavePayload)
  @ReturnsUserErrors()
  async skillGroupCreate(
    @Arg('input', () => SkillGroupCreateInput) { idempotencyKey: key, ...input }: SkillGroupCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SkillGroupSavePayload>> {
    const id = await once(
      scope,
      { key, operation: 'skillGroupCreate', payload: input },
      async (tx) => (await createSkillGroup(tx, input)).id,
    );
    return { skillGroup: await scope.fresh().load(skillGroupById, id) };
  }

  @Mutation(() => SkillGroupSavePayload)
  @ReturnsUserErrors()
  async skillGroupEdit(
    @Arg('input', () => SkillGroupEditInput) input: SkillGroupEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SkillGroupSavePayload>> {
    const { id } = await editSkillGroup(scope, input);
    return { skillGroup: await scope.fresh().load(skillGroupById, id) };
  }

  @Mutation(() => SkillGroupDeletePayload)
  @ReturnsUserErrors()
  async skillGroupDelete(
    @Arg('input', () => SkillGroupDeleteInput) { skillGroupId }: SkillGroupDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SkillGroupDeletePayload>> {
    return { deletedId: (await deleteSkillGroup(scope, skillGroupId)).id };
  }
}

@Resolver(() => TopicType)
export class TopicSkillResolver {
  @FieldResolver(() => SkillGroupType, { nullable: true, description: 'Who serves it: its own group, or that of a topic above it.' })
  skillGroup(@Root() { id }: Topic, @Ctx() { scope }: Context): Promise<SkillGroup | null> {
    return groupServing(scope, id);
  }
}
