import { getContext, setContext } from 'svelte';

const key = Symbol('ticket-focus');

/** Moves the keyboard focus to a ticket that was opened, once its page shows it. */
export class TicketFocus {
  /** The number of the ticket that gets the focus next. */
  wanted = $state<number | null>(null);

  take(ticketNumber: number, page: HTMLElement | undefined): void {
    if (this.wanted !== ticketNumber || !page) return;
    this.wanted = null;
    page.focus({ preventScroll: true });
  }
}

export function provideTicketFocus(): TicketFocus {
  return setContext(key, new TicketFocus());
}

export function useTicketFocus(): TicketFocus {
  return getContext<TicketFocus>(key);
}
