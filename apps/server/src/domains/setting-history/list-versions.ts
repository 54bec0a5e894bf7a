import { NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { readSettingVersions, SettingKind, type SettingVersion } from '../../platform/setting-versions.ts';

export interface VersionsWanted {
  readonly kind?: SettingKind | null | undefined;
  readonly settingId?: string | null | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
}

export interface VersionsPage {
  readonly versions: readonly SettingVersion[];
  readonly hasNext: boolean;
}

export const versionCursors = new Cursors<SettingVersion>('settingVersions', ['uuid'], ({ id }) => [id]);

/** What was saved of settings, newest first: for those who save them. */
export async function listSettingVersions(scope: Scope, { kind, settingId, first, after }: VersionsWanted): Promise<VersionsPage> {
  requireSettings(scope.viewer);
  const count = requirePageSize('first', first);
  const [before = null] = versionCursors.read('after', after) ?? [];
  const kinds = Object.values(SettingKind).filter((one) => canSeeKind(scope.viewer, one) && (!kind || kind === one));
  if (kinds.length === 0 || (settingId && !isId(settingId))) return { versions: [], hasNext: false };
  const found = await readSettingVersions(scope, { kinds, settingId: settingId ?? null, first: count + 1, before });
  return { versions: found.slice(0, count), hasNext: found.length > count };
}

export function requireSettings(viewer: Viewer): void {
  if (may(viewer, 'settings.save')) return;
  throw new NotPermitted('Earlier versions of settings are for those with the permission "settings.save". Ask an administrator.');
}

/** Roles and teams are for those who see people. */
export function canSeeKind(viewer: Viewer, kind: SettingKind): boolean {
  return (kind !== SettingKind.ROLE && kind !== SettingKind.TEAM) || may(viewer, 'people.read');
}
