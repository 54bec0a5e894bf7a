import { Arg, Ctx, Extensions, Field, Float, Int, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { allNames, LocalizedName } from '../../tickets/api/index.ts';
import { ReportGrouping, slaReport } from '../report.ts';
import { SlaMetric } from '../sla.entity.ts';

registerEnumType(ReportGrouping, { name: 'SlaReportGrouping', description: 'What each row of a report is of, beside the metric.' });

@ObjectType('SlaReportRow', { description: 'How promises were kept, of those that came to an end or were missed in the period.' })
class SlaReportRowType {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => String, {
    nullable: true,
    description: 'The id of what the row is of, its word, or its day as 2026-11-21; null for nothing and for the metric alone.',
  })
  key!: string | null;
  @Field(() => [LocalizedName]) names!: LocalizedName[];
  @Field(() => Int) met!: number;
  @Field(() => Int) breached!: number;
  @Field(() => Float, { nullable: true, description: 'Milliseconds by the calendars, of those that came to an end.' }) medianMs!:
    number | null;
  @Field(() => Float, { nullable: true }) p90Ms!: number | null;
  @Field(() => Float, { description: 'The sum: what the ledgers of all that came to an end add up to.' }) elapsedMs!: number;
}

@Resolver()
export class SlaReportResolver {
  @Extensions({ cost: 4000 })
  @Query(() => [SlaReportRowType], { description: 'Over the tickets that you see, from one instant up to another, at most two years.' })
  async slaReport(
    @Arg('from', () => Date) from: Date,
    @Arg('to', () => Date) to: Date,
    @Arg('by', () => ReportGrouping, { defaultValue: ReportGrouping.METRIC }) by: ReportGrouping,
    @Arg('timeZone', () => String, { defaultValue: 'UTC', description: 'In which days begin and end, for a report by day.' })
    timeZone: string,
    @Ctx() { scope }: Context,
  ): Promise<SlaReportRowType[]> {
    const rows = await slaReport(scope, { from, to, by, timeZone });
    return rows.map(({ names, ...row }) => ({ ...row, metric: row.metric as SlaMetric, names: allNames(names) }));
  }
}
