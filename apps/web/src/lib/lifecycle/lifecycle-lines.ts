import type { LifecycleSaveInput } from '#lib/graphql/generated/graphql.ts';
import { t } from '#lib/i18n/index.ts';
import type { SettingLine } from '#lib/settings/setting-line.ts';

export const switches = ['openOnWork', 'checklistRequired', 'timeAccounting', 'askForRating'] as const;
export const numbers = ['closeAfterDays', 'staleAfterDays', 'staleCloseDays', 'reopenDays'] as const;
export const notices = ['closeNotice', 'staleNotice'] as const;

/** What becomes of tickets by itself, part by part. */
export function lifecycleLines(lifecycle: Omit<LifecycleSaveInput, 'lifecycleVersion'>): SettingLine[] {
  return [
    ...switches.map((part) => ({ label: t(`lifecycle.${part}`), text: lifecycle[part] ? t('settings.yes') : t('settings.no') })),
    ...numbers.map((part) => ({ label: t(`lifecycle.${part}`), text: String(lifecycle[part] ?? t('lifecycle.never')) })),
    ...notices.map((part) => ({ label: t(`lifecycle.${part}`), text: lifecycle[part] })),
  ];
}
