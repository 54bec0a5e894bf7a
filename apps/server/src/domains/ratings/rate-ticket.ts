import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { Workspace } from '../identity/index.ts';
import { findTicket, lockClientsTicket, lockTicket, type Ticket } from '../tickets/index.ts';
import { Rating } from './rating.entity.ts';
import { NotToBeRated, RatingNotFound } from './rating.errors.ts';
import { RatingEvent } from './rating.events.ts';

const longestComment = 2000;

export interface Rated {
  /** 1 to 5. */
  readonly score: number;
  readonly comment?: string | null | undefined;
}

/** The client says how they were served; said again, it is what they say then. */
export function rateAsClient(scope: Scope, { score, comment }: Rated): Promise<void> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const ticket = await lockClientsTicket(tx);
    const { askForRating } = await em.findOneOrFail(Workspace, { id: workspaceId });
    const { id: ticketId, category, resolvedAt } = ticket;
    if (!askForRating || !resolvedAt || (category !== 'RESOLVED' && category !== 'CLOSED')) throw new NotToBeRated();
    if (!Number.isInteger(score) || score < 1 || score > 5) throw new InvalidInput(`A rating is 1 to 5; ${score} was given.`, 'score');
    const said = comment?.trim() ?? '';
    if (said.length > longestComment)
      throw new InvalidInput(`A comment has at most ${longestComment} characters; ${said.length} were given.`, 'comment');
    const held = await em.findOne(Rating, { workspaceId, ticketId, resolvedAt });
    const from = held?.score ?? null;
    if (held && from === score && held.comment === said) return;
    const rating =
      held ??
      em.create(
        Rating,
        { workspaceId, id: newId(), ticketId, resolvedAt, askedAt: null, score, comment: said, ratedAt: null },
        { persist: true },
      );
    Object.assign(rating, { score, comment: said, ratedAt: tx.now() });
    // What the comment says is the client's own, and goes with them; the log says that there is one.
    const changes = from === score ? [] : [{ field: 'rating', from, to: score }];
    tx.record(domainEvent(from === score ? RatingEvent.COMMENTED : RatingEvent.GIVEN, ticketId, { subjectId: rating.id, changes }));
  });
}

export interface OwnRating {
  /** Null while nothing was said. */
  readonly score: number | null;
  readonly comment: string;
}

/** What the client whose link it is said of the last resolution; null where there is nothing to rate. */
export async function clientRating({ em, workspaceId }: Scope, ticketId: string): Promise<OwnRating | null> {
  const [row]: OwnRating[] = await em.execute(
    `select score, coalesce(comment, '') as comment from client_rating where workspace_id = ? and ticket_id = ?`,
    [workspaceId, ticketId],
  );
  return row ?? null;
}

/** Takes a rating away, as one that insults somebody; the log keeps that there was one. */
export function removeRating(scope: Scope, ratingId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const found = isId(ratingId) ? await em.findOne(Rating, { workspaceId, id: ratingId }) : null;
    if (!found || !(await findTicket(tx, found.ticketId))) throw new RatingNotFound();
    const ticket = await lockTicket(tx, found.ticketId);
    if (!may(tx.viewer, 'ticket.delete')) throw new NotPermitted('Those who may delete tickets take ratings away.');
    // Asked for once is asked for once: the row stays, and says nothing.
    const changes = [{ field: 'rating', from: found.score, to: null }];
    Object.assign(found, { score: null, comment: '', ratedAt: null });
    tx.record(domainEvent(RatingEvent.REMOVED, ticket.id, { subjectId: found.id, changes }));
    return ticket;
  });
}

const ratingsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(Rating, { workspaceId, ticketId: { $in: [...ids] }, score: { $ne: null } }, { orderBy: { resolvedAt: 'asc' } }),
  ({ ticketId }) => ticketId,
);

/** Those of a ticket that the viewer sees, the first first. */
export async function ratingsOf(scope: Scope, ticketId: string): Promise<readonly Rating[]> {
  return (await scope.load(ratingsByTicket, ticketId)) ?? [];
}
