import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
  Root,
  Subscription,
} from 'type-graphql';
import { connection, connectionTypes, type Connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { followNotifications } from '../follow-notifications.ts';
import { NotificationKind } from '../notification-kind.ts';
import { NotificationReason, type Notification } from '../notification.entity.ts';
import { notificationCursors, countUnread, findNotificationOf, listNotifications, markNotificationsRead } from '../read-notifications.ts';

registerEnumType(NotificationReason, { name: 'NotificationReason', description: 'Why you were told.' });

@ObjectType('Notification')
class NotificationType implements Pick<Notification, 'id' | 'type' | 'kind' | 'reason' | 'count' | 'createdAt' | 'readAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'What happened, such as `ticket.assigned`.' }) type!: string;
  @Field(() => NotificationKind) kind!: NotificationKind;
  @Field(() => NotificationReason) reason!: NotificationReason;
  @Field(() => Int, { description: 'Of how many changes it tells: many, where one job changed many tickets.' }) count!: number;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) readAt!: Date | null;
}

const NotificationConnection = connectionTypes('Notification', () => NotificationType);

@InputType()
class NotificationsMarkReadInput {
  @Field(() => ID, { nullable: true, description: 'Only those about this ticket; all of yours without it.' }) ticketId?: string | null;
}

@ObjectType()
class NotificationsMarkReadPayload {
  @Field(() => Int) unreadCount!: number;
}

@ObjectType({ description: 'A new notification, or null when only the number of unread ones changed.' })
class NotificationChange {
  @Field(() => NotificationType, { nullable: true }) notification!: Notification | null;
  @Field(() => Int) unreadCount!: number;
}

@Resolver(() => NotificationType)
export class NotificationResolver {
  @Query(() => NotificationConnection, { description: 'Yours, newest first, at most 100 a page.' })
  async notifications(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Notification>> {
    const { notifications, hasNext } = await listNotifications(scope, first, after ?? null);
    return connection(notifications, notificationCursors.of, { next: hasNext, previous: after != null });
  }

  @Query(() => Int)
  unreadNotificationCount(@Ctx() { scope }: Context): Promise<number> {
    return countUnread(scope);
  }

  @FieldResolver(() => TicketType, { nullable: true, description: 'Null once you may no longer see it.' })
  ticket(@Root() { ticketId }: Notification, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return findTicket(scope, ticketId);
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Who did it; null = the desk itself.' })
  actor(@Root() { actorId }: Notification, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, actorId);
  }

  @Mutation(() => NotificationsMarkReadPayload)
  async notificationsMarkRead(
    @Arg('input', () => NotificationsMarkReadInput) { ticketId }: NotificationsMarkReadInput,
    @Ctx() { scope }: Context,
  ): Promise<NotificationsMarkReadPayload> {
    await markNotificationsRead(scope, ticketId ?? null);
    return { unreadCount: await countUnread(scope) };
  }

  @Subscription(() => NotificationChange, {
    subscribe: following(({ context: { scope } }) => followNotifications(scope)),
  })
  async notificationsChanged(@Root() { eventId }: { eventId: string | null }, @Ctx() { scope }: Context): Promise<NotificationChange> {
    return { notification: eventId === null ? null : await findNotificationOf(scope, eventId), unreadCount: await countUnread(scope) };
  }
}
