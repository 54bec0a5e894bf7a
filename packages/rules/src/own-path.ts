/** Any origin serves to see whether a reference leaves it. */
const origin = 'http://own.invalid';

/**
 * The path that a link within this site leads to, or `/` for a link to another site. It resolves the text as browsers do:
 * they drop tabs and line feeds, and read a backslash as a slash.
 */
export function ownPath(wanted: unknown): string {
  if (typeof wanted !== 'string') return '/';
  const path = pathWithin(wanted);
  // `/.//host` resolves to the path `//host`, which as a link names another host.
  return path !== null && pathWithin(path) === path ? path : '/';
}

function pathWithin(text: string): string | null {
  const url = URL.parse(text, origin);
  return url?.origin === origin && !url.username ? url.pathname + url.search + url.hash : null;
}
