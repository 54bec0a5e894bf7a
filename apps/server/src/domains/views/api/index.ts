export { TicketListResolver, ViewResolver } from './view.resolver.ts';
export { TicketFilterInput } from './view.type.ts';
