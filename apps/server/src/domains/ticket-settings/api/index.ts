export { LifecycleResolver } from './lifecycle.resolver.ts';
export { TicketSettingsResolver } from './settings.resolver.ts';
export { SettingNotFoundType, TicketSettingsError } from './settings.type.ts';
