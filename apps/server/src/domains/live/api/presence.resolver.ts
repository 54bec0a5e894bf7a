import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
  Subscription,
  Extensions,
} from 'type-graphql';
import { following, type Context } from '../../../graphql/context.ts';
import { PresenceActivity, type Presence } from '../../../platform/presence-board.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { changePresence, followPresence, followPresences, presencesOn, type PresencePlace } from '../join-ticket.ts';

registerEnumType(PresenceActivity, { name: 'PresenceActivity' });

@ObjectType('Presence', { description: 'What one person does on a ticket now, in whichever tab they do most.' })
class PresenceType implements Pick<Presence, 'activity' | 'field'> {
  @Field(() => PresenceActivity) activity!: PresenceActivity;
  @Field(() => String, { nullable: true, description: 'The field somebody is in while EDITING.' }) field!: string | null;
}

@ObjectType({ description: 'Who is on one ticket; nobody when the last has gone.' })
class TicketPresence {
  @Field(() => ID) ticketId!: string;
  @Field(() => [PresenceType]) people!: Presence[];
}

@InputType()
class PresenceSetInput {
  @Field(() => ID, { nullable: true }) ticketId?: string | null;
  @Field(() => ID, { nullable: true, description: 'In place of a ticket.' }) conversationId?: string | null;
  @Field(() => PresenceActivity) activity!: PresenceActivity;
  @Field(() => String, { nullable: true }) field?: string | null;
}

@ObjectType()
class PresenceSetPayload {
  @Field(() => Boolean, { description: 'False when you do not have the ticket open on this server.' }) shown!: boolean;
}

@Resolver(() => PresenceType)
export class PresenceResolver {
  @FieldResolver(() => MemberType, { nullable: true })
  member(@Root() presence: Presence, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, presence.memberId);
  }

  @Extensions({ queued: false })
  @Mutation(() => PresenceSetPayload, {
    description: 'Says what you do on a ticket or in a conversation that you follow with `presenceChanged`.',
  })
  async presenceSet(@Arg('input', () => PresenceSetInput) input: PresenceSetInput, @Ctx() context: Context): Promise<PresenceSetPayload> {
    return { shown: changePresence(context.live.presence, context.scope, input) };
  }

  @Subscription(() => [PresenceType], {
    description: 'Who has the ticket or the conversation open, at first and after each change. While you follow it, you are there too.',
    subscribe: following<PresencePlace>(({ args, context: { live, scope } }) => followPresence(live.presence, scope, args)),
  })
  presenceChanged(
    @Arg('ticketId', () => ID, { nullable: true }) ticketId: string | null | undefined,
    @Arg('conversationId', () => ID, { nullable: true, description: 'In place of a ticket.' }) conversationId: string | null | undefined,
    @Ctx() { scope, live }: Context,
  ): Promise<Presence[]> {
    return presencesOn(live.presence, scope, { ticketId, conversationId });
  }

  @Subscription(() => TicketPresence, {
    description: 'Who is on the tickets you see: each that somebody has open at first, then each where that changes.',
    subscribe: following(({ context: { live, scope } }) => followPresences(live.presence, scope)),
  })
  async presencesChanged(@Root() ticketId: string, @Ctx() { scope, live }: Context): Promise<TicketPresence> {
    return { ticketId, people: await presencesOn(live.presence, scope, { ticketId }) };
  }
}
