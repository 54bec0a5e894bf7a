import type { StatusCategory } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import { requireFreeNames } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { madeAnew, type MadeAs, type SettingState } from '../../platform/setting-versions.ts';
import { ReferenceNotFound, requireNames, Status, WaitingOn, type Names } from '../tickets/index.ts';
import {
  changeSettings,
  isInUse,
  nameInLog,
  putInOrder,
  reviseTicketSetting,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from './change-settings.ts';
import { SettingNotFound } from './settings.errors.ts';

/** Colours that hold in both lights. */
const statusColors = ['violet', 'blue', 'amber', 'slate', 'green', 'gray', 'red', 'teal', 'pink'] as const;

export interface StatusWanted {
  readonly names: Names;
  readonly color: string;
  /** Of the category WAITING. */
  readonly waitingOn?: WaitingOn | null | undefined;
  readonly requiresAssignee: boolean;
  /** The statuses from which a ticket may come into it; none = any. */
  readonly fromIds: readonly string[];
}

export interface NewStatus extends StatusWanted {
  readonly category: StatusCategory;
}

const mostStatuses = 50;

const statusSetting: TicketSetting<Status> = {
  kind: 'STATUS',
  nameOf: nameInLog,
  stateOf: ({ name, category, color, waitingOn, requiresAssignee, fromIds }): NewStatus & SettingState => ({
    names: name,
    category,
    color,
    waitingOn,
    requiresAssignee,
    fromIds,
  }),
};

export function createStatus(scope: Scope, { category, ...wanted }: NewStatus, { id, version }: MadeAs = madeAnew()): Promise<Status> {
  return changeSettings(scope, async (tx) => {
    const statuses = await allStatuses(tx);
    if (statuses.length >= mostStatuses) throw new InvalidInput(`There are at most ${mostStatuses} statuses. Delete one first.`, 'names');
    const status = new Status();
    Object.assign(status, { workspaceId: tx.workspaceId, id, category, place: statuses.length, version });
    await write(tx, statuses, status, wanted);
    tx.em.persist(status);
    return ticketSettingCreated(tx, statusSetting, status);
  });
}

/** Its category stays: tickets that have it would change theirs unseen. */
export function editStatus(
  scope: Scope,
  { statusId, version, ...wanted }: StatusWanted & { readonly statusId: string; readonly version: number },
): Promise<Status> {
  return changeSettings(scope, async (tx) => {
    const statuses = await allStatuses(tx);
    const status = requireStatus(statuses, statusId);
    return reviseTicketSetting(tx, statusSetting, { thing: status, version, change: () => write(tx, statuses, status, wanted) });
  });
}

/** Refused while tickets have it, and for the last of a category: there must be one to move to. */
export function deleteStatus(scope: Scope, statusId: string): Promise<Status> {
  return changeSettings(scope, async (tx) => {
    const statuses = await allStatuses(tx);
    const status = requireStatus(statuses, statusId);
    if (statuses.filter(({ category }) => category === status.category).length === 1) {
      throw new StillInUse(`This is the last status of the category ${status.category}. Make another first.`, 'statusId');
    }
    if (await isInUse(tx, 'ticket', 'status_id', statusId)) {
      throw new StillInUse('Tickets have this status. Give them another first, all at once from a list.', 'statusId');
    }
    await ticketSettingDeleted(tx, statusSetting, status);
    for (const other of statuses) if (other.fromIds.includes(statusId)) other.fromIds = other.fromIds.filter((id) => id !== statusId);
    tx.em.remove(status);
    return status;
  });
}

export function orderStatuses(scope: Scope, statusIds: readonly string[]): Promise<Status[]> {
  return changeSettings(scope, async (tx) => putInOrder(tx, 'STATUS', { things: await allStatuses(tx), ids: statusIds }));
}

function allStatuses({ em, workspaceId }: Scope): Promise<Status[]> {
  return em.find(Status, { workspaceId }, { orderBy: { place: 'asc', id: 'asc' } });
}

function requireStatus(statuses: readonly Status[], id: string): Status {
  const status = isId(id) ? statuses.find((one) => one.id === id) : undefined;
  if (!status) throw new SettingNotFound('status', 'statusId');
  return status;
}

async function write(
  tx: Scope,
  statuses: readonly Status[],
  status: Status,
  { names, color, waitingOn, requiresAssignee, fromIds }: StatusWanted,
): Promise<void> {
  if (!(statusColors as readonly string[]).includes(color)) {
    throw new InvalidInput(`"${color}" is no colour of a status. Choose one of: ${statusColors.join(', ')}.`, 'color');
  }
  for (const id of fromIds) if (!statuses.some((one) => one.id === id)) throw new ReferenceNotFound('fromIds', 'status');
  Object.assign(status, {
    name: await requireFreeNames(tx, { table: 'status' }, requireNames('names', names), { field: 'names', ownId: status.id }),
    color,
    waitingOn: status.category === 'WAITING' ? (waitingOn ?? WaitingOn.CUSTOMER) : null,
    requiresAssignee,
    fromIds: [...new Set(fromIds)].filter((id) => id !== status.id),
  });
}
