import { NotPermitted } from '../../kernel/domain-error.ts';
import { AssignmentScope, decide, may, type Permission, type Viewer } from '../../kernel/viewer.ts';
import { permissionsOf, type Role } from '../identity/index.ts';

/** Whoever saves settings of any kind needs the key to settings, and the one of their kind. */
export function requireSettings(viewer: Viewer, permission: Permission): void {
  if (may(viewer, 'settings.save') && may(viewer, permission)) return;
  throw new NotPermitted(`Saving this needs the permissions "settings.save" and "${permission}". Ask an administrator.`);
}

/** Which tickets a member reads: permissions of place, as those of a role are permissions of action. */
interface ReadScope {
  readonly allTeams: boolean;
  readonly teamIds: readonly string[];
  /** None = every topic. */
  readonly topicIds: readonly string[];
  readonly assignmentScope: AssignmentScope;
}

/** A member grants a role only if they hold all its permissions: owners are made by owners. */
export function canGiveRole(viewer: Viewer, held: readonly Permission[]): boolean {
  return held.every((permission) => may(viewer, permission));
}

const widest = Object.values(AssignmentScope);

/** A member grants only teams, topics and assignments that they can read themselves. */
function canGiveScope(viewer: Viewer, { allTeams, teamIds, topicIds, assignmentScope }: ReadScope): boolean {
  return decide(viewer, (one) => {
    const teams = one.allTeams || (!allTeams && teamIds.every((id) => one.teamIds.has(id)));
    const topics = one.topicIds === undefined || (topicIds.length > 0 && topicIds.every((id) => one.topicIds?.has(id)));
    const own = one.assignmentScope ?? AssignmentScope.ANY;
    return teams && topics && widest.indexOf(own) <= widest.indexOf(assignmentScope);
  });
}

/** What a member holds: permissions and scope, both by their role and by themselves. */
export interface Holding {
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly scope: ReadScope;
}

/** Requires that the viewer could grant everything that the member has. */
export function requireCanChange(viewer: Viewer, { role, permissions, scope }: Holding): void {
  if (!canGiveRole(viewer, permissions)) {
    throw new NotPermitted(`You cannot change a member with the role ${role}, which holds permissions that you lack.`);
  }
  if (!canGiveScope(viewer, scope)) throw new NotPermitted('You cannot change a member who can read tickets that you cannot read.');
}

/** Requires that the viewer has everything that they grant. */
export function requireCanGive(viewer: Viewer, { role, permissions, scope }: Holding): void {
  if (!canGiveRole(viewer, permissions)) throw new NotPermitted(`You cannot give the role ${role}, which holds permissions that you lack.`);
  if (!canGiveScope(viewer, scope))
    throw new NotPermitted('You cannot give access to tickets that you cannot read: check the teams, topics and assignment scope.');
}

/** The permissions of a role, built-in or custom. */
export function permissionsOfRole(role: Role, custom: { readonly permissions: readonly Permission[] } | null): readonly Permission[] {
  return custom?.permissions ?? permissionsOf(role);
}
