import type { Locale } from '@baton/rules';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import { hashSecret, type Keys } from '../../platform/keys.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicket, type Ticket } from '../tickets/index.ts';
import { tokenPrefix } from './client-token.ts';
import { PublicLink } from './public-link.entity.ts';
import { PublicLinkEvent } from './public-link.events.ts';
import { canShare } from './public-link.policy.ts';

export interface SharedLink {
  /** To be given to the client: whoever has it sees what the client sees. */
  readonly url: string;
  readonly openedAt: Date;
}

const linksByTicket = listLoaderByKey(
  (source, ids: readonly string[]) =>
    source.em.find(PublicLink, { workspaceId: source.workspaceId, ticketId: { $in: [...ids] }, revokedAt: null }),
  (link) => link.ticketId,
);

const footers: Readonly<Record<Locale, (url: string) => string>> = {
  en: (url) => `Read everything about this and write to us here:\n${url}`,
  uk: (url) => `Усе про це звернення, і місце для відповіді, тут:\n${url}`,
};

/** Gives links out and takes them back. */
export class LinkDesk {
  constructor(
    private readonly keys: Keys,
    private readonly publicUrl: string,
  ) {}

  /** The ticket's link, for those who may give it to a client; null where there is none. */
  async linkOf(scope: Scope, ticket: Ticket): Promise<SharedLink | null> {
    if (!canShare(scope.viewer, ticket)) return null;
    const [link] = (await scope.load(linksByTicket, ticket.id)) ?? [];
    return link ? this.#shown(link) : null;
  }

  /** Makes the ticket's link. Where there is one already it is answered: what the client has goes on working. */
  open(scope: Scope, ticketId: string): Promise<SharedLink> {
    return scope.transaction(async (tx) => {
      const ticket = await lockTicket(tx, ticketId);
      requireShare(tx, ticket);
      return this.make(tx, ticketId);
    });
  }

  /** The same, as the desk itself does it for a client who may see the ticket anyway. */
  async make(tx: Scope, ticketId: string): Promise<SharedLink & { readonly generation: string }> {
    const { workspaceId, viewer } = tx;
    const known = await tx.em.findOne(PublicLink, { workspaceId, ticketId });
    if (known && known.revokedAt === null) return this.#shown(known);
    const generation = newId();
    const made = {
      workspaceId,
      ticketId,
      generation,
      tokenHash: hashSecret(this.#token({ workspaceId, ticketId, generation })),
      openedBy: viewer.kind === 'MEMBER' ? viewer.memberId : null,
      openedAt: tx.now(),
      revokedAt: null,
    };
    if (known) tx.em.assign(known, made);
    else await tx.em.insert(PublicLink, made);
    tx.record(domainEvent(PublicLinkEvent.OPENED, ticketId));
    return this.#shown(made);
  }

  /** The same for a letter to the client; null where somebody took their link back. */
  async forLetter(tx: Scope, ticketId: string): Promise<SharedLink | null> {
    const known = await tx.em.findOne(PublicLink, { workspaceId: tx.workspaceId, ticketId });
    return known && known.revokedAt !== null ? null : this.make(tx, ticketId);
  }

  /** What stands under a letter about a ticket, in the client's language; '' where they have no link. */
  async footer(tx: Scope, ticketId: string, locale: Locale): Promise<string> {
    const link = await this.forLetter(tx, ticketId);
    return link ? `\n\n--\n${footers[locale](link.url)}` : '';
  }

  /** Takes the link back: it opens nothing any more, and whoever follows the ticket by it is cut off. */
  revoke(scope: Scope, ticketId: string): Promise<Ticket> {
    return scope.transaction(async (tx) => {
      const ticket = await lockTicket(tx, ticketId);
      requireShare(tx, ticket);
      const where = { workspaceId: tx.workspaceId, ticketId, revokedAt: null };
      if (await tx.em.nativeUpdate(PublicLink, where, { revokedAt: tx.now() })) tx.record(domainEvent(PublicLinkEvent.REVOKED, ticketId));
      return ticket;
    });
  }

  /** The URL of a link that was given out before. It opens nothing once that link is revoked. */
  urlOf(link: Pick<PublicLink, 'workspaceId' | 'ticketId' | 'generation'>): string {
    // After the #, where no server, proxy or next page gets to see it.
    return `${this.publicUrl}/follow#${this.#token(link)}`;
  }

  #shown(link: Pick<PublicLink, 'workspaceId' | 'ticketId' | 'generation' | 'openedAt'>) {
    return { url: this.urlOf(link), openedAt: link.openedAt, generation: link.generation };
  }

  #token({ workspaceId, ticketId, generation }: Pick<PublicLink, 'workspaceId' | 'ticketId' | 'generation'>): string {
    return tokenPrefix + this.keys.sign('public link', `${workspaceId} ${ticketId} ${generation}`).toString('base64url');
  }
}

function requireShare(tx: Scope, ticket: Ticket): void {
  if (canShare(tx.viewer, ticket)) return;
  throw new NotPermitted('You can share tickets that you may edit. Take it, or ask its assignee.');
}
