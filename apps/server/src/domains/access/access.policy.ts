import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, type Permission, type Viewer } from '../../kernel/viewer.ts';
import { permissionsOf, Role } from '../identity/index.ts';

/** Whoever saves settings of any kind needs the key to settings, and the one of their kind. */
export function requireSettings(viewer: Viewer, permission: Permission): void {
  if (may(viewer, 'settings.save') && may(viewer, permission)) return;
  throw new NotPermitted(`Saving this needs the permissions "settings.save" and "${permission}". Ask an administrator.`);
}

/** Nobody raises anybody above themselves: owners are made by owners, and a role holds no right its giver lacks. */
export function canGiveRole(viewer: Viewer, role: Role, held: readonly Permission[]): boolean {
  if (role === Role.OWNER) return viewer.role === Role.OWNER || viewer.kind === 'SYSTEM';
  return held.every((permission) => may(viewer, permission));
}

/** Owners are changed by owners alone, everybody else by those who could have given them what they have. */
export function canChange(viewer: Viewer, member: { readonly role: Role }, held: readonly Permission[]): boolean {
  return canGiveRole(viewer, member.role, held);
}

/** What a role may do, built-in or of the workspace's own. */
export function permissionsOfRole(role: Role, custom: { readonly permissions: readonly Permission[] } | null): readonly Permission[] {
  return custom?.permissions ?? permissionsOf(role);
}
