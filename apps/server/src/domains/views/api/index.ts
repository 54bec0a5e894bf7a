export { TicketListResolver, ViewResolver } from './view.resolver.ts';
export { TicketFilterInput, ViewNotFoundType } from './view.type.ts';
