import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import type { EventRecord } from '../../../platform/event-record.entity.ts';
import { once } from '../../../platform/once.ts';
import { ActivityEntryType } from '../../audit/api/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { BulkOutcome, type BulkItem, type BulkJob } from '../bulk.entity.ts';
import { itemCursors, canUndo, followJob, itemsOf, jobOfCause, listBulkJobs, outcomesOf } from '../find-bulk.ts';
import { cancelBulk, findBulkJob, startBulk, undoBulk, unwatchClosed } from '../start-bulk.ts';
import { BulkCount, BulkItemConnection, BulkItemType, BulkJobInput, BulkJobType, BulkPayload, BulkStartInput } from './bulk.type.ts';

@Resolver(() => BulkJobType)
export class BulkResolver {
  @Query(() => [BulkJobType], { description: 'Your latest, newest first.' })
  bulkJobs(@Ctx() { scope }: Context): Promise<BulkJob[]> {
    return listBulkJobs(scope);
  }

  @Query(() => BulkJobType, { nullable: true, description: 'One of yours.' })
  bulkJob(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<BulkJob | null> {
    return findBulkJob(scope, id);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it undoes another.' })
  isUndo(@Root() { undoOfId }: BulkJob): boolean {
    return undoOfId !== null;
  }

  @FieldResolver(() => Boolean, { description: 'Whether `bulkUndo` can put back what it did.' })
  undoable(@Root() job: BulkJob, @Ctx() { scope }: Context): Promise<boolean> {
    return canUndo(scope, job);
  }

  @FieldResolver(() => [BulkCount], { description: 'How many tickets came out how, so far.' })
  async outcomes(@Root() { id }: BulkJob, @Ctx() { scope }: Context): Promise<BulkCount[]> {
    return (await outcomesOf(scope, id)).map(({ outcome, count }) => ({ outcome, count }));
  }

  @FieldResolver(() => BulkItemConnection)
  async items(
    @Root() { id }: BulkJob,
    @Arg('outcome', () => BulkOutcome) outcome: BulkOutcome,
    @Arg('first', () => Int, { defaultValue: 25 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<BulkItem>> {
    const { items, hasNext } = await itemsOf(scope, id, outcome, first, after ?? null);
    return connection(items, itemCursors.of, { next: hasNext, previous: Boolean(after) });
  }

  @Mutation(() => BulkPayload, { description: 'Begins to stop your watching of all that is closed or spam.' })
  @ReturnsUserErrors()
  async bulkUnwatchClosed(@Ctx() { scope }: Context): Promise<Partial<BulkPayload>> {
    return { job: await findBulkJob(scope.fresh(), (await unwatchClosed(scope)).id) };
  }

  @Mutation(() => BulkPayload, {
    description: 'Begins to do something to many tickets, by your rights on each. Follow it by `bulkJobChanged`.',
  })
  @ReturnsUserErrors()
  async bulkStart(
    @Arg('input', () => BulkStartInput) { idempotencyKey: key, ...input }: BulkStartInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<BulkPayload>> {
    const id = await once(scope, { key, operation: 'bulkStart', payload: input }, async (tx) => (await startBulk(tx, input)).id);
    return { job: await findBulkJob(scope.fresh(), id) };
  }

  @Mutation(() => BulkPayload, {
    description: 'Puts back every field that a job changed and nobody has changed since; asked twice, it is done once.',
  })
  @ReturnsUserErrors()
  async bulkUndo(@Arg('input', () => BulkJobInput) { jobId }: BulkJobInput, @Ctx() { scope }: Context): Promise<Partial<BulkPayload>> {
    return { job: await undoBulk(scope, jobId) };
  }

  @Mutation(() => BulkPayload, { description: 'Stops a job where it is. What was done stays, and can be undone.' })
  @ReturnsUserErrors()
  async bulkCancel(@Arg('input', () => BulkJobInput) { jobId }: BulkJobInput, @Ctx() { scope }: Context): Promise<Partial<BulkPayload>> {
    return { job: await cancelBulk(scope, jobId) };
  }

  @Subscription(() => BulkJobType, {
    nullable: true,
    description: 'A job of yours, now and as it gets further.',
    subscribe: following<{ id: string }>(({ args }) => followJob(args.id)),
  })
  bulkJobChanged(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<BulkJob | null> {
    return findBulkJob(scope, id);
  }
}

@Resolver(() => BulkItemType)
export class BulkItemResolver {
  @FieldResolver(() => TicketType, { nullable: true, description: 'Null where you no longer see it.' })
  ticket(@Root() { ticketId }: BulkItem, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return findTicket(scope, ticketId);
  }
}

@Resolver(() => ActivityEntryType)
export class BulkActivityResolver {
  @FieldResolver(() => Int, { nullable: true, description: 'How many tickets were changed at once, where this was a part of that.' })
  async bulkTotal(@Root() { causeId }: Pick<EventRecord, 'causeId'>, @Ctx() { scope }: Context): Promise<number | null> {
    return (await jobOfCause(scope, causeId))?.total ?? null;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'The job that it was a part of; whoever began that undoes it whole by `bulkUndo`.',
  })
  async bulkJobId(@Root() { causeId }: Pick<EventRecord, 'causeId'>, @Ctx() { scope }: Context): Promise<string | null> {
    return (await jobOfCause(scope, causeId))?.id ?? null;
  }
}
