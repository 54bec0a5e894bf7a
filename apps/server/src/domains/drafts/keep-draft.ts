import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { cleanRichText, findTicket, TicketNotFound } from '../tickets/index.ts';
import { Draft, DraftKind } from './draft.entity.ts';

interface DraftPlace {
  readonly ticketId: string;
  readonly kind: DraftKind;
}

export interface SaveDraft extends DraftPlace {
  /** Of this text: a UUID that the browser chose when it was begun. */
  readonly id: string;
  readonly body: string;
  /** Grows with every save of this text; an older save that comes late changes nothing. */
  readonly revision: number;
}

/** The subject by which a member's open tabs hear that a draft of theirs changed. */
export function draftTopic(memberId: string, ticketId: string): string {
  return `draft:${memberId}:${ticketId}`;
}

/**
 * Keeps what was typed so far. A save of a text that was sent or thrown away meanwhile, in this tab or another, is not
 * kept: a draft never comes back. Answers what stands now, null for nothing.
 */
export function saveDraft(scope: Scope, { ticketId, kind, id, body, revision }: SaveDraft): Promise<Draft | null> {
  return scope.transaction(async (tx) => {
    if (!isId(id)) throw new InvalidInput('The id of a draft is a UUID of your choice, the same for all saves of one text.', 'id');
    if (!may(tx.viewer, 'note.write')) throw new NotPermitted('Your role may not write on tickets.');
    if (!(await findTicket(tx, ticketId))) throw new TicketNotFound();
    const kept = body === '' ? '' : await cleanRichText('body', body);
    await tx.em.execute(
      `insert into draft (workspace_id, member_id, ticket_id, kind, id, body, revision, finished, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (workspace_id, member_id, ticket_id, kind) do update
       set id = excluded.id, body = excluded.body, revision = excluded.revision, finished = excluded.finished, updated_at = excluded.updated_at
       where draft.id <> excluded.id or (not draft.finished and draft.revision < excluded.revision)`,
      [tx.workspaceId, tx.viewer.memberId, ticketId, kind, id, kept, revision, kept === '', tx.now()],
    );
    return findDraft(tx, { ticketId, kind });
  });
}

/** The text was sent: it goes with the transaction that sends it, and nothing saved late brings it back. */
export async function finishDraft(tx: Scope, { ticketId, kind, id }: DraftPlace & { readonly id: string }): Promise<void> {
  if (!isId(id)) throw new InvalidInput('The id of a draft is a UUID, the one that it was saved under.', 'draftId');
  await tx.em.execute(
    `insert into draft (workspace_id, member_id, ticket_id, kind, id, body, revision, finished, updated_at) values (?, ?, ?, ?, ?, '', 0, true, ?)
     on conflict (workspace_id, member_id, ticket_id, kind) do update set body = '', finished = true, updated_at = excluded.updated_at
     where draft.id = excluded.id`,
    [tx.workspaceId, tx.viewer.memberId, ticketId, kind, id, tx.now()],
  );
}

/** The viewer's own unsent text on a ticket; null for none, and where they may not read what it would become. */
export async function findDraft(scope: Scope, { ticketId, kind }: DraftPlace): Promise<Draft | null> {
  const { em, workspaceId, viewer } = scope;
  if (!canReadDrafts(viewer) || !(await findTicket(scope, ticketId))) return null;
  return em.findOne(Draft, { workspaceId, memberId: viewer.memberId, ticketId, kind, finished: false }, { refresh: true });
}

/** A draft of either kind may hold what internal notes say. */
function canReadDrafts(viewer: Viewer): boolean {
  return may(viewer, 'note.read');
}

/** Ticks at first and whenever the viewer's draft on a ticket was saved, sent or thrown away, in whichever tab. */
export function followDraft({ viewer: { memberId } }: Scope, ticketId: string): LiveSource<true> {
  return {
    topics: [draftTopic(memberId, ticketId)],
    audience: memberId,
    begin: async () => ({ payloads: [true] }),
    step: async (_scope, { signals }) => ({ payloads: signals.length > 0 ? [true] : [] }),
  };
}
