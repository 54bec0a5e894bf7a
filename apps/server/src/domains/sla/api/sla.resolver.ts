import { Ctx, Field, FieldResolver, Float, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { ClockState } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { clocksByTicket } from '../keep-clocks.ts';
import { SlaMetric, type SlaClock } from '../sla.entity.ts';

registerEnumType(SlaMetric, { name: 'SlaMetric' });

@ObjectType('SlaClock', { description: 'One promise about a ticket. Count down from `runningSince` yourself.' })
class SlaClockType implements Pick<
  SlaClock,
  'metric' | 'state' | 'targetMs' | 'elapsedMs' | 'runningSince' | 'dueAt' | 'breachedAt' | 'stoppedAt'
> {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => ClockState) state!: ClockState;
  @Field(() => Float, { description: 'Milliseconds.' }) targetMs!: number;
  @Field(() => Float, { description: 'Milliseconds counted up to `runningSince`, or in all while the clock stands.' }) elapsedMs!: number;
  @Field(() => Date, { nullable: true, description: 'Null while the clock stands.' }) runningSince!: Date | null;
  @Field(() => Date, { nullable: true, description: 'Null while the clock stands and once it has breached.' }) dueAt!: Date | null;
  @Field(() => Date, { nullable: true }) breachedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When the promise was kept, or the work ended.' }) stoppedAt!: Date | null;
}

@Resolver(() => TicketType)
export class SlaResolver {
  @FieldResolver(() => [SlaClockType])
  async slaClocks(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<readonly SlaClock[]> {
    return (await scope.load(clocksByTicket, ticket.id)) ?? [];
  }
}
