import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { following, type Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { ContactType } from '../../contacts/api/index.ts';
import { contactById, type Contact } from '../../contacts/index.ts';
import { memberById, teamById, type Member, type Team } from '../../identity/index.ts';
import { MemberType, TeamType } from '../../identity/api/index.ts';
import { assignTicket } from '../assign-ticket.ts';
import { changeStatus } from '../change-status.ts';
import { editTicket } from '../edit-ticket.ts';
import { findTicket, findTicketByNumber, followMerges } from '../find-ticket.ts';
import { followTicket } from '../follow-ticket.ts';
import { statusById, tagsOf, topicById } from '../references.ts';
import type { Status, Tag, Topic } from '../status.entity.ts';
import { removeSpam } from '../remove-spam.ts';
import { snoozeTicket } from '../snooze-ticket.ts';
import { tagTicket } from '../tag-ticket.ts';
import type { Ticket } from '../ticket.entity.ts';
import { permissionsOn } from '../ticket.policy.ts';
import {
  TicketAssignInput,
  TicketAssignPayload,
  TicketEditInput,
  TicketEditPayload,
  TicketSetStatusInput,
  TicketSetStatusPayload,
  TicketSnoozeInput,
  TicketSnoozePayload,
  TicketSpamRemoveInput,
  TicketSpamRemovePayload,
  TicketTagInput,
  TicketTagPayload,
} from './ticket.input.ts';
import { StatusType, TagType, TicketPermissions, TicketType, TopicType } from './ticket.type.ts';

const followsMerges = 'For a merged ticket, returns the ticket that it was merged into, if you can read that one.';

type Obtained<V> = V | null | Promise<V | null>;

@Resolver(() => TicketType)
export class TicketResolver {
  @Query(() => TicketType, { nullable: true, description: 'Null for missing and for not yours to see.' })
  async ticket(
    @Arg('id', () => ID) id: string,
    @Arg('followMerges', () => Boolean, { defaultValue: false, description: followsMerges }) follow: boolean,
    @Ctx() { scope }: Context,
  ): Promise<Ticket | null> {
    const ticket = await findTicket(scope, id);
    return follow ? followMerges(scope, ticket) : ticket;
  }

  @Query(() => TicketType, { nullable: true })
  async ticketByNumber(
    @Arg('number', () => Int) number: number,
    @Arg('followMerges', () => Boolean, { defaultValue: false, description: followsMerges }) follow: boolean,
    @Ctx() { scope }: Context,
  ): Promise<Ticket | null> {
    const ticket = await findTicketByNumber(scope, number);
    return follow ? followMerges(scope, ticket) : ticket;
  }

  @FieldResolver(() => StatusType)
  status(@Root() ticket: Ticket, @Ctx() { scope }: Context): Obtained<Status> {
    return scope.obtain(statusById, ticket.statusId);
  }

  @FieldResolver(() => TopicType, { nullable: true })
  topic(@Root() { topicId }: Ticket, @Ctx() { scope }: Context): Obtained<Topic> {
    return scope.obtain(topicById, topicId);
  }

  @FieldResolver(() => MemberType, { nullable: true })
  assignee(@Root() { assigneeId }: Ticket, @Ctx() { scope }: Context): Obtained<Member> {
    return scope.obtain(memberById, assigneeId);
  }

  @FieldResolver(() => TeamType, { nullable: true })
  team(@Root() { teamId }: Ticket, @Ctx() { scope }: Context): Obtained<Team> {
    return scope.obtain(teamById, teamId);
  }

  @FieldResolver(() => ContactType, { nullable: true, description: 'The client it is for.' })
  requester(@Root() { requesterId }: Ticket, @Ctx() { scope }: Context): Promise<Contact | null> {
    return scope.load(contactById, requesterId);
  }

  @FieldResolver(() => Boolean, { description: 'True for a ticket without a customer.' })
  internal(@Root() { requesterId }: Ticket): boolean {
    return requesterId === null;
  }

  @FieldResolver(() => [TagType], { description: 'By name.' })
  tags(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Tag[]> {
    return tagsOf(scope, ticket.id);
  }

  @FieldResolver(() => TicketPermissions)
  viewerCan(@Root() ticket: Ticket, @Ctx() { scope }: Context): TicketPermissions {
    return permissionsOn(scope.viewer, ticket);
  }

  @Mutation(() => TicketEditPayload, { description: 'Changes plain fields: all that are given, or none.' })
  @ReturnsUserErrors()
  async ticketEdit(
    @Arg('input', () => TicketEditInput) input: TicketEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketEditPayload>> {
    const { id } = await editTicket(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketSetStatusPayload)
  @ReturnsUserErrors()
  async ticketSetStatus(
    @Arg('input', () => TicketSetStatusInput) input: TicketSetStatusInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketSetStatusPayload>> {
    const { id } = await changeStatus(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketSpamRemovePayload, { description: 'Returns a spam ticket to the status that it had before. Its clocks resume.' })
  @ReturnsUserErrors()
  async ticketSpamRemove(
    @Arg('input', () => TicketSpamRemoveInput) { ticketId }: TicketSpamRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketSpamRemovePayload>> {
    const { id } = await removeSpam(scope, ticketId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketAssignPayload, { description: 'Gives the ticket to a member, to yourself, or back to nobody.' })
  @ReturnsUserErrors()
  async ticketAssign(
    @Arg('input', () => TicketAssignInput) input: TicketAssignInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketAssignPayload>> {
    const { id } = await assignTicket(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketTagPayload, { description: 'Adds and removes tags; everybody else’s stay.' })
  @ReturnsUserErrors()
  async ticketTag(
    @Arg('input', () => TicketTagInput) input: TicketTagInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketTagPayload>> {
    const { id } = await tagTicket(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketSnoozePayload, { description: 'Puts it aside until an instant, at which it comes back by itself.' })
  @ReturnsUserErrors()
  async ticketSnooze(
    @Arg('input', () => TicketSnoozeInput) { ticketId, until }: TicketSnoozeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketSnoozePayload>> {
    const { id } = await snoozeTicket(scope, { ticketId, until: until ?? null });
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Subscription(() => TicketType, {
    nullable: true,
    description: 'The ticket as it is now and after each change of it or its parts; null once you may no longer see it.',
    subscribe: following<{ id: string }>(({ args }) => followTicket(args.id)),
  })
  ticketChanged(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return findTicket(scope, id);
  }
}
