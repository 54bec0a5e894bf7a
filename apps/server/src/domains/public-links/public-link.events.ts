export const PublicLinkEvent = { OPENED: 'link.opened', REVOKED: 'link.revoked' } as const;
