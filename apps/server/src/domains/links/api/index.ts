export { LinkedTicketResolver, LinkRefusedType, LinkResolver } from './link.resolver.ts';
