export { TicketLink } from './link.entity.ts';
export { LinkEvent } from './link.events.ts';
export { addLink } from './link-tickets.ts';
export { listLinkedIds, moveLinks } from './move-links.ts';
