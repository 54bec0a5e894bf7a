import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById } from '../identity/index.ts';
import { canEdit, endGrant, letIn, lockTicket, ReferenceNotFound, type Ticket } from '../tickets/index.ts';
import { Watcher } from './watcher.entity.ts';
import { WatcherEvent } from './watcher.events.ts';

const reason = 'watching';

export interface ChangeWatcher {
  readonly ticketId: string;
  readonly memberId: string;
}

/** Makes a member a watcher. Who watches already simply goes on: two clicks at once are no error. */
export function addWatcher(scope: Scope, { ticketId, memberId }: ChangeWatcher): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    requirePermission(tx, ticket, memberId);
    if (!(await tx.load(memberById, memberId))?.active) throw new ReferenceNotFound('memberId', 'member');
    if (await startWatching(tx, ticketId, memberId)) {
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

async function startWatching(tx: Scope, ticketId: string, memberId: string): Promise<boolean> {
  const { workspaceId } = tx;
  const watching = await tx.em.find(Watcher, { workspaceId, ticketId });
  if (watching.some((watcher) => watcher.memberId === memberId)) return false;
  if (watching.length >= limits.watchersPerTicket) {
    throw new InvalidInput(`A ticket has at most ${limits.watchersPerTicket} watchers. Remove one first.`, 'memberId');
  }
  await tx.em.insert(Watcher, { workspaceId, ticketId, memberId, since: tx.now() });
  await letIn(tx, ticketId, [memberId], reason);
  return true;
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
