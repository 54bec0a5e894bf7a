import { createUnionType, Field, ID, Int, InterfaceType, ObjectType, UseMiddleware, type ClassType } from 'type-graphql';
import { DomainError, NotPermitted, type FieldFault } from '../kernel/domain-error.ts';
import type { Context } from './context.ts';

@InterfaceType({ description: 'A refusal that the one who asked can act on.' })
export abstract class UserError {
  @Field(() => String, { description: 'For people: what was given, what is allowed, what to do.' }) message!: string;
  @Field(() => String, { description: 'For programs. Stable.' }) code!: string;
  @Field(() => String, { nullable: true, description: 'The input field it is about; null for the whole.' }) field!: string | null;
}

@ObjectType('InvalidInput', { implements: UserError })
class InvalidInputType extends UserError {}

@ObjectType('IdempotencyKeyReused', { implements: UserError, description: 'The key came with something else before.' })
export class IdempotencyKeyReusedType extends UserError {}

@ObjectType('FieldFault', { description: 'What is wrong with one of a ticket’s own fields.' })
class FieldFaultType implements FieldFault {
  @Field(() => ID) fieldId!: string;
  @Field(() => String) message!: string;
  @Field(() => [String], { nullable: true, description: 'What stands there now, where somebody else changed it meanwhile.' })
  theirs!: string[] | null;
}

@ObjectType('FieldsRefused', {
  implements: UserError,
  description: 'Fields of the workspace’s own that lack what they must have, or do not fit.',
})
class FieldsRefusedType extends UserError {
  @Field(() => [FieldFaultType]) faults!: FieldFault[];
}

@ObjectType('NotPermitted', { implements: UserError })
class NotPermittedType extends UserError {}

@ObjectType('NameTaken', { implements: UserError })
export class NameTakenType extends UserError {}

@ObjectType('StillInUse', { implements: UserError })
export class StillInUseType extends UserError {}

@ObjectType('SettingsConflict', { implements: UserError, description: 'Somebody else saved first. Nothing was overwritten.' })
export class SettingsConflictType extends UserError {
  @Field(() => Int, { description: 'The version that stands now.' }) version!: number;
}

/** A refusal as data: graphql-js throws any Error it meets in a result, so this is a plain object. */
export interface UserErrorData {
  readonly __typename: string;
  readonly message: string;
  readonly code: string;
  readonly field: string | null;
}

/** The union of what one mutation can refuse with. */
export function userErrorUnion(name: string, types: readonly ClassType[] = []) {
  return createUnionType({
    name,
    types: () => [InvalidInputType, NotPermittedType, FieldsRefusedType, ...types],
    resolveType: (error: unknown) => (error as UserErrorData).__typename,
  });
}

/** Turns a refusal thrown below into `{ userErrors: [it] }`. Everything else thrown is a bug and passes. */
export function ReturnsUserErrors(): MethodDecorator {
  return UseMiddleware(async ({ context, info }, next) => {
    try {
      return { userErrors: [], ...((await next()) as object) };
    } catch (error) {
      if (error instanceof NotPermitted) (context as Context).denied(info.fieldName);
      if (error instanceof DomainError) return { userErrors: [asData(error)] };
      throw error;
    }
  });
}

function asData(error: DomainError): UserErrorData {
  const { code, message, field, name } = error;
  const { stack: _, ...own } = { ...error } as DomainError;
  return { ...own, __typename: name, message, code, field };
}
