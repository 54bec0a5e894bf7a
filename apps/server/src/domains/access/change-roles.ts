import { LockMode } from '@mikro-orm/core';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import { requireFreeName, type NameSpace } from '../../platform/free-names.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  madeAnew,
  reviseSetting,
  settingCreated,
  settingDeleted,
  type MadeAs,
  type Setting,
  type SettingState,
} from '../../platform/setting-versions.ts';
import { CustomRole, Member, requirePermissions } from '../identity/index.ts';
import { RoleNotFound } from './access.errors.ts';
import { canGiveRole, requireSettings } from './access.policy.ts';

const roleNames: NameSpace = { table: 'custom_role' };

export interface SaveRole {
  readonly name: string;
  readonly permissions: readonly string[];
}

const roleSetting: Setting<CustomRole> = {
  kind: 'ROLE',
  stateOf: ({ name, permissions }): SaveRole & SettingState => ({ name, permissions }),
};

export function createRole(scope: Scope, { name, permissions }: SaveRole, { id, version }: MadeAs = madeAnew()): Promise<CustomRole> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const role = tx.em.create(CustomRole, {
      workspaceId: tx.workspaceId,
      id,
      name: await requireFreeName(tx, roleNames, name, null),
      permissions: requirePermissions(tx, permissions),
      version,
    });
    await settingCreated(tx, roleSetting, role);
    await recordChange(tx, role, { created: role.name, permissions: role.permissions });
    return role;
  });
}

/** Changes a role for everybody who has it. Refused when somebody else saved it since `version`. */
export function editRole(
  scope: Scope,
  { roleId, version, name, permissions }: SaveRole & { roleId: string; version: number },
): Promise<CustomRole> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const role = await requireRole(tx, roleId);
    const before = { name: role.name, permissions: role.permissions };
    const change = async () => {
      role.name = await requireFreeName(tx, roleNames, name, role.id);
      role.permissions = requirePermissions(tx, permissions);
    };
    if (await reviseSetting(tx, roleSetting, { thing: role, version, change })) {
      await recordChange(tx, role, { from: before, to: { name: role.name, permissions: role.permissions } });
    }
    return role;
  });
}

/** Deletes a role that nobody has. */
export function deleteRole(scope: Scope, roleId: string): Promise<CustomRole> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const role = await requireRole(tx, roleId);
    const holders = await tx.em.count(Member, { workspaceId: tx.workspaceId, customRoleId: role.id });
    if (holders > 0) throw new StillInUse(`${holders} members have the role "${role.name}". Give them another first.`, 'roleId');
    await settingDeleted(tx, roleSetting, role);
    await tx.em.nativeDelete(CustomRole, { workspaceId: tx.workspaceId, id: role.id });
    await recordChange(tx, role, { deleted: role.name });
    return role;
  });
}

async function requireRole(tx: Scope, id: string): Promise<CustomRole> {
  const role = isId(id)
    ? await tx.em.findOne(CustomRole, { workspaceId: tx.workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!role) throw new RoleNotFound();
  if (!canGiveRole(tx.viewer, role.permissions)) {
    throw new NotPermitted(`You cannot change the role "${role.name}": it may do what you may not.`);
  }
  return role;
}

async function recordChange(tx: Scope, { id }: CustomRole, details: Record<string, unknown>): Promise<void> {
  await recordSecurity(tx, SecurityEventKind.ROLE_CHANGED, { subjectId: id, details });
  const holders = await tx.em.find(Member, { workspaceId: tx.workspaceId, customRoleId: id }, { fields: ['id'] });
  tx.record(domainEvent(accessChanged, null, { memberIds: holders.map((holder) => holder.id) }));
}
