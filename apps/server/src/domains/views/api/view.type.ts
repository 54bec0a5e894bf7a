import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Priority, StatusCategory, TicketSource } from '@baton/rules';
import { PageInfo, type Edge } from '../../../graphql/connection.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import {
  IdempotencyKeyReusedType,
  SettingsConflictType,
  UserError,
  userErrorUnion,
  type UserErrorData,
  NameTakenType,
} from '../../../graphql/user-error.ts';
import { ReferenceNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { WaitingOn, type Ticket } from '../../tickets/index.ts';
import { ViewChangeKind, type ViewCounted } from '../live-views.ts';
import { ViewAudience } from '../save-view.ts';
import { TicketGrouping, type TicketGroup } from '../find-tickets.ts';
import type { FieldCondition, InstantRange, TicketFilter } from '../ticket-filter.ts';
import { TicketOrder } from '../ticket-order.ts';
import { TicketColumn, type View } from '../view.entity.ts';

registerEnumType(TicketOrder, {
  name: 'TicketOrder',
  description:
    'UPDATED: latest change first. DUE: next due first, nothing due last. NUMBER: newest first. PRIORITY: most urgent first, then newest. QUEUE: most urgent first, then next due, then oldest. FIELD: by a field of the workspace’s own, those with nothing in it last.',
});
registerEnumType(TicketGrouping, { name: 'TicketGrouping' });
registerEnumType(ViewChangeKind, { name: 'ViewChangeKind' });
registerEnumType(TicketColumn, { name: 'TicketColumn' });
registerEnumType(ViewAudience, { name: 'ViewAudience', description: 'Who has a view: yourself, the members of a team, or everybody.' });

@InputType({ description: 'From an instant, and up to one without it.' })
class InstantRangeInput implements InstantRange {
  @Field(() => Date, { nullable: true }) from?: Date | null;
  @Field(() => Date, { nullable: true }) to?: Date | null;
}

@InputType({ description: 'What a ticket must have in a field; everything given must hold. Values in their canonical form.' })
class FieldConditionInput implements FieldCondition {
  @Field(() => ID) fieldId!: string;
  @Field(() => [String], { nullable: true, description: 'Any of these.' }) values?: string[] | null;
  @Field(() => String, { nullable: true, description: 'A number, a day or an instant.' }) atLeast?: string | null;
  @Field(() => String, { nullable: true }) atMost?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Has nothing in it; false = has something.' }) empty?: boolean | null;
}

@InputType('TicketFilterInput', { description: 'Everything given must hold.' })
export class TicketFilterInput implements TicketFilter {
  @Field(() => [StatusCategory], { nullable: true }) categories?: StatusCategory[] | null;
  @Field(() => [ID], { nullable: true }) statusIds?: string[] | null;
  @Field(() => [Priority], { nullable: true }) priorities?: Priority[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Assigned to you.' }) mine?: boolean | null;
  @Field(() => Boolean, { nullable: true }) unassigned?: boolean | null;
  @Field(() => [ID], { nullable: true }) assigneeIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Of the teams you are in.' }) myTeams?: boolean | null;
  @Field(() => [ID], { nullable: true }) teamIds?: string[] | null;
  @Field(() => Boolean, { nullable: true }) withoutTeam?: boolean | null;
  @Field(() => [ID], { nullable: true }) topicIds?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Topics by their keys.' }) topicKeys?: string[] | null;
  @Field(() => Boolean, { nullable: true }) withoutTopic?: boolean | null;
  @Field(() => [ID], { nullable: true, description: 'With any of these tags.' }) tagIds?: string[] | null;
  @Field(() => Boolean, { nullable: true }) withoutTags?: boolean | null;
  @Field(() => ID, { nullable: true }) requesterId?: string | null;
  @Field(() => Boolean, { nullable: true }) withoutRequester?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Watched by you.' }) watched?: boolean | null;
  @Field(() => [ID], { nullable: true, description: 'Watched by any of these members.' }) watcherIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Opened again at least once.' }) reopened?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Merged into another ticket.' }) merged?: boolean | null;
  @Field(() => [WaitingOn], { nullable: true, description: 'In a status that waits on one of these.' }) waitingOn?: WaitingOn[] | null;
  @Field(() => [TicketSource], { nullable: true }) sources?: TicketSource[] | null;
  @Field(() => InstantRangeInput, { nullable: true }) created?: InstantRangeInput | null;
  @Field(() => Int, { nullable: true, description: 'Created within so many minutes up to now.' }) createdWithinMinutes?: number | null;
  @Field(() => InstantRangeInput, { nullable: true, description: 'When it last changed in any way.' }) updated?: InstantRangeInput | null;
  @Field(() => Int, { nullable: true, description: 'Changed within so many minutes up to now.' }) updatedWithinMinutes?: number | null;
  @Field(() => InstantRangeInput, { nullable: true, description: 'When it came to be resolved or closed, as it is now.' })
  resolved?: InstantRangeInput | null;
  @Field(() => Int, { nullable: true, description: 'Due within so many minutes from now, or overdue.' }) dueWithinMinutes?: number | null;
  @Field(() => Int, { nullable: true, description: 'In its present status for at least so many minutes.' }) inStatusMinutes?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Snoozed now; false = not snoozed.' }) snoozed?: boolean | null;
  @Field(() => [FieldConditionInput], { nullable: true, description: 'For those who work on tickets; for others nothing matches.' })
  fields?: FieldConditionInput[] | null;
  @Field(() => [TicketFilterInput], { nullable: true }) all?: TicketFilterInput[] | null;
  @Field(() => [TicketFilterInput], { nullable: true }) any?: TicketFilterInput[] | null;
  @Field(() => TicketFilterInput, { nullable: true }) not?: TicketFilterInput | null;
}

