import { isId } from '../../kernel/id.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadNotes } from '../notes/index.ts';

/** Who did it: a member or a program of theirs, the client, the desk itself, or an import. */
export const ActorKind = { MEMBER: 'MEMBER', CLIENT: 'CLIENT', SYSTEM: 'SYSTEM', IMPORT: 'IMPORT' } as const;
export type ActorKind = (typeof ActorKind)[keyof typeof ActorKind];

export interface ActivityAsked {
  readonly last: number;
  readonly before: string | null;
  /** Of these kinds alone, such as `ticket.status_changed`. */
  readonly types?: readonly string[] | null | undefined;
  /** By these members alone. */
  readonly actorIds?: readonly string[] | null | undefined;
  /** By these kinds of actors alone. */
  readonly actorKinds?: readonly ActorKind[] | null | undefined;
}

export interface ActivityPage {
  readonly entries: readonly EventRecord[];
  readonly hasOlder: boolean;
}

export const activityCursors = new Cursors<EventRecord>('activity', ['integer'], ({ ticketVersion }) => [ticketVersion ?? 0]);

/**
 * The history of a ticket the viewer sees, oldest first: the last entries, or those before a version. What happened to
 * notes is left out for those who may not know that there are any.
 */
export async function activityOf(
  scope: Scope,
  ticketId: string,
  { last, before, types, actorIds, actorKinds }: ActivityAsked,
): Promise<ActivityPage> {
  const count = requirePageSize('last', last);
  const [version] = activityCursors.read('before', before) ?? [];
  const entries = await scope.em.find(
    EventRecord,
    {
      workspaceId: scope.workspaceId,
      ticketId,
      ...(version === undefined ? {} : { ticketVersion: { $lt: Number(version) } }),
      ...(types ? { type: { $in: [...types] } } : {}),
      ...(actorKinds ? { actorKind: { $in: [...actorKinds] } } : {}),
      ...(actorIds ? { actorId: { $in: actorIds.filter(isId) } } : {}),
      ...(canReadNotes(scope.viewer) ? {} : { $not: { type: { $like: 'note.%' } } }),
    },
    { orderBy: { ticketVersion: 'desc' }, limit: count + 1 },
  );
  return { entries: entries.slice(0, count).reverse(), hasOlder: entries.length > count };
}
