/** The languages of the agent UI, of the customer page and of emails. */
export const locales = ['en', 'uk'] as const;
export type Locale = (typeof locales)[number];

/** Reads a language tag such as `uk` or `uk-UA`; null for a language that is not supported. */
export function parseLocale(tag: string): Locale | null {
  const language = tag.trim().toLowerCase().split(/[-_]/)[0];
  return locales.find((locale) => locale === language) ?? null;
}
