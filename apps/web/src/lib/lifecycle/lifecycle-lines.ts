import type { LifecycleSaveInput } from '#lib/graphql/generated/graphql.ts';
import { locales, t } from '#lib/i18n/index.ts';
import type { SettingLine } from '#lib/settings/setting-line.ts';

export const switches = ['openOnWork', 'checklistRequired', 'timeAccounting', 'askForRating'] as const;
export const numbers = ['closeAfterDays', 'staleAfterDays', 'staleCloseDays', 'reopenDays'] as const;
export const notices = ['closeNotices', 'staleNotices'] as const;

const textIn = (texts: LifecycleSaveInput['closeNotices'], code: string) => texts?.find(({ locale }) => locale === code)?.text ?? '';

/** What becomes of tickets by itself, part by part. */
export function lifecycleLines(lifecycle: Omit<LifecycleSaveInput, 'lifecycleVersion'>): SettingLine[] {
  const language = locales.find(({ code }) => code === lifecycle.customerLocale)?.name ?? '';
  return [
    ...switches.map((part) => ({ label: t(`lifecycle.${part}`), text: lifecycle[part] ? t('settings.yes') : t('settings.no') })),
    ...numbers.map((part) => ({ label: t(`lifecycle.${part}`), text: String(lifecycle[part] ?? t('lifecycle.never')) })),
    { label: t('lifecycle.customerLocale'), text: language },
    ...notices.flatMap((part) =>
      locales.map(({ code, name }) => ({ label: `${t(`lifecycle.${part}`)} (${name})`, text: textIn(lifecycle[part], code) })),
    ),
  ];
}
