/** What a text of a small, safe set of tags says, in one line. */
export function plainOf(html: string): string {
  return new DOMParser().parseFromString(html.replaceAll(/<\/(p|li|div|h\d)>|<br\s*\/?>/g, ' $&'), 'text/html').body.textContent.trim();
}
