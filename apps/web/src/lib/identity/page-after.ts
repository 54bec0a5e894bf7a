/** Where somebody wanted to go before they were asked who they are; never to another site. */
export function pageAfter({ searchParams }: { readonly searchParams: { get(name: string): string | null } }): string {
  const wanted = searchParams.get('to');
  return wanted?.startsWith('/') && !wanted.startsWith('//') ? wanted : '/';
}
