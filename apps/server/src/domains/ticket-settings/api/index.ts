export { TicketSettingsResolver } from './settings.resolver.ts';
export { TicketSettingsError } from './settings.type.ts';
