export { DeletedTicketResolver } from './lifecycle.resolver.ts';
