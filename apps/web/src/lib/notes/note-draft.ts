/** What was typed and not sent, kept in this browser for each ticket: it survives a reload and a crash of the tab. */
const prefix = 'baton.note.';

export function readDraft(ticketId: string): string {
  return localStorage.getItem(prefix + ticketId) ?? '';
}

export function keepDraft(ticketId: string, html: string): void {
  if (html === '') localStorage.removeItem(prefix + ticketId);
  else localStorage.setItem(prefix + ticketId, html);
}
