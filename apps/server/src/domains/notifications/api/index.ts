export { NotificationResolver } from './notification.resolver.ts';
