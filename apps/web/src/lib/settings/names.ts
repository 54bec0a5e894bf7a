/** A name in each language, as the API has it and as forms do. */
interface InLanguage {
  readonly locale: string;
  readonly text: string;
}

export function asNames(names: readonly InLanguage[]): Record<string, string> {
  return Object.fromEntries(names.map(({ locale, text }) => [locale, text]));
}

export function namesFor(names: Readonly<Record<string, string>>): InLanguage[] {
  return Object.entries(names).map(([locale, text]) => ({ locale, text }));
}
