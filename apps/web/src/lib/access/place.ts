import type { AssignmentScope, Role, RoleFragment } from '#lib/graphql/generated/graphql.ts';
import { t } from '#lib/i18n/index.ts';

/** What somebody is, as a form holds it. `role` is a built-in role's name, or the id of one of the workspace's own. */
export interface Place {
  role: string;
  teamIds: string[];
  allTeams: boolean;
  /** Limits the tickets that they can read; none = every topic. */
  topicIds: string[];
  assignmentScope: AssignmentScope;
}

export function emptyPlace(): Place {
  return { role: 'AGENT', teamIds: [], allTeams: false, topicIds: [], assignmentScope: 'ANY' };
}

export function roleKey({ id, role }: Pick<RoleFragment, 'id' | 'role'>): string {
  return id ?? role;
}

export function roleName({ role, name }: { role: Role; name?: string | null }): string {
  return name ?? t(`role.${role}`);
}

/** As the server wants it. */
export function placeInput({ role, ...scope }: Place, roles: readonly RoleFragment[]) {
  const chosen = roles.find((one) => roleKey(one) === role);
  return { role: chosen?.role ?? ('GUEST' as Role), customRoleId: chosen?.id ?? null, ...scope };
}
