export { Notification } from './notification.entity.ts';
export { notifyMembers } from './reactions.ts';
