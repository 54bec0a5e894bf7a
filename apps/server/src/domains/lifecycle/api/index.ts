export { DeletedTicketResolver, DeletedTicketType } from './lifecycle.resolver.ts';
