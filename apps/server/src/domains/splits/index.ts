export { Split, SplitItem } from './split.entity.ts';
export { SplitEvent } from './split.events.ts';
export { unsplitTicket } from './unsplit-ticket.ts';
