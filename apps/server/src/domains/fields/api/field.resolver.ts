import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { allNames, LocalizedName, namesOf, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import type { CustomField } from '../field.entity.ts';
import { fieldById, fieldsOfTicket, listFields, type FieldValue } from '../find-fields.ts';
import { createField, editField, orderFields, removeField, type FieldWanted } from '../save-field.ts';
import { setFields } from '../set-fields.ts';
import {
  CustomFieldType,
  FieldCreateInput,
  FieldEditInput,
  FieldOptionType,
  FieldRemoveInput,
  FieldSavePayload,
  FieldsOrderInput,
  FieldsOrderPayload,
  FieldValueType,
  TicketSetFieldsInput,
  TicketSetFieldsPayload,
  type FieldWantedInput,
} from './field.type.ts';

const asWanted = ({
  names,
  options,
  help,
  topicIds,
  required,
  defaultValues,
  minimum,
  maximum,
  pattern,
  forLightAgents,
  forClients,
}: FieldWantedInput): FieldWanted => ({
  names: namesOf(names),
  options: options.map(({ id, names: own }) => ({ id, names: namesOf(own) })),
  help,
  topicIds,
  required,
  defaultValues,
  minimum,
  maximum,
  pattern,
  forLightAgents,
  forClients,
});

@Resolver(() => CustomFieldType)
export class CustomFieldResolver {
  @Query(() => [CustomFieldType], { description: 'Those that you see, in their order.' })
  customFields(@Ctx() { scope }: Context): Promise<CustomField[]> {
    return listFields(scope);
  }

  @FieldResolver(() => [LocalizedName])
  names(@Root() { name }: CustomField): LocalizedName[] {
    return allNames(name);
  }

  @FieldResolver(() => [FieldOptionType], { description: 'Of a select, in their order.' })
  options(@Root() { options }: CustomField): FieldOptionType[] {
    return options.map(({ id, name }) => ({ id, names: allNames(name) }));
  }

  @FieldResolver(() => [String], { description: 'What a new ticket has in it.' })
  defaultValues(@Root() { defaultValues }: CustomField): readonly string[] {
    return defaultValues;
  }

  @Mutation(() => FieldSavePayload)
  @ReturnsUserErrors()
  async fieldCreate(
    @Arg('input', () => FieldCreateInput) { idempotencyKey, key, type, ...input }: FieldCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FieldSavePayload>> {
    const wanted = { key, type, ...asWanted(input as FieldWantedInput) };
    const id = await once(
      scope,
      { key: idempotencyKey, operation: 'fieldCreate', payload: wanted },
      async (tx) => (await createField(tx, wanted)).id,
    );
    return { field: await scope.fresh().load(fieldById, id) };
  }

  @Mutation(() => FieldSavePayload, { description: 'Counts at once, for tickets that there are too.' })
  @ReturnsUserErrors()
  async fieldEdit(
    @Arg('input', () => FieldEditInput) input: FieldEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FieldSavePayload>> {
    return { field: await editField(scope, { fieldId: input.fieldId, version: input.version, ...asWanted(input) }) };
  }

  @Mutation(() => FieldSavePayload, { description: 'Tickets show it no more; what they had in it stays in their history.' })
  @ReturnsUserErrors()
  async fieldRemove(
    @Arg('input', () => FieldRemoveInput) { fieldId }: FieldRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FieldSavePayload>> {
    return { field: await removeField(scope, fieldId) };
  }

  @Mutation(() => FieldsOrderPayload, { description: 'The order in which forms show them. Those left out follow.' })
  @ReturnsUserErrors()
  async fieldsOrder(
    @Arg('input', () => FieldsOrderInput) { fieldIds }: FieldsOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FieldsOrderPayload>> {
    return { fields: await orderFields(scope, fieldIds) };
  }
}

@Resolver(() => TicketType)
export class TicketFieldsResolver {
  @FieldResolver(() => [FieldValueType], { description: 'Those of its topic that you see, also where it has nothing in them.' })
  async fields(
    @Root() ticket: Ticket,
    @Arg('ids', () => [ID], { nullable: true, description: 'Those alone.' }) ids: string[] | null,
    @Ctx() { scope }: Context,
  ): Promise<FieldValue[]> {
    const all = await fieldsOfTicket(scope, ticket);
    return ids ? all.filter(({ field }) => ids.includes(field.id)) : all;
  }

  @Mutation(() => TicketSetFieldsPayload, { description: 'Sets any of its fields at once: all of them, or none.' })
  @ReturnsUserErrors()
  async ticketSetFields(
    @Arg('input', () => TicketSetFieldsInput) { ticketId, fields }: TicketSetFieldsInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketSetFieldsPayload>> {
    const { id } = await setFields(scope, ticketId, fields);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}

@Resolver(() => FieldValueType)
export class FieldValueResolver {
  @FieldResolver(() => CustomFieldType)
  field(@Root() { field }: FieldValue): CustomField {
    return field;
  }
}
