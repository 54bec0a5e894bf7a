import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, registerEnumType, Resolver, Root, Subscription } from 'type-graphql';
import { connection, connectionTypes, type Connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import type { FieldChange } from '../../../kernel/domain-event.ts';
import { formatHead, parseHead } from '../../../platform/live/stream-head.ts';
import type { EventRecord } from '../../../platform/event-record.entity.ts';
import { ActingTokenType, MemberType } from '../../identity/api/index.ts';
import { memberById, tokenById, type AccessToken, type Member } from '../../identity/index.ts';
import { allNames, LocalizedName, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { causesOf, findEntry } from '../causes.ts';
import { followEvents, StreamEventKind, type StreamedEvent } from '../follow-events.ts';
import { activityKind, ActivityKind } from '../activity-kind.ts';
import { activityCursors, activityOf, ActorKind } from '../activity.ts';
import { participantsOf } from '../participants.ts';
import { customFieldOf, shownValue, type ShownValue } from '../shown-value.ts';

registerEnumType(ActorKind, {
  name: 'ActorKind',
  description: 'Who did something: a member or a program of theirs, the client, the desk itself, or an import.',
});

registerEnumType(ActivityKind, { name: 'ActivityKind', description: 'What happened.' });
registerEnumType(StreamEventKind, {
  name: 'StreamEventKind',
  description: 'The kind of message in the event stream.',
  valuesConfig: {
    EVENT: { description: 'Something happened to a ticket that you see.' },
    HIDDEN: {
      description: 'Something that you may not read, such as an internal note, happened to a ticket that you see. It explains the version.',
    },
    GONE: { description: 'The ticket was deleted, or you may no longer see it. Delete your copy.' },
    RELOAD: {
      description:
        'Events before this position can no longer be delivered. Load everything again and continue from here. Has a position and no event.',
    },
    HEARTBEAT: {
      description: 'Nothing was missed up to this position. Sent every 10 seconds. Has a position and no event: store it to resume later.',
    },
  },
});

@ObjectType({ description: 'A value as people read it: a text, or a name in several languages.' })
class ActivityValue implements ShownValue {
  @Field(() => String) text!: string;
  @Field(() => [LocalizedName], { description: 'Empty where the value is the same in every language.' }) names!: LocalizedName[];
}

@ObjectType()
class ActivityChange {
  @Field(() => String) field!: string;
  @Field(() => [LocalizedName], { description: 'What it is called, for a field of the workspace’s own; empty for the others.' })
  names!: LocalizedName[];
  @Field(() => ActivityValue, { nullable: true }) from!: ShownValue | null;
  @Field(() => ActivityValue, { nullable: true }) to!: ShownValue | null;
}

@ObjectType('ActivityEntry', { description: 'One thing that happened to a ticket.' })
export class ActivityEntryType implements Pick<EventRecord, 'id' | 'type' | 'at'> {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'The text of `kind`, such as `ticket.status_changed`.' }) type!: string;
  @Field(() => Date) at!: Date;
}

@ObjectType({ description: 'A message of the event stream. HEARTBEAT and RELOAD have a position only.' })
class StreamEvent {
  @Field(() => StreamEventKind) kind!: StreamEventKind;
  @Field(() => String, { description: 'Resume after this position.' }) position!: string;
  @Field(() => Boolean, { description: 'True for RELOAD.' }) reload!: boolean;
  @Field(() => ID, { nullable: true, description: 'Set for EVENT, HIDDEN and GONE.' }) ticketId!: string | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The version of the ticket after an EVENT or HIDDEN: the last one that you received plus one, for a ticket that you hold.',
  })
  ticketVersion!: number | null;
  @Field(() => TicketType, { nullable: true, description: 'The ticket as it is now, for EVENT and HIDDEN.' }) ticket!: Ticket | null;
  @Field(() => ActivityEntryType, { nullable: true, description: 'What happened, for EVENT.' }) entry!: Pick<
    EventRecord,
    'id' | 'type' | 'at' | 'actorKind' | 'actorId' | 'tokenId' | 'changes'
  > | null;
}

const ActivityConnection = connectionTypes('ActivityEntry', () => ActivityEntryType);

