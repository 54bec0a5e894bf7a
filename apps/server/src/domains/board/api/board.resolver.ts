import { Arg, Ctx, Extensions, Field, FieldResolver, Float, ID, Int, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Priority } from '@baton/rules';
import { following, type Context } from '../../../graphql/context.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { followBoard, readBoard, type Board, type BoardCount, type BoardOperator, type BoardTrend } from '../read-board.ts';

@ObjectType('BoardCount', { description: 'So many open tickets are of one kind, and so many of them are late.' })
class BoardCountType implements BoardCount<string | null> {
  @Field(() => ID, { nullable: true, description: 'The status, team, topic or member; null for none.' }) key!: string | null;
  @Field(() => Int) count!: number;
  @Field(() => Int) late!: number;
}

@ObjectType('BoardOperator', { description: 'So many open tickets are somebody’s, and so many of them are late.' })
class BoardOperatorType implements Pick<BoardOperator, 'count' | 'late' | 'online'> {
  @Field(() => Int) count!: number;
  @Field(() => Int) late!: number;
  @Field(() => Boolean, { description: 'Has a page of the desk open.' }) online!: boolean;
}

@ObjectType('BoardPriorityCount')
class BoardPriorityCountType implements BoardCount<Priority> {
  @Field(() => Priority) key!: Priority;
  @Field(() => Int) count!: number;
  @Field(() => Int) late!: number;
}

@ObjectType('BoardTrend', { description: 'Since midnight, against the same weekday by the same time.' })
class BoardTrendType implements BoardTrend {
  @Field(() => Int) today!: number;
  @Field(() => Float, { description: 'The mean of the last four weeks.' }) usual!: number;
}

@ObjectType('Board', { description: 'What a supervisor watches, of the tickets that they see.' })
class BoardType implements Omit<Board, 'worst'> {
  @Field(() => Int) open!: number;
  @Field(() => Int) unassigned!: number;
  @Field(() => Int, { description: 'Due within half an hour.' }) dueSoon!: number;
  @Field(() => Int) late!: number;
  @Field(() => [BoardCountType]) byStatus!: readonly BoardCount<string>[];
  @Field(() => [BoardPriorityCountType]) byPriority!: readonly BoardCount<Priority>[];
  @Field(() => [BoardCountType]) byTeam!: readonly BoardCount<string | null>[];
  @Field(() => [BoardCountType]) byTopic!: readonly BoardCount<string | null>[];
  @Field(() => [BoardOperatorType], { description: 'Who has work or is at the desk, most work first.' })
  byOperator!: readonly BoardOperator[];
  @Field(() => BoardTrendType) arrivals!: BoardTrend;
  @Field(() => BoardTrendType) resolutions!: BoardTrend;
}

@Resolver(() => BoardType)
export class BoardResolver {
  @Extensions({ cost: 2000 })
  @Query(() => BoardType, { description: '`since`: when your day began.' })
  board(@Arg('since', () => Date) since: Date, @Ctx() { scope, live }: Context): Promise<Board> {
    return readBoard(scope, since, live.presence.online(scope.workspaceId));
  }

  @Extensions({ cost: 2000 })
  @Subscription(() => BoardType, {
    description: 'The board now, and whenever it becomes another, at most once a second.',
    subscribe: following(({ context }: { context: Context }) => followBoard(context.live.time, context.scope)),
  })
  boardChanged(@Arg('since', () => Date) since: Date, @Ctx() { scope, live }: Context): Promise<Board> {
    return readBoard(scope, since, live.presence.online(scope.workspaceId));
  }

  @FieldResolver(() => [TicketType], { description: 'The ten that are most overdue, or due next.' })
  worst(@Root() { worst }: Board): readonly Ticket[] {
    return worst;
  }
}

@Resolver(() => BoardOperatorType)
export class BoardOperatorResolver {
  @FieldResolver(() => MemberType, { nullable: true })
  member(@Root() { key }: BoardOperator, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, key);
  }
}
