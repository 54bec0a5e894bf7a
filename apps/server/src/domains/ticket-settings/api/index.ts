export { TicketSettingsResolver } from './settings.resolver.ts';
