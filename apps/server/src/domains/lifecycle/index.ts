export { acknowledge } from './acknowledge.ts';
export { deleteTicket, restoreTicket } from './delete-ticket.ts';
export { LifecycleWatch } from './lifecycle-watch.ts';
