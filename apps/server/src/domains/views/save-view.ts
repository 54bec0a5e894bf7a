import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/core';
import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireWholeMember } from '../../kernel/viewer.ts';
import { SettingsConflict } from '../../kernel/settings-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { requireFreeNames, type NameSpace } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { listFields } from '../fields/index.ts';
import { Team } from '../identity/index.ts';
import { ReferenceNotFound } from '../tickets/index.ts';
import { listViews } from './find-views.ts';
import type { TicketGrouping } from './find-tickets.ts';
import { requireReasonable, type TicketFilter } from './ticket-filter.ts';
import { orderingOf, type OrderAsked } from './ticket-order.ts';
import { View, ViewPlace, type TicketColumn } from './view.entity.ts';
import { ViewNotFound } from './view.errors.ts';
import { ViewEvent } from './view.events.ts';
import { canSaveView, canSeeView } from './view.policy.ts';

export const ViewAudience = { PRIVATE: 'PRIVATE', TEAM: 'TEAM', WORKSPACE: 'WORKSPACE' } as const;
export type ViewAudience = (typeof ViewAudience)[keyof typeof ViewAudience];

export interface ViewWanted extends OrderAsked {
  readonly name: string;
  readonly filter: TicketFilter;
  readonly text: string;
  readonly columns: readonly TicketColumn[];
  /** Fields of the workspace's own that stand as columns after those. */
  readonly fieldIds: readonly string[];
  readonly grouping: TicketGrouping | null;
  readonly audience: ViewAudience;
  readonly teamId?: string | null | undefined;
}

/** So many of one kind: somebody's own, a team's, or the workspace's. */
const mostViews = 100;

export function createView(scope: Scope, wanted: ViewWanted): Promise<View> {
  return scope.transaction(async (tx) => {
    const { workspaceId, em } = tx;
    const whose = await requireAudience(tx, wanted);
    await requireOrder(tx, wanted);
    const beside = await em.count(View, { workspaceId, ...whose });
    if (beside >= mostViews) throw new InvalidInput(`There are ${mostViews} such views already. Delete one first.`, 'name');
    const id = newId();
    const place =
      1 +
      Number(
        (
          await em.execute<{ place: number }[]>('select coalesce(max(place), 0) as place from view where workspace_id = ?', [workspaceId])
        )[0]?.place,
      );
    const view = em.create(
      View,
      { workspaceId, id, key: id, ...whose, ...(await written(tx, wanted, { whose })), place, version: 1 },
      { persist: true },
    );
    await changed(tx, view);
    return view;
  });
}

export interface EditView extends ViewWanted {
  readonly viewId: string;
  /** The version that was opened. */
  readonly version: number;
}

export function editView(scope: Scope, { viewId, version, ...wanted }: EditView): Promise<View> {
  return scope.transaction(async (tx) => {
    const view = await lockViewToSave(tx, viewId);
    if (view.version !== version) throw new SettingsConflict(view.version);
    await requireOrder(tx, wanted);
    const whose = await requireAudience(tx, wanted);
    const state = { ...whose, ...(await written(tx, wanted, { whose, before: view })) };
    if (Object.entries(state).every(([key, value]) => isSame(view[key as keyof View], value))) return view;
    Object.assign(view, state);
    view.version += 1;
    await changed(tx, view);
    return view;
  });
}

export function deleteView(scope: Scope, viewId: string): Promise<View> {
  return scope.transaction(async (tx) => {
    const view = await lockViewToSave(tx, viewId);
    await tx.em.nativeDelete(View, { workspaceId: tx.workspaceId, id: view.id });
    await changed(tx, view);
    return view;
  });
}

/** Puts the viewer's views in an order of their own. Those left out follow as they were. */
export function orderViews(scope: Scope, viewIds: readonly string[]): Promise<View[]> {
  return scope.transaction(async (tx) => {
    const { workspaceId, em, viewer } = tx;
    requireWholeMember(viewer);
    const { memberId } = viewer;
    const views = await listViews(tx);
    const asked = viewIds.filter((id, index) => viewIds.indexOf(id) === index && views.some((view) => view.id === id));
    const rest = views.map(({ id }) => id).filter((id) => !asked.includes(id));
    const places = await em.find(ViewPlace, { workspaceId, memberId }, { orderBy: { place: 'asc' } });
    const ids = [...asked, ...rest];
    if (places.length === ids.length && places.every(({ viewId }, index) => viewId === ids[index])) {
      return ids.flatMap((id) => views.find((view) => view.id === id) ?? []);
    }
    await em.nativeDelete(ViewPlace, { workspaceId, memberId });
    await em.insertMany(
      ViewPlace,
      ids.map((viewId, place) => ({ workspaceId, memberId, viewId, place })),
    );
    tx.record(domainEvent(ViewEvent.CHANGED, null, { memberIds: [memberId] }));
    return ids.flatMap((id) => views.find((view) => view.id === id) ?? []);
  });
}

