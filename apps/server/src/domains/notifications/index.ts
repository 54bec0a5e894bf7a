export { DeliveryWatch } from './delivery-watch.ts';
export { PushWatch } from './push-watch.ts';
export { Notification } from './notification.entity.ts';
export { NotificationDelivery, NotificationProfile, NotificationRule, PushDevice } from './notification-settings.entity.ts';
export { markReadByActing } from './read-by-acting.ts';
export { notifyMembers } from './reactions.ts';
export { forgetDeliveries } from './read-notifications.ts';
