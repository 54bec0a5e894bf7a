/** How a ticket came to be. */
export const TicketSource = {
  EMAIL: 'EMAIL',
  /** Chat on a website. */
  WIDGET: 'WIDGET',
  /** A message on the public link of a ticket that was closed too long ago. */
  PUBLIC_LINK: 'PUBLIC_LINK',
  AGENT: 'AGENT',
  API: 'API',
  AUTOMATION: 'AUTOMATION',
  IMPORT: 'IMPORT',
} as const;
export type TicketSource = (typeof TicketSource)[keyof typeof TicketSource];

/** In the order in which they are offered. */
export const ticketSources = Object.values(TicketSource);
