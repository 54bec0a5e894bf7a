import type { Locale } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import type { Reaction } from '../../platform/event-log.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact, findLocale } from '../contacts/index.ts';
import { Channel, Conversation } from '../conversations/index.ts';
import { Workspace } from '../identity/index.ts';
import { statusById, Ticket, TicketEvent } from '../tickets/index.ts';
import { RatingEvent } from './rating.events.ts';

const letters: Readonly<Record<Locale, (url: string) => string>> = {
  en: (url) => `Your request is resolved. How were we? It takes one click here:\n${url}\n\nIf something is left to do, write to us there.`,
  uk: (url) =>
    `Ваше звернення вирішено. Як ми впоралися? Достатньо одного натискання тут:\n${url}\n\nЯкщо щось лишилося, напишіть нам там само.`,
};

/**
 * Asks a client how they were served, once for each time that their ticket was resolved, where they were written to before:
 * a ticket that somebody made for them is news to nobody.
 */
export function askForRating(linkFor: (tx: Scope, ticketId: string) => Promise<{ readonly url: string } | null>): Reaction {
  return {
    to: [TicketEvent.STATUS_CHANGED],
    async run(tx, { ticketId, changes }) {
      const { em, workspaceId } = tx;
      const ticket = await em.findOneOrFail(Ticket, { workspaceId, id: ticketId ?? '' });
      const { category, resolvedAt, mergedIntoId, requesterId } = ticket;
      if ((category !== 'RESOLVED' && category !== 'CLOSED') || !resolvedAt || mergedIntoId || !requesterId) return;
      // Resolved before, and closed now, is one resolution.
      const before = await tx.load(statusById, String(changes[0]?.from));
      if (before?.category === 'RESOLVED' || before?.category === 'CLOSED') return;
      const { askForRating: isWanted } = await em.findOneOrFail(Workspace, { id: workspaceId });
      if (!isWanted) return;
      const contact = await em.findOneOrFail(Contact, { workspaceId, id: requesterId });
      const talked = await em.count(Conversation, {
        workspaceId,
        ticketId: ticket.id,
        contactId: requesterId,
        channel: { $ne: Channel.API },
      });
      const { email } = contact;
      const link = email && talked > 0 ? await linkFor(tx, ticket.id) : null;
      if (!email || !link) return;
      await em.flush();
      const asked: object[] = await em.execute(
        `insert into rating (workspace_id, id, ticket_id, resolved_at, asked_at, comment) values (?, ?, ?, ?, ?, '')
         on conflict (workspace_id, ticket_id, resolved_at) do nothing returning 1`,
        [workspaceId, newId(), ticket.id, resolvedAt, tx.now()],
      );
      if (asked.length === 0) return;
      const body = letters[await findLocale(tx, contact)](link.url);
      await post(
        em,
        { workspaceId, recipient: email, subject: `Re: ${ticket.subject} [#${ticket.number}]`, body, ticketIds: [ticket.id] },
        tx.now(),
      );
      tx.record(domainEvent(RatingEvent.ASKED, ticket.id));
    },
  };
}
