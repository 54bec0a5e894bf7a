import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Subscription,
  Extensions,
} from 'type-graphql';
import { following, type Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TicketNotFoundType } from '../../tickets/api/index.ts';
import { DraftKind, type Draft } from '../draft.entity.ts';
import { draftTopic, findDraft, followDraft, saveDraft } from '../keep-draft.ts';

registerEnumType(DraftKind, { name: 'DraftKind' });

@ObjectType('Draft', { description: 'What you have begun to write on a ticket and not sent. Nobody else sees it.' })
class DraftType implements Pick<Draft, 'id' | 'body' | 'revision' | 'updatedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) body!: string;
  @Field(() => Int) revision!: number;
  @Field(() => Date) updatedAt!: Date;
}

@InputType()
class DraftSaveInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => DraftKind) kind!: DraftKind;
  @Field(() => ID, { description: 'A UUID of your choice for this text; the next text has another.' }) id!: string;
  @Field(() => String, { description: 'HTML; empty throws the draft away.' }) body!: string;
  @Field(() => Int, { description: 'Grows with every save of this text; a late older save changes nothing.' }) revision!: number;
}

const DraftSaveError = userErrorUnion('DraftSaveError', [TicketNotFoundType]);

@ObjectType()
class DraftSavePayload {
  @Field(() => DraftType, { nullable: true, description: 'What is kept now; null once it was sent or thrown away.' }) draft?: Draft | null;
  @Field(() => [DraftSaveError]) userErrors!: UserErrorData[];
}

@Resolver(() => DraftType)
export class DraftResolver {
  @Query(() => DraftType, { nullable: true })
  draft(
    @Arg('ticketId', () => ID) ticketId: string,
    @Arg('kind', () => DraftKind) kind: DraftKind,
    @Ctx() { scope }: Context,
  ): Promise<Draft | null> {
    return findDraft(scope, { ticketId, kind });
  }

  @Extensions({ queued: false })
  @Mutation(() => DraftSavePayload, { description: 'Keeps what was typed so far, on whatever device it goes on.' })
  @ReturnsUserErrors()
  async draftSave(
    @Arg('input', () => DraftSaveInput) input: DraftSaveInput,
    @Ctx() { scope, live }: Context,
  ): Promise<Partial<DraftSavePayload>> {
    const draft = await saveDraft(scope, input);
    live.desk.announce(scope.workspaceId, draftTopic(scope.viewer.memberId, input.ticketId));
    return { draft };
  }

  @Subscription(() => DraftType, {
    nullable: true,
    description: 'Your draft on a ticket, at first and after each save in any of your tabs; null for none.',
    subscribe: following<{ ticketId: string }>(({ args, context: { scope } }) => followDraft(scope, args.ticketId)),
  })
  draftChanged(
    @Arg('ticketId', () => ID) ticketId: string,
    @Arg('kind', () => DraftKind) kind: DraftKind,
    @Ctx() { scope }: Context,
  ): Promise<Draft | null> {
    return findDraft(scope, { ticketId, kind });
  }
}