/** Whether two values are stored alike: what is undefined is stored as nothing. */
function isSame(stored: unknown, wanted: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(stored ?? null)), JSON.parse(JSON.stringify(wanted ?? null)));
}

async function written(
  tx: Scope,
  { name, filter, text, order, orderFieldId, columns, fieldIds, grouping }: ViewWanted,
  { whose, before }: { readonly whose: Pick<View, 'ownerId' | 'teamId'>; readonly before?: View },
): Promise<Pick<View, 'name' | 'filter' | 'text' | 'sort' | 'sortFieldId' | 'columns' | 'fieldIds' | 'grouping'>> {
  requireReasonable(filter);
  const line = requireLine('name', name, limits.name);
  if (text.length > limits.viewText)
    throw new InvalidInput(`A filter has at most ${limits.viewText} characters; ${text.length} were given.`, 'text');
  // Whoever leaves the name as they read it keeps it in the other languages too.
  const names = before && Object.values(before.name).includes(line) ? before.name : { en: line, uk: line };
  return {
    name: await requireFreeNames(tx, namesBeside(whose), names, { field: 'name', ownId: before?.id ?? null }),
    filter,
    text,
    sort: order,
    sortFieldId: (order.startsWith('FIELD') && orderFieldId) || null,
    columns: [...new Set(columns)],
    fieldIds: [...new Set(fieldIds)],
    grouping,
  };
}

/** Names are unique among the views of one member, of one team and of the workspace. */
function namesBeside({ ownerId, teamId }: Pick<View, 'ownerId' | 'teamId'>): NameSpace {
  return {
    table: 'view',
    among: { sql: 'owner_id is not distinct from ?::uuid and team_id is not distinct from ?::uuid', parameters: [ownerId, teamId] },
  };
}

/** The order and the columns are of fields that there are. */
async function requireOrder(tx: Scope, wanted: ViewWanted): Promise<void> {
  await orderingOf(tx, wanted);
  const known = new Set((await listFields(tx)).map(({ id }) => id));
  if (wanted.fieldIds.some((id) => !known.has(id))) throw new ReferenceNotFound('fieldIds', 'field');
}

async function requireAudience(tx: Scope, { audience, teamId = null }: ViewWanted): Promise<Pick<View, 'ownerId' | 'teamId'>> {
  const { viewer, workspaceId } = tx;
  if (audience === ViewAudience.TEAM) {
    const team = teamId !== null && isId(teamId) ? await tx.em.findOne(Team, { workspaceId, id: teamId }) : null;
    if (!team || !canSeeView(viewer, { ownerId: null, teamId: team.id })) throw new ReferenceNotFound('teamId', 'team');
  }
  const whose = {
    ownerId: audience === ViewAudience.PRIVATE ? viewer.memberId : null,
    teamId: audience === ViewAudience.TEAM ? teamId : null,
  };
  if (!canSaveView(viewer, whose)) {
    throw new NotPermitted(
      'Views of a team or of everybody need the permission "view.share". Keep it for yourself, or ask a supervisor.',
      'audience',
    );
  }
  return whose;
}

async function lockViewToSave(tx: Scope, id: string): Promise<View> {
  const { workspaceId, em, viewer } = tx;
  const view = isId(id) ? await em.findOne(View, { workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!view || !canSeeView(viewer, view)) throw new ViewNotFound();
  if (!canSaveView(viewer, view)) throw new NotPermitted('This view is not yours alone: changing it needs the permission "view.share".');
  return view;
}

/** Told without a name or a filter: a view may be somebody's own. */
async function changed(tx: Scope, { id }: View): Promise<void> {
  await tx.em.flush();
  tx.record(domainEvent(ViewEvent.CHANGED, null, { subjectId: id }));
}
