import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import type { ChecklistItem } from '../checklist-item.entity.ts';
import { checklistOf } from '../find-checklist.ts';
import { addToChecklist, editChecklistItem, orderChecklist, removeFromChecklist } from '../write-checklist.ts';

@ObjectType('ChecklistItem', { description: 'One thing to be done on a ticket.' })
class ChecklistItemType implements Pick<ChecklistItem, 'id' | 'text' | 'doneAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) text!: string;
  @Field(() => Date, { nullable: true, description: 'Null while it is to be done.' }) doneAt!: Date | null;
}

@InputType()
class ChecklistAddInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => [String], { description: 'They come to stand at the end, in this order.' }) texts!: string[];
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class ChecklistTextInput {
  @Field(() => String, { description: 'What it said when the edit began.' }) from!: string;
  @Field(() => String) to!: string;
}

@InputType()
class ChecklistItemEditInput {
  @Field(() => ID) itemId!: string;
  @Field(() => ChecklistTextInput, { nullable: true }) text?: ChecklistTextInput | null;
  @Field(() => Boolean, { nullable: true }) done?: boolean | null;
}

@InputType()
class ChecklistItemRemoveInput {
  @Field(() => ID) itemId!: string;
}

@InputType()
class ChecklistOrderInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => [ID], { description: 'All of them; what is left out stands at the end.' }) itemIds!: string[];
}

@ObjectType('ChecklistItemNotFound', { implements: UserError })
class ChecklistItemNotFoundType extends UserError {}

@ObjectType('ChecklistConflict', { implements: UserError, description: 'Somebody changed the words first. Nothing was overwritten.' })
class ChecklistConflictType extends UserError {
  @Field(() => String, { description: 'What it says now.' }) theirs!: string;
}

const ChecklistError = userErrorUnion('ChecklistError', [
  ChecklistConflictType,
  ChecklistItemNotFoundType,
  IdempotencyKeyReusedType,
  TicketNotFoundType,
]);

@ObjectType()
class ChecklistPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [ChecklistError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class TicketChecklistResolver {
  @FieldResolver(() => [ChecklistItemType], { description: 'In its order; at most 100.' })
  async checklist(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<readonly ChecklistItem[]> {
    return checklistOf(scope, id);
  }
}

@Resolver(() => ChecklistItemType)
export class ChecklistItemResolver {
  @FieldResolver(() => MemberType, { nullable: true })
  doneBy(@Root() { doneById }: ChecklistItem, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, doneById);
  }

  @Mutation(() => ChecklistPayload)
  @ReturnsUserErrors()
  async checklistAdd(
    @Arg('input', () => ChecklistAddInput) { idempotencyKey: key, ...input }: ChecklistAddInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ChecklistPayload>> {
    const { ticketId, texts } = input;
    const id = await once(
      scope,
      { key, operation: 'checklistAdd', payload: input },
      async (tx) => (await addToChecklist(tx, ticketId, texts)).id,
    );
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => ChecklistPayload)
  @ReturnsUserErrors()
  async checklistItemEdit(
    @Arg('input', () => ChecklistItemEditInput) input: ChecklistItemEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ChecklistPayload>> {
    const { id } = await editChecklistItem(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => ChecklistPayload)
  @ReturnsUserErrors()
  async checklistItemRemove(
    @Arg('input', () => ChecklistItemRemoveInput) { itemId }: ChecklistItemRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ChecklistPayload>> {
    const { id } = await removeFromChecklist(scope, itemId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => ChecklistPayload)
  @ReturnsUserErrors()
  async checklistOrder(
    @Arg('input', () => ChecklistOrderInput) { ticketId, itemIds }: ChecklistOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ChecklistPayload>> {
    const { id } = await orderChecklist(scope, ticketId, itemIds);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
