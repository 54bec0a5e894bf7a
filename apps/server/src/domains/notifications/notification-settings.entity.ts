import { defineEntity, p } from '@mikro-orm/core';
import { NotificationKind } from './notification-kind.ts';

/** Of which tickets: one's own, those one watches too, or all of one's teams. What addresses one by name always counts. */
export const NotificationScope = { MINE: 'MINE', WATCHED: 'WATCHED', TEAM: 'TEAM' } as const;
export type NotificationScope = (typeof NotificationScope)[keyof typeof NotificationScope];

/** How soon letters come: a minute after what they tell of, every full hour, or each morning at eight. */
export const EmailEvery = { SOON: 'SOON', HOUR: 'HOUR', DAY: 'DAY' } as const;
export type EmailEvery = (typeof EmailEvery)[keyof typeof EmailEvery];

const NotificationRuleSchema = defineEntity({
  name: 'NotificationRule',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    kind: p
      .enum(() => NotificationKind)
      .columnType('text')
      .primary(),
    scope: p.enum(() => NotificationScope).columnType('text'),
    inApp: p.boolean(),
    email: p.boolean(),
    push: p.boolean(),
  },
});

/** What a member wants of one kind; where there is none, the usual holds. */
export class NotificationRule extends NotificationRuleSchema.class {}
NotificationRuleSchema.setClass(NotificationRule);

const NotificationProfileSchema = defineEntity({
  name: 'NotificationProfile',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    timeZone: p.text(),
    /** Minutes of the day; both or neither. From 22:00 to 7:00 goes over midnight. */
    quietFrom: p.integer().strictNullable(),
    quietTo: p.integer().strictNullable(),
    /** Days of the week that are quiet as a whole: 1 = Monday. */
    quietDays: p.array<number>(Number).columnType('integer[]'),
    emailEvery: p.enum(() => EmailEvery).columnType('text'),
    /** Which teams' tickets TEAM means; none = one's own teams. */
    teamIds: p.array<string>().columnType('uuid[]'),
    /** Which topics; none = all. */
    topicIds: p.array<string>().columnType('uuid[]'),
  },
});

/** When a member is told by letter and push, and of which teams. */
export class NotificationProfile extends NotificationProfileSchema.class {}
NotificationProfileSchema.setClass(NotificationProfile);

const NotificationDeliverySchema = defineEntity({
  name: 'NotificationDelivery',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    channel: p.text().primary(),
    sentAt: p.datetime(),
  },
});

/** When a member was last told by letter or push. */
export class NotificationDelivery extends NotificationDeliverySchema.class {}
NotificationDeliverySchema.setClass(NotificationDelivery);

const PushDeviceSchema = defineEntity({
  name: 'PushDevice',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    /** It ends with the session. */
    sessionId: p.uuid(),
    endpoint: p.text().hidden(),
    publicKey: p.text().hidden(),
    auth: p.text().hidden(),
    createdAt: p.datetime(),
  },
});

/** A browser in which somebody is signed in and wants to be pushed to. */
export class PushDevice extends PushDeviceSchema.class {}
PushDeviceSchema.setClass(PushDevice);
