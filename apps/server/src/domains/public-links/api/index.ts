export { ClientTicketResolver } from './client-ticket.resolver.ts';
export { PublicLinkResolver } from './public-link.resolver.ts';
