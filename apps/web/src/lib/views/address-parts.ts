import { error } from '@sveltejs/kit';

const notFound = 404;
const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** PostgreSQL's integer holds every number of nine digits. */
const ticketNumber = /^\d{1,9}$/;

/** Shows "not found" for an address whose last part cannot be an ID. */
export function requireId(part: string): void {
  if (!id.test(part)) error(notFound);
}

/** Shows "not found" for an address whose last part cannot be the number of a ticket. */
export function requireTicketNumber(part: string): void {
  if (!ticketNumber.test(part)) error(notFound);
}
