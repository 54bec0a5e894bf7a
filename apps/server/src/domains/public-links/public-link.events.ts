/** VISITED: the customer opened the page of the link, at most once an hour. */
export const PublicLinkEvent = { OPENED: 'link.opened', REVOKED: 'link.revoked', VISITED: 'link.visited' } as const;
