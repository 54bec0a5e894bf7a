import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { MemberType } from '../../identity/api/index.ts';
import { findTicket } from '../find-ticket.ts';
import type { Ticket } from '../ticket.entity.ts';
import type { TicketConflict } from '../ticket.errors.ts';
import { TicketConflictType, TicketType } from './ticket.type.ts';

/** Shows a conflict as the desk sees it now: the refusal carried ids, its transaction is gone. */
@Resolver(() => TicketConflictType)
export class ConflictResolver {
  @FieldResolver(() => String, { nullable: true })
  base(@Root() { values }: TicketConflict): string | null {
    return values.base;
  }

  @FieldResolver(() => String, { nullable: true })
  theirs(@Root() { values }: TicketConflict): string | null {
    return values.theirs;
  }

  @FieldResolver(() => String, { nullable: true })
  yours(@Root() { values }: TicketConflict): string | null {
    return values.yours;
  }

  @FieldResolver(() => Date, { nullable: true })
  changedAt(@Root() { change }: TicketConflict): Date | null {
    return change?.at ?? null;
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null = not a member: a rule, an import, the desk itself.' })
  async changedBy(@Root() { change }: TicketConflict, @Ctx() { scope }: Context): Promise<Member | null> {
    return change?.actorId ? scope.fresh().load(memberById, change.actorId) : null;
  }

  @FieldResolver(() => TicketType, { nullable: true })
  ticket(@Root() { ticketId }: TicketConflict, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return findTicket(scope.fresh(), ticketId);
  }

  @FieldResolver(() => ID)
  ticketId(@Root() { ticketId }: TicketConflict): string {
    return ticketId;
  }
}
