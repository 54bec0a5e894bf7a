import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import type { WorkAttempt } from '../../../platform/work/work-attempt.entity.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { failedJobCursors, listFailedJobs, recipientOf } from '../list-failed-jobs.ts';
import { discardFailedJob, retryFailedJob } from '../settle-failed-job.ts';
import {
  FailedJobConnection,
  FailedJobDiscardPayload,
  FailedJobInput,
  FailedJobKind,
  FailedJobRetryPayload,
  FailedJobType,
} from './failed-job.type.ts';

@Resolver(() => FailedJobType)
export class FailedJobResolver {
  @Query(() => FailedJobConnection, { description: 'Background work that was given up, latest first. Page size: 1 to 100.' })
  async failedJobs(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<WorkAttempt>> {
    const { jobs, hasNext } = await listFailedJobs(scope, first, after ?? null);
    return connection(jobs, failedJobCursors.of, { next: hasNext, previous: after != null });
  }

  @FieldResolver(() => FailedJobKind)
  kind(@Root() { worker }: WorkAttempt): FailedJobKind {
    return Object.values(FailedJobKind).find((kind) => kind === worker) ?? FailedJobKind.OTHER;
  }

  @FieldResolver(() => TicketType, { nullable: true, description: 'Null for other work, or if you cannot see the ticket.' })
  ticket(@Root() { ticketId }: WorkAttempt, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return ticketId === null ? Promise.resolve(null) : findTicket(scope, ticketId);
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Who is notified, or who started the bulk action.' })
  member(@Root() { memberId }: WorkAttempt, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, memberId);
  }

  @FieldResolver(() => String, { nullable: true, description: 'The address of an email that could not be sent.' })
  recipient(@Root() job: WorkAttempt, @Ctx() { scope }: Context): Promise<string | null> {
    return recipientOf(scope, job);
  }

  @FieldResolver(() => Date)
  firstFailedAt(@Root() { firstAt }: WorkAttempt): Date {
    return firstAt;
  }

  @FieldResolver(() => Date)
  failedAt(@Root() { lastAt }: WorkAttempt): Date {
    return lastAt;
  }

  @Mutation(() => FailedJobRetryPayload, { description: 'Starts failed work again, with five new attempts.' })
  @ReturnsUserErrors()
  async failedJobRetry(
    @Arg('input', () => FailedJobInput) { failedJobId }: FailedJobInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FailedJobRetryPayload>> {
    return { retriedId: await retryFailedJob(scope, failedJobId) };
  }

  @Mutation(() => FailedJobDiscardPayload, { description: 'Takes failed work off the list and never attempts it again.' })
  @ReturnsUserErrors()
  async failedJobDiscard(
    @Arg('input', () => FailedJobInput) { failedJobId }: FailedJobInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<FailedJobDiscardPayload>> {
    return { discardedId: await discardFailedJob(scope, failedJobId) };
  }
}
