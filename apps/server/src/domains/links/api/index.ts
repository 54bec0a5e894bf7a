export { LinkedTicketResolver, LinkResolver } from './link.resolver.ts';
