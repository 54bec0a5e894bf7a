export { followText, indexTickets } from './index-ticket.ts';
