import type { Reaction } from '../../platform/event-log.ts';
import { post } from '../../platform/mail/mailer.ts';
import { Attachment } from '../attachments/index.ts';
import { Contact, findLocale } from '../contacts/index.ts';
import { Channel, Conversation, Message, MessageEvent } from '../conversations/index.ts';
import { emailHtmlFromRichText, escaped, plainFromRichText, Ticket } from '../tickets/index.ts';
import type { LinkDesk } from './share-ticket.ts';

/**
 * A reply is in the post with the transaction that keeps it: one that is kept is sent, and one that is not is not. Whoever
 * wrote on the page of their link has left it by now; a program tells its own people.
 */
export function mailReplies(linkDesk: LinkDesk): Reaction {
  return {
    to: [MessageEvent.SENT],
    async run(tx, { ticketId, subjectId }) {
      const { em, workspaceId } = tx;
      const message = await em.findOneOrFail(Message, { workspaceId, id: subjectId ?? '' });
      const { channel, contactId } = await em.findOneOrFail(Conversation, { workspaceId, id: message.conversationId });
      const contact = await em.findOneOrFail(Contact, { workspaceId, id: contactId });
      const { email } = contact;
      if (channel === Channel.API || !email) return;
      const { id, number, subject } = await em.findOneOrFail(Ticket, { workspaceId, id: ticketId ?? '' });
      const footer = await linkDesk.footer(tx, id, await findLocale(tx, contact));
      const attached = await em.find(Attachment, { workspaceId, ownerId: message.id }, { orderBy: { createdAt: 'asc', id: 'asc' } });
      await post(
        em,
        {
          workspaceId,
          recipient: email,
          subject: `Re: ${subject} [#${number}]`,
          body: (await plainFromRichText(message.body)) + footer,
          html: (await emailHtmlFromRichText(message.body)) + asHtml(footer),
          ticketIds: [id],
          automatic: false,
          files: attached.map(({ storageKey: key, name, type }) => ({ key, name, type })),
        },
        tx.now(),
      );
    },
  };
}

/** A footer of plain text, with its address as a link. */
function asHtml(footer: string): string {
  const lines = escaped(footer.trim()).split('\n');
  return footer === ''
    ? ''
    : `<p>${lines.map((line) => (/^https?:\S+$/.test(line) ? `<a href="${line}">${line}</a>` : line)).join('<br />')}</p>`;
}
