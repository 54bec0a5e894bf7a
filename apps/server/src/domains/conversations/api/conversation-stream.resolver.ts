import { Arg, Ctx, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { StreamChange, streamChange } from '../../../graphql/change-stream.ts';
import { following, type Context } from '../../../graphql/context.ts';
import type { StreamedChange } from '../../../platform/live/change-stream.ts';
import { parseHead } from '../../../platform/live/stream-head.ts';
import type { Conversation } from '../conversation.entity.ts';
import { findConversation } from '../find-conversations.ts';
import { streamConversations } from '../stream-conversations.ts';
import { ConversationType } from './conversation.resolver.ts';

@ObjectType({ description: 'A message of the stream of conversations.' })
class ConversationChange extends StreamChange {
  @Field(() => ID, { nullable: true }) conversationId!: string | null;
  @Field(() => ConversationType, { nullable: true, description: 'As it is now.' }) conversation!: Conversation | null;
}

@Resolver()
export class ConversationStreamResolver {
  @Subscription(() => ConversationChange, {
    description:
      'Conversations that changed, or that you see because of a change of their ticket, for API clients that keep a copy. Resumable.',
    subscribe: following<{ after?: string | null }>(({ args }) => streamConversations(parseHead(args.after))),
  })
  async conversationsStreamed(
    @Arg('after', () => String, { nullable: true, description: 'The last position you have. Without one: from now on.' })
    _after: string | null,
    @Root() change: StreamedChange,
    @Ctx() { scope }: Context,
  ): Promise<ConversationChange> {
    const { kind, id } = change;
    const conversation = kind === 'CHANGED' && id !== null ? await findConversation(scope, id) : null;
    return { ...streamChange(change), conversationId: id, conversation };
  }
}
