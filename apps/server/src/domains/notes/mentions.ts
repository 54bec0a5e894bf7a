import { Parser } from 'htmlparser2';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById } from '../identity/index.ts';
import { endGrant, letIn } from '../tickets/index.ts';
import { NoteMention, type Note } from './note.entity.ts';

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
 * Keeps whom a note mentions now: lets them into the ticket for as long as it does, and answers those who were not
 * mentioned before.
 */
export async function saveMentions(tx: Scope, note: Note): Promise<string[]> {
  const { em, workspaceId } = tx;
  const reason = `mention:${note.id}`;
  const members = await Promise.all(mentionedIds(note.body).map((id) => tx.load(memberById, id)));
  const mentioned = new Set(members.flatMap((member) => (member?.active ? [member.id] : [])));
  const before = new Set((await em.find(NoteMention, { workspaceId, noteId: note.id })).map(({ memberId }) => memberId));

  const added = [...mentioned.difference(before)];
  if (added.length > 0) {
    await em.insertMany(
      NoteMention,
      added.map((memberId) => ({ workspaceId, noteId: note.id, memberId })),
    );
    await letIn(tx, note.ticketId, added, reason);
  }
  for (const memberId of before.difference(mentioned)) {
    await em.nativeDelete(NoteMention, { workspaceId, noteId: note.id, memberId });
    await endGrant(tx, note.ticketId, memberId, reason);
  }
  return added;
}
