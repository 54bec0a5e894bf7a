import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { Priority } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { ReturnsUserErrors, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { TicketSettingsError } from '../../ticket-settings/api/index.ts';
import { createTemplate, deleteTemplate, editTemplate, listTemplates, templateById } from '../save-template.ts';
import type { TemplateField, TicketTemplate } from '../ticket-template.entity.ts';

@ObjectType('TemplateField')
class TemplateFieldType implements TemplateField {
  @Field(() => ID) fieldId!: string;
  @Field(() => [String], { description: 'In canonical form.' }) values!: string[];
}

@ObjectType('TicketTemplate', {
  description:
    'A form for a new ticket, filled in before. What it says nothing of is empty or null; whoever applies it overwrites nothing typed.',
})
class TicketTemplateType implements Pick<
  TicketTemplate,
  'id' | 'name' | 'subject' | 'description' | 'priority' | 'topicId' | 'teamId' | 'watcherIds' | 'checklist' | 'version'
> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) subject!: string;
  @Field(() => String, { description: 'HTML of a small, safe set of tags.' }) description!: string;
  @Field(() => Priority, { nullable: true }) priority!: Priority | null;
  @Field(() => ID, { nullable: true }) topicId!: string | null;
  @Field(() => ID, { nullable: true }) teamId!: string | null;
  @Field(() => [ID]) watcherIds!: string[];
  @Field(() => [String], { description: 'Things to be done on the ticket.' }) checklist!: string[];
  @Field(() => Int) version!: number;
}

@InputType()
class TemplateFieldInput implements TemplateField {
  @Field(() => ID) fieldId!: string;
  @Field(() => [String]) values!: string[];
}

@InputType()
class TemplateWantedInput {
  @Field(() => String) name!: string;
  @Field(() => String, { defaultValue: '' }) subject!: string;
  @Field(() => String, { defaultValue: '' }) description!: string;
  @Field(() => Priority, { nullable: true }) priority?: Priority | null;
  @Field(() => ID, { nullable: true }) topicId?: string | null;
  @Field(() => ID, { nullable: true }) teamId?: string | null;
  @Field(() => [ID], { defaultValue: [] }) watcherIds!: string[];
  @Field(() => [TemplateFieldInput], { defaultValue: [] }) fields!: TemplateFieldInput[];
  @Field(() => [String], { defaultValue: [] }) checklist!: string[];
}

@InputType()
class TemplateCreateInput extends TemplateWantedInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class TemplateEditInput extends TemplateWantedInput {
  @Field(() => ID) templateId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
class TemplateDeleteInput {
  @Field(() => ID) templateId!: string;
}

@ObjectType()
class TemplateSavePayload {
  @Field(() => TicketTemplateType, { nullable: true }) template?: TicketTemplate | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType()
class TemplateDeletePayload {
  @Field(() => ID, { nullable: true }) deletedId?: string | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketTemplateType)
export class TicketTemplateResolver {
  @Query(() => [TicketTemplateType], { description: 'By name; for those alone who make tickets.' })
  ticketTemplates(@Ctx() { scope }: Context): Promise<TicketTemplate[]> {
    return listTemplates(scope);
  }

  @FieldResolver(() => [TemplateFieldType])
  fields(@Root() { fields }: TicketTemplate): readonly TemplateField[] {
    return fields;
  }

  @Mutation(() => TemplateSavePayload)
  @ReturnsUserErrors()
  async templateCreate(
    @Arg('input', () => TemplateCreateInput) { idempotencyKey: key, ...input }: TemplateCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TemplateSavePayload>> {
    const id = await once(scope, { key, operation: 'templateCreate', payload: input }, async (tx) => (await createTemplate(tx, input)).id);
    return { template: await scope.fresh().load(templateById, id) };
  }

  @Mutation(() => TemplateSavePayload)
  @ReturnsUserErrors()
  async templateEdit(
    @Arg('input', () => TemplateEditInput) input: TemplateEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TemplateSavePayload>> {
    const { id } = await editTemplate(scope, input);
    return { template: await scope.fresh().load(templateById, id) };
  }

  @Mutation(() => TemplateDeletePayload)
  @ReturnsUserErrors()
  async templateDelete(
    @Arg('input', () => TemplateDeleteInput) { templateId }: TemplateDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TemplateDeletePayload>> {
    return { deletedId: (await deleteTemplate(scope, templateId)).id };
  }
}
