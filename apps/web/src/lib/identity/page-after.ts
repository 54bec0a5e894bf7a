import { ownPath } from '@baton/rules';

/** The page that the viewer asked for before signing in; never one of another site. */
export function pageAfter({ searchParams }: { readonly searchParams: { get(name: string): string | null } }): string {
  return ownPath(searchParams.get('to') ?? '/');
}
