import { t } from '#lib/i18n/index.ts';
import type { SettingLine } from '#lib/settings/setting-line.ts';
import { permissionKeys, permissionMessage } from './permissions.ts';

/** What a role may do, permission by permission. */
export function roleLines({ name, permissions }: { readonly name: string; readonly permissions: readonly string[] }): SettingLine[] {
  return [
    { label: t('roles.name'), text: name },
    ...permissionKeys
      .filter((key) => permissions.includes(key))
      .map((key) => ({ label: t(permissionMessage(key)), text: t('settings.yes') })),
  ];
}
