export { TicketSettingsResolver } from './settings.resolver.ts';
export { SettingNotFoundType, TicketSettingsError } from './settings.type.ts';
