import { Parser } from 'htmlparser2';
import type { Scope } from '../../platform/scope.ts';
import { memberById } from '../identity/index.ts';
import { letIn } from '../tickets/index.ts';
import { NoteMention, type Note } from './note.entity.ts';

/** The ids in the mentions of a text, as the editor marks them: `<span data-type="mention" data-id="…">`. */
function mentionedIds(html: string): string[] {
  const ids = new Set<string>();
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'span' && attributes['data-type'] === 'mention' && attributes['data-id']) ids.add(attributes['data-id']);
    },
  });
  parser.end(html);
  return [...ids];
}

/** Keeps whom a note mentions and lets them into the ticket; answers those who were not mentioned before. */
export async function saveMentions(tx: Scope, note: Note): Promise<string[]> {
  const { workspaceId } = tx;
  const members = await Promise.all(mentionedIds(note.body).map((id) => tx.load(memberById, id)));
  const ids = members.filter((member) => member?.active).map((member) => member?.id ?? '');
  const before = await tx.em.find(NoteMention, { workspaceId, noteId: note.id });
  const known = new Set(before.map((mention) => mention.memberId));
  const added = ids.filter((id) => !known.has(id));
  if (added.length > 0) {
    await tx.em.insertMany(
      NoteMention,
      added.map((memberId) => ({ workspaceId, noteId: note.id, memberId })),
    );
    await letIn(tx, note.ticketId, added, `mention:${note.id}`);
  }
  return added;
}
