import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { View, ViewPlace } from './view.entity.ts';
import { canSeeView } from './view.policy.ts';

/** The views that everybody has, in the workspace's order. */
export function sharedViews(scope: Scope): Promise<View[]> {
  return scope.remember('views', ({ em, workspaceId }) =>
    em.find(View, { workspaceId, ownerId: null, teamId: null }, { orderBy: { place: 'asc' } }),
  );
}

/** The views that the viewer sees, in their own order. */
export async function listViews(scope: Scope): Promise<View[]> {
  const { em, workspaceId, viewer } = scope;
  const views = await em.find(View, { workspaceId, $or: [{ ownerId: viewer.memberId }, { ownerId: null }] }, { orderBy: { place: 'asc' } });
  const places = new Map(
    (await em.find(ViewPlace, { workspaceId, memberId: viewer.memberId })).map(({ viewId, place }) => [viewId, place]),
  );
  const placeOf = ({ id, place }: View) => places.get(id) ?? places.size + place;
  return views.filter((view) => canSeeView(viewer, view)).sort((a, b) => placeOf(a) - placeOf(b));
}

/** By its key or id; null also where the viewer may not see it. */
export async function findView(scope: Scope, key: string): Promise<View | null> {
  const { em, workspaceId, viewer } = scope;
  const view = await em.findOne(View, { workspaceId, ...(isId(key) ? { id: key } : { key }) });
  return view && canSeeView(viewer, view) ? view : null;
}
