import { domainEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { PublicLink } from './public-link.entity.ts';
import { PublicLinkEvent } from './public-link.events.ts';

const onceInMs = 3_600_000;

/** Logs that the customer opened the page of their link, at most once an hour for each link. */
export async function recordVisit(scope: Scope): Promise<void> {
  const { credential, ticketId } = scope.viewer;
  if (credential?.kind !== 'LINK' || ticketId === undefined) return;
  await scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const at = tx.now();
    const due = { $or: [{ readAt: null }, { readAt: { $lte: new Date(at.getTime() - onceInMs) } }] };
    const logged = await em.nativeUpdate(PublicLink, { workspaceId, tokenHash: credential.id, ...due }, { readAt: at });
    if (logged > 0) tx.record(domainEvent(PublicLinkEvent.VISITED, ticketId, { passive: true }));
  });
}
