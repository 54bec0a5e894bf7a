import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, viewersOf, type Member } from '../identity/index.ts';
import {
  canEdit,
  canSee,
  endGrant,
  letIn,
  lockTicket,
  MemberCannotRead,
  ReferenceNotFound,
  TicketGrant,
  type Ticket,
} from '../tickets/index.ts';
import { Watcher } from './watcher.entity.ts';
import { WatcherEvent } from './watcher.events.ts';

const reason = 'watching';

export interface ChangeWatcher {
  readonly ticketId: string;
  readonly memberId: string;
}

/** Makes a member a watcher. Adding a watcher twice is no error. */
export function addWatcher(scope: Scope, { ticketId, memberId }: ChangeWatcher): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    requirePermission(tx, ticket, memberId);
    const member = await tx.load(memberById, memberId);
    if (!member?.active) throw new ReferenceNotFound('memberId', 'member');
    await requireReader(tx, ticket, member);
    const watching = await tx.em.find(Watcher, { workspaceId: tx.workspaceId, ticketId });
    const isNew = !watching.some((watcher) => watcher.memberId === memberId);
    if (isNew && watching.length >= limits.watchersPerTicket) {
      throw new InvalidInput(`A ticket has at most ${limits.watchersPerTicket} watchers. Remove one first.`, 'memberId');
    }
    // A member who watches because of a mention watches by choice from now on.
    await letIn(tx, ticketId, [memberId], reason);
    if (isNew) {
      await tx.em.insert(Watcher, { workspaceId: tx.workspaceId, ticketId, memberId, since: tx.now() });
      tx.record(
        domainEvent(WatcherEvent.ADDED, ticketId, { memberIds: [memberId], changes: [{ field: 'watcher', from: null, to: memberId }] }),
      );
    }
    return ticket;
  });
}

export function removeWatcher(scope: Scope, { ticketId, memberId }: ChangeWatcher): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    requirePermission(tx, ticket, memberId);
    const { workspaceId } = tx;
    if (await tx.em.nativeDelete(Watcher, { workspaceId, ticketId, memberId })) {
      await endGrant(tx, ticketId, memberId, reason);
      tx.record(
        domainEvent(WatcherEvent.REMOVED, ticketId, { memberIds: [memberId], changes: [{ field: 'watcher', from: memberId, to: null }] }),
      );
    }
    return ticket;
  });
}

/** Makes mentioned members watchers for as long as a note mentions them. A full list of watchers stays as it is. */
export async function watchByMention(tx: Scope, ticketId: string, memberIds: readonly string[], noteId: string): Promise<void> {
  const { em, workspaceId } = tx;
  const watching = new Set((await em.find(Watcher, { workspaceId, ticketId })).map(({ memberId }) => memberId));
  const added = memberIds.filter((id) => !watching.has(id)).slice(0, Math.max(0, limits.watchersPerTicket - watching.size));
  if (added.length === 0) return;
  const since = tx.now();
  await em.insertMany(
    Watcher,
    added.map((memberId) => ({ workspaceId, ticketId, memberId, since })),
  );
  // Not addressed to them: the note tells them of its mention.
  const changes = added.map((to) => ({ field: 'watcher', from: null, to }));
  tx.record(domainEvent(WatcherEvent.ADDED, ticketId, { subjectId: noteId, changes }));
}

/** Ends the watching of members whose last mention is gone and who never chose to watch. */
export async function endWatchingByMention(tx: Scope, ticketId: string, memberIds: readonly string[], noteId: string): Promise<void> {
  const { em, workspaceId } = tx;
  const granted = await em.find(TicketGrant, { workspaceId, ticketId, memberId: { $in: [...memberIds] } });
  const ended = memberIds.filter((id) => granted.every(({ memberId }) => memberId !== id));
  const removed: string[] = [];
  for (const memberId of ended) if (await em.nativeDelete(Watcher, { workspaceId, ticketId, memberId })) removed.push(memberId);
  if (removed.length === 0) return;
  const changes = removed.map((from) => ({ field: 'watcher', from, to: null }));
  tx.record(domainEvent(WatcherEvent.REMOVED, ticketId, { subjectId: noteId, changes }));
}

/** Watching lets light agents read the ticket and nobody else: for others it would have no effect. */
async function requireReader(tx: Scope, ticket: Ticket, member: Member): Promise<void> {
  const viewer = (await viewersOf(tx.em, [member]))(member);
  if (canSee(viewer, ticket, [member.id])) return;
  throw new MemberCannotRead([member.id], `${member.name} can't read this ticket. Add them to its team first.`, 'memberId');
}

function requirePermission(tx: Scope, ticket: Ticket, memberId: string): void {
  const { viewer } = tx;
  if (memberId === viewer.memberId && may(viewer, 'watch.self')) return;
  if (may(viewer, 'watch.others') && canEdit(viewer, ticket)) return;
  throw new NotPermitted(
    may(viewer, 'watch.self')
      ? 'You can change the watchers of tickets you may edit; elsewhere you can watch yourself.'
      : 'Your role may not watch tickets.',
    'memberId',
  );
}
