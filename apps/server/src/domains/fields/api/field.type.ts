import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { onceKey } from '../../../graphql/once-key.ts';
import {
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  UserError,
  userErrorUnion,
  type UserErrorData,
} from '../../../graphql/user-error.ts';
import { LocalizedName, LocalizedNameInput, ReferenceNotFoundType, TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { FieldRequired, FieldType, type CustomField } from '../field.entity.ts';

registerEnumType(FieldType, { name: 'FieldType' });
registerEnumType(FieldRequired, {
  name: 'FieldRequired',
  description: 'When a field must have a value: NEVER, ON_RESOLVE = before the ticket is resolved or closed, ALWAYS.',
});

@ObjectType('FieldOption', { description: 'One of the choices of a select.' })
export class FieldOptionType {
  @Field(() => ID) id!: string;
  @Field(() => [LocalizedName]) names!: LocalizedName[];
}

@ObjectType('CustomField', { description: 'A field of the workspace’s own.' })
export class CustomFieldType implements Pick<
  CustomField,
  'id' | 'key' | 'type' | 'help' | 'topicIds' | 'required' | 'minimum' | 'maximum' | 'pattern' | 'forLightAgents' | 'forClients' | 'version'
> {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'For programs; never changes.' }) key!: string;
  @Field(() => FieldType) type!: FieldType;
  @Field(() => String) help!: string;
  @Field(() => [ID], { description: 'The topics whose tickets have it, with those under them; none = all tickets.' }) topicIds!: string[];
  @Field(() => FieldRequired) required!: FieldRequired;
  @Field(() => Float, { nullable: true, description: 'Of a number; of a text, how many characters it has.' }) minimum!: number | null;
  @Field(() => Float, { nullable: true, description: 'Of a number; of a text, how many characters it has.' }) maximum!: number | null;
  @Field(() => String, { description: 'What the whole of a text must match, as RE2 writes it; empty = anything.' }) pattern!: string;
  @Field(() => Boolean, { description: 'Whether those who only look on see it too.' }) forLightAgents!: boolean;
  @Field(() => Boolean, { description: 'Whether the client of a ticket sees it on the page of their link.' }) forClients!: boolean;
  @Field(() => Int) version!: number;
}

@ObjectType('FieldValue', { description: 'What a ticket has in one of its fields.' })
export class FieldValueType {
  @Field(() => [String], {
    description:
      'In canonical form, none = nothing: numbers as 12.5, check boxes as true or false, options, members and clients by their ids, days as 2026-03-29, instants in UTC.',
  })
  values!: readonly string[];
}

@InputType()
export class FieldInput {
  @Field(() => ID) fieldId!: string;
  @Field(() => [String], { nullable: true, description: 'What you started from; left out for a new ticket.' }) from?: string[] | null;
  @Field(() => [String], { description: 'None = nothing.' }) to!: string[];
}

@InputType()
export class TicketSetFieldsInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => [FieldInput]) fields!: FieldInput[];
}

const TicketSetFieldsError = userErrorUnion('TicketSetFieldsError', [TicketNotFoundType]);

@ObjectType()
export class TicketSetFieldsPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketSetFieldsError]) userErrors!: UserErrorData[];
}

@InputType()
class FieldOptionInput {
  @Field(() => ID, { nullable: true, description: 'Left out for a new one.' }) id?: string | null;
  @Field(() => [LocalizedNameInput]) names!: LocalizedNameInput[];
}

@InputType()
export class FieldWantedInput {
  @Field(() => [LocalizedNameInput]) names!: LocalizedNameInput[];
  @Field(() => String, { defaultValue: '' }) help!: string;
  @Field(() => [ID], { defaultValue: [] }) topicIds!: string[];
  @Field(() => FieldRequired, { defaultValue: FieldRequired.NEVER }) required!: FieldRequired;
  @Field(() => [String], { defaultValue: [], description: 'What a new ticket has in it.' }) defaultValues!: string[];
  @Field(() => [FieldOptionInput], { defaultValue: [] }) options!: FieldOptionInput[];
  @Field(() => Float, { nullable: true }) minimum?: number | null;
  @Field(() => Float, { nullable: true }) maximum?: number | null;
  @Field(() => String, { defaultValue: '' }) pattern!: string;
  @Field(() => Boolean, { defaultValue: true }) forLightAgents!: boolean;
  @Field(() => Boolean, { defaultValue: false, description: 'Never of a field that names a person.' }) forClients!: boolean;
}

@InputType()
export class FieldCreateInput extends FieldWantedInput {
  @Field(() => String, { description: 'For programs: small letters, digits and underscores.' }) key!: string;
  @Field(() => FieldType) type!: FieldType;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class FieldEditInput extends FieldWantedInput {
  @Field(() => ID) fieldId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
export class FieldRemoveInput {
  @Field(() => ID) fieldId!: string;
}

@InputType()
export class FieldsOrderInput {
  @Field(() => [ID]) fieldIds!: string[];
}

@ObjectType('CustomFieldNotFound', { implements: UserError })
export class CustomFieldNotFoundType extends UserError {}

const FieldSaveError = userErrorUnion('FieldSaveError', [
  CustomFieldNotFoundType,
  IdempotencyKeyReusedType,
  NameTakenType,
  ReferenceNotFoundType,
  SettingsConflictType,
]);

@ObjectType()
export class FieldSavePayload {
  @Field(() => CustomFieldType, { nullable: true }) field?: CustomField | null;
  @Field(() => [FieldSaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class FieldsOrderPayload {
  @Field(() => [CustomFieldType], { nullable: true }) fields?: CustomField[] | null;
  @Field(() => [FieldSaveError]) userErrors!: UserErrorData[];
}