/** What a page of tickets remembers of its question, for the fields that are asked for beside it. */
export interface TicketConnection {
  readonly edges: readonly Edge<Ticket>[];
  readonly pageInfo: PageInfo;
  readonly position: string;
  readonly filter: TicketFilter;
}

@ObjectType('TicketEdge')
class TicketEdgeType implements Edge<Ticket> {
  @Field(() => String) cursor!: string;
  @Field(() => TicketType) node!: Ticket;
}

@ObjectType('TicketConnection')
export class TicketConnectionType {
  @Field(() => [TicketEdgeType]) edges!: Edge<Ticket>[];
  @Field(() => PageInfo) pageInfo!: PageInfo;
  @Field(() => String, { description: 'The position in the stream of changes that this page reflects. Subscribe after it.' })
  position!: string;
}

@ObjectType('TicketGroup')
export class TicketGroupType implements TicketGroup {
  @Field(() => ID, { nullable: true, description: 'A priority, or the id of what they have in common; null = those that have none.' })
  key!: string | null;
  @Field(() => Int) count!: number;
}

@ObjectType('View', { description: 'A saved filter with a sort order.' })
export class ViewType implements Pick<View, 'id' | 'key' | 'text' | 'columns' | 'fieldIds' | 'grouping' | 'version'> {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'The filter as it was typed; empty where it was not.' }) text!: string;
  @Field(() => [TicketColumn], { description: 'What the list shows beside the subject, in this order.' }) columns!: TicketColumn[];
  @Field(() => [ID], { description: 'Fields of the workspace’s own that stand as columns after those.' }) fieldIds!: string[];
  @Field(() => TicketGrouping, { nullable: true }) grouping!: TicketGrouping | null;
  @Field(() => Int) version!: number;
  @Field(() => String, { description: 'A short name for addresses, such as `mine`.' }) key!: string;
  @Field(() => TicketOrder) order!: TicketOrder;
}

@ObjectType({ description: 'A change of a live list. Applying it twice does no harm.' })
export class ViewChangeType {
  @Field(() => ViewChangeKind, {
    description: 'RELOAD: too much was missed; load the page again. HEARTBEAT: nothing was, up to this position.',
  })
  kind!: ViewChangeKind;
  @Field(() => ID, { nullable: true }) ticketId!: string | null;
  @Field(() => TicketType, { nullable: true, description: 'As it is now; null when it left.' }) ticket!: Ticket | null;
  @Field(() => String, { description: 'Resume after this position.' }) position!: string;
}

@ObjectType()
export class ViewCount implements ViewCounted {
  @Field(() => ID) viewId!: string;
  @Field(() => Int) count!: number;
}

@InputType()
export class ViewWantedInput {
  @Field(() => String) name!: string;
  @Field(() => TicketFilterInput) filter!: TicketFilterInput;
  @Field(() => String, { nullable: true, description: 'The filter as it was typed, for whoever edits it.' }) text?: string | null;
  @Field(() => TicketOrder) order!: TicketOrder;
  @Field(() => ID, { nullable: true, description: 'For an order by a field.' }) orderFieldId?: string | null;
  @Field(() => [TicketColumn], { nullable: true }) columns?: TicketColumn[] | null;
  @Field(() => [ID], { nullable: true, description: 'Fields of the workspace’s own as further columns.' }) fieldIds?: string[] | null;
  @Field(() => TicketGrouping, { nullable: true }) grouping?: TicketGrouping | null;
  @Field(() => ViewAudience, { description: 'TEAM and WORKSPACE need the permission `view.share`.' }) audience!: ViewAudience;
  @Field(() => ID, { nullable: true, description: 'For TEAM.' }) teamId?: string | null;
}

@InputType()
export class ViewCreateInput extends ViewWantedInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class ViewEditInput extends ViewWantedInput {
  @Field(() => ID) viewId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
export class ViewDeleteInput {
  @Field(() => ID) viewId!: string;
}

@InputType()
export class ViewsOrderInput {
  @Field(() => [ID]) viewIds!: string[];
}

@ObjectType('ViewNotFound', { implements: UserError })
export class ViewNotFoundType extends UserError {}

const ViewSaveError = userErrorUnion('ViewSaveError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  ReferenceNotFoundType,
  SettingsConflictType,
  ViewNotFoundType,
]);

@ObjectType()
export class ViewSavePayload {
  @Field(() => ViewType, { nullable: true }) view?: View | null;
  @Field(() => [ViewSaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class ViewDeletePayload {
  @Field(() => ID, { nullable: true }) viewId?: string | null;
  @Field(() => [ViewSaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class ViewsOrderPayload {
  @Field(() => [ViewType], { nullable: true }) views?: View[] | null;
  @Field(() => [ViewSaveError]) userErrors!: UserErrorData[];
}
