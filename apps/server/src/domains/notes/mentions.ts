import { Parser } from 'htmlparser2';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, viewersOf, type Member } from '../identity/index.ts';
import { canSee, endGrant, letIn, MemberCannotRead, type Ticket } from '../tickets/index.ts';
import { endWatchingByMention, watchByMention } from '../watchers/index.ts';
import { NoteMention, type Note } from './note.entity.ts';
import { canReadNotes } from './note.policy.ts';

/** The ids in the mentions of a text, as the editor marks them: `<span data-type="mention" data-id="…">`. */
function mentionedIds(html: string): string[] {
  const ids = new Set<string>();
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'span' && attributes['data-type'] === 'mention' && isId(attributes['data-id'] ?? ''))
        ids.add(attributes['data-id'] ?? '');
    },
  });
  parser.end(html);
  return [...ids];
}

/**
 * Saves whom a note mentions: lets them read the ticket and makes them watchers for as long as it does. Returns those who
 * were not mentioned before. Refuses a new mention of a member who cannot read the note.
 */
export async function saveMentions(tx: Scope, note: Note, ticket: Ticket): Promise<string[]> {
  const { em, workspaceId } = tx;
  const reason = `mention:${note.id}`;
  const found = await Promise.all(mentionedIds(note.body).map((id) => tx.load(memberById, id)));
  const members = found.filter((member) => member !== null);
  const before = new Set((await em.find(NoteMention, { workspaceId, noteId: note.id })).map(({ memberId }) => memberId));
  const isNew = (member: Member) => !before.has(member.id);
  await requireReaders(tx, ticket, members.filter(isNew));

  const mentioned = new Set(members.filter((member) => member.active).map(({ id }) => id));
  const added = [...mentioned.difference(before)];
  if (added.length > 0) {
    await em.insertMany(
      NoteMention,
      added.map((memberId) => ({ workspaceId, noteId: note.id, memberId })),
    );
    await letIn(tx, note.ticketId, added, reason);
    await watchByMention(tx, note.ticketId, added, note.id);
  }
  const removed = [...before.difference(mentioned)];
  for (const memberId of removed) {
    await em.nativeDelete(NoteMention, { workspaceId, noteId: note.id, memberId });
    await endGrant(tx, note.ticketId, memberId, reason);
  }
  await endWatchingByMention(tx, note.ticketId, removed, note.id);
  return added;
}

async function requireReaders(tx: Scope, ticket: Ticket, members: readonly Member[]): Promise<void> {
  if (members.length === 0) return;
  const viewerOf = await viewersOf(tx.em, members);
  const refused = members.filter((member) => {
    const viewer = viewerOf(member);
    return !member.active || !canReadNotes(viewer) || !canSee(viewer, ticket, [member.id]);
  });
  if (refused.length === 0) return;
  const names = refused.map(({ name }) => name).join(', ');
  throw new MemberCannotRead(
    refused.map(({ id }) => id),
    `You can't mention ${names} here: they can't read internal notes on this ticket. Remove the mention, or ask an administrator to give them access.`,
    'body',
  );
}
