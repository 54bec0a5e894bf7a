export { followClients, followText, indexTickets } from './index-ticket.ts';
