/** A number and its noun in the plural form of the language. */
export function counted(count: number, locale: string, one: string, many: string, few = many): string {
  const form = new Intl.PluralRules(locale).select(count);
  return `${count} ${form === 'one' ? one : form === 'few' ? few : many}`;
}
