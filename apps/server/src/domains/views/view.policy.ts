import { actsForWholeMember, decide, may, type Viewer } from '../../kernel/viewer.ts';

/** Whose a view is. */
interface ViewScope {
  readonly ownerId: string | null;
  readonly teamId: string | null;
}

/** Views of the workspace are for all members, views of a team for its members. Private views are personal. */
export function canSeeView(viewer: Viewer, { ownerId, teamId }: ViewScope): boolean {
  if (ownerId !== null) return actsForWholeMember(viewer) && decide(viewer, (one) => one.memberId === ownerId);
  return teamId === null || decide(viewer, (one) => one.allTeams || one.teamIds.has(teamId));
}

/** Their own, everybody who sees tickets for themselves; those of others who may share. */
export function canSaveView(viewer: Viewer, view: ViewScope): boolean {
  return canSeeView(viewer, view) && (view.ownerId !== null || may(viewer, 'view.share'));
}
