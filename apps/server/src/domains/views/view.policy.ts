import { decide, may, type Viewer } from '../../kernel/viewer.ts';

/** Whose a view is. */
interface ViewScope {
  readonly ownerId: string | null;
  readonly teamId: string | null;
}

/** The workspace's are everybody's; a team's are its members'; somebody's own are theirs alone, whoever asks. */
export function canSeeView(viewer: Viewer, { ownerId, teamId }: ViewScope): boolean {
  if (ownerId !== null) return decide(viewer, (one) => one.memberId === ownerId);
  return teamId === null || decide(viewer, (one) => one.allTeams || one.teamIds.has(teamId));
}

/** Their own, everybody who sees tickets for themselves; those of others who may share. */
export function canSaveView(viewer: Viewer, view: ViewScope): boolean {
  return canSeeView(viewer, view) && (view.ownerId !== null || may(viewer, 'view.share'));
}
