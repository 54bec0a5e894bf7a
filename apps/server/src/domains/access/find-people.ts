import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, type Permission } from '../../kernel/viewer.ts';
import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { AccessToken, Account, CustomRole, Member, MemberKind, permissionsOf, Role } from '../identity/index.ts';

function requirePeople({ viewer }: Scope): void {
  if (!may(viewer, 'people.read')) throw new NotPermitted('Your role does not read the list of people. Ask an administrator.');
}

/** Everybody who is or was a person of the workspace, by name. */
export function listPeople(scope: Scope): Promise<Member[]> {
  requirePeople(scope);
  return scope.em.find(Member, { workspaceId: scope.workspaceId, kind: MemberKind.PERSON }, { orderBy: { name: 'asc', id: 'asc' } });
}

/** The programs that have a member of their own, by name. */
export function listMachines(scope: Scope): Promise<Member[]> {
  if (!may(scope.viewer, 'token.machine')) throw new NotPermitted('Your role does not keep tokens of machines. Ask an administrator.');
  return scope.em.find(
    Member,
    { workspaceId: scope.workspaceId, kind: MemberKind.MACHINE, active: true },
    { orderBy: { name: 'asc', id: 'asc' } },
  );
}

export function tokensOfMachine(scope: Scope, memberId: string): Promise<AccessToken[]> {
  return scope.em.find(AccessToken, { workspaceId: scope.workspaceId, memberId, revokedAt: null }, { orderBy: { createdAt: 'desc' } });
}

export const accountById = loaderByKey(
  ({ em }, ids: readonly string[]) => em.find(Account, { id: { $in: [...ids] } }),
  (account) => account.id,
);

/** When somebody was last here, by the browsers that are still signed in; null for not since then. */
export const lastSeenByMember = loaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]) => {
    const rows: { member_id: string; at: Date | string | null }[] = await em.execute(
      `select member_id, max(coalesce(last_used_at, created_at)) as at from session
       where workspace_id = ? and member_id = any(?::uuid[]) group by member_id`,
      [workspaceId, `{${ids.join(',')}}`],
    );
    return rows.map(({ member_id: memberId, at }) => ({ memberId, at: at === null ? null : new Date(at) }));
  },
  ({ memberId }) => memberId,
);

export const customRoleById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(CustomRole, { workspaceId, id: { $in: [...ids] } }),
  (role) => role.id,
);

/** A role as people choose it: built-in, or the workspace's own. */
export interface RoleDescription {
  readonly role: Role;
  readonly custom: CustomRole | null;
  readonly permissions: readonly Permission[];
}

/** The built-in roles from the most to the least, then the workspace's own by name. */
export async function listRoles(scope: Scope): Promise<RoleDescription[]> {
  requirePeople(scope);
  const own = await scope.em.find(CustomRole, { workspaceId: scope.workspaceId }, { orderBy: { name: 'asc' } });
  const builtIn = Object.values(Role).filter((role) => role !== Role.CUSTOM);
  return [...builtIn.map((role) => ({ role, custom: null, permissions: permissionsOf(role) })), ...own.map(asDescription)];
}

export function asDescription(custom: CustomRole): RoleDescription {
  return { role: Role.CUSTOM, custom, permissions: custom.permissions };
}