@Resolver(() => TicketType)
export class TicketActivityResolver {
  @FieldResolver(() => ActivityConnection, { description: 'What happened, oldest first, at most 100 a page.' })
  async activity(
    @Root() ticket: Ticket,
    @Arg('last', () => Int, { defaultValue: 50 }) last: number,
    @Arg('before', () => String, { nullable: true }) before: string | null | undefined,
    @Arg('types', () => [String], { nullable: true, description: 'Only these types, such as `ticket.status_changed`.' })
    types: string[] | null | undefined,
    @Arg('kinds', () => [ActivityKind], { nullable: true, description: 'Only these kinds.' }) kinds: ActivityKind[] | null | undefined,
    @Arg('actorIds', () => [ID], { nullable: true, description: 'By these members alone.' }) actorIds: string[] | null | undefined,
    @Arg('actorKinds', () => [ActorKind], { nullable: true }) actorKinds: ActorKind[] | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<EventRecord>> {
    const page = await activityOf(scope, ticket.id, { last, before: before ?? null, types: kinds ?? types, actorIds, actorKinds });
    return connection(page.entries, activityCursors.of, { previous: page.hasOlder });
  }

  @FieldResolver(() => [MemberType], {
    description: 'Everybody who has a part in it, by name: its assignee, its watchers, and whoever did something with it.',
  })
  participants(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<Member[]> {
    return participantsOf(scope, id);
  }
}

@Resolver(() => ActivityEntryType)
export class ActivityEntryResolver {
  @Query(() => ActivityEntryType, { nullable: true, description: 'An entry of a ticket’s log; null for missing and for not yours to see.' })
  activityEntry(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<EventRecord | null> {
    return findEntry(scope, id);
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null = the client, the desk itself, or an import.' })
  actor(@Root() { actorId }: EventRecord, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, actorId);
  }

  @FieldResolver(() => ActingTokenType, {
    nullable: true,
    description: 'The access token that the actor used, also one that was revoked since; null for a browser.',
  })
  token(@Root() { tokenId }: Pick<EventRecord, 'tokenId'>, @Ctx() { scope }: Context): Promise<AccessToken | null> {
    return scope.load(tokenById, tokenId);
  }

  @FieldResolver(() => ActivityKind)
  kind(@Root() { type }: Pick<EventRecord, 'type'>): ActivityKind {
    return activityKind(type);
  }

  @FieldResolver(() => ActorKind)
  actorKind(@Root() { actorKind }: Pick<EventRecord, 'actorKind'>): string {
    return actorKind;
  }

  @FieldResolver(() => Boolean, { description: 'Whether the client did it, as by writing on their link.' })
  byClient(@Root() { actorKind }: Pick<EventRecord, 'actorKind'>): boolean {
    return actorKind === 'CLIENT';
  }

  @FieldResolver(() => Boolean, { description: 'Whether something else brought it about, which `causes` tells.' })
  isCaused(@Root() { causeId }: Pick<EventRecord, 'causeId'>): boolean {
    return causeId !== null;
  }

  @FieldResolver(() => [ActivityEntryType], {
    description: 'What brought it about, and that, back to what somebody did or a clock told: the nearest first, at most 10.',
  })
  causes(@Root() entry: EventRecord, @Ctx() { scope }: Context): Promise<EventRecord[]> {
    return causesOf(scope, entry);
  }

  @FieldResolver(() => TicketType, {
    nullable: true,
    description: 'The ticket that it happened to; null for what is about none, as a bulk job.',
  })
  async ticket(@Root() { ticketId }: EventRecord, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return ticketId === null ? null : findTicket(scope, ticketId);
  }

  @FieldResolver(() => [ActivityChange])
  async changes(@Root() { changes }: EventRecord, @Ctx() { scope }: Context): Promise<ActivityChange[]> {
    const shown = await Promise.all(
      changes.map(async ({ field, from, to }: FieldChange) => {
        const custom = await customFieldOf(scope, field);
        if (custom && !custom.isVisible) return [];
        const names = custom ? allNames(custom.names) : [];
        return [{ field, names, from: await shownValue(scope, field, from), to: await shownValue(scope, field, to) }];
      }),
    );
    return shown.flat();
  }

  @Subscription(() => StreamEvent, {
    description:
      'Every event on tickets you see, complete and in order, for API clients that keep a copy. Resumable. A message without a `ticketId` states a position only: see `HEARTBEAT` and `RELOAD`.',
    subscribe: following<{ after?: string | null }>(({ args }) => followEvents(parseHead(args.after))),
  })
  async eventsStreamed(
    @Arg('after', () => String, { nullable: true, description: 'The last position you have. Without one: from now on.' })
    _after: string | null,
    @Root() { kind, event, head }: StreamedEvent,
    @Ctx() { scope }: Context,
  ): Promise<StreamEvent> {
    const shown = kind === 'EVENT' || kind === 'HIDDEN' ? event : null;
    return {
      kind,
      position: formatHead(head),
      reload: kind === 'RELOAD',
      ticketId: event?.ticketId ?? null,
      ticketVersion: shown?.ticketVersion ?? null,
      ticket: shown?.ticketId ? await findTicket(scope, shown.ticketId) : null,
      entry: kind === 'EVENT' ? event : null,
    };
  }
}
