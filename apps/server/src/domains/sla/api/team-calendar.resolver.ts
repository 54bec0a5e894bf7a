import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, SettingsConflictType, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TeamNotFoundType } from '../../access/api/index.ts';
import { editTeam } from '../../access/index.ts';
import { TeamType } from '../../identity/api/index.ts';
import type { Team } from '../../identity/index.ts';
import type { ClockEffects } from '../clock-effects.ts';
import { tryTeamHours } from '../team-hours.ts';
import { SlaCalendarNotFoundType, SlaPolicyEffectType } from './sla.type.ts';

const calendarDescription = { description: 'Null = the business hours of each policy.' };

@InputType()
class TeamCalendarUpdateInput {
  @Field(() => ID) teamId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
  @Field(() => ID, { nullable: true, ...calendarDescription }) calendarId?: string | null;
}

@InputType()
class TeamCalendarTryInput {
  @Field(() => ID) teamId!: string;
  @Field(() => ID, { nullable: true, ...calendarDescription }) calendarId?: string | null;
}

const TeamCalendarUpdateError = userErrorUnion('TeamCalendarUpdateError', [SettingsConflictType, TeamNotFoundType]);

@ObjectType()
class TeamCalendarUpdatePayload {
  @Field(() => TeamType, { nullable: true }) team?: Team;
  @Field(() => [TeamCalendarUpdateError]) userErrors!: UserErrorData[];
}

const TeamCalendarTryError = userErrorUnion('TeamCalendarTryError', [TeamNotFoundType, SlaCalendarNotFoundType]);

@ObjectType()
class TeamCalendarTryPayload {
  @Field(() => SlaPolicyEffectType, { nullable: true }) effect?: ClockEffects;
  @Field(() => [TeamCalendarTryError]) userErrors!: UserErrorData[];
}

@Resolver()
export class TeamCalendarResolver {
  @Mutation(() => TeamCalendarUpdatePayload, {
    description:
      'Sets the business hours of a team, which override those of SLA policies. The clocks of its tickets are measured again within seconds.',
  })
  @ReturnsUserErrors()
  async teamCalendarUpdate(
    @Arg('input', () => TeamCalendarUpdateInput) { teamId, version, calendarId }: TeamCalendarUpdateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamCalendarUpdatePayload>> {
    return { team: await editTeam(scope, { teamId, version, calendarId: calendarId ?? null }) };
  }

  @Mutation(() => TeamCalendarTryPayload, {
    description: 'What other business hours of a team would do to the clocks that run now. Changes nothing.',
  })
  @ReturnsUserErrors()
  async teamCalendarTry(
    @Arg('input', () => TeamCalendarTryInput) { teamId, calendarId }: TeamCalendarTryInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TeamCalendarTryPayload>> {
    return { effect: await tryTeamHours(scope, { teamId, calendarId: calendarId ?? null }) };
  }
}
