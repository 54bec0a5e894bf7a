export { TicketListResolver, ViewResolver } from './view.resolver.ts';
