export { NotificationResolver } from './notification.resolver.ts';
export { NotificationSettingsResolver } from './settings.resolver.ts';
