import { limits, locales, nameKey } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { NameTaken } from '../../kernel/settings-error.ts';
import { requireLine } from '../../kernel/text.ts';
import type { Names } from './status.entity.ts';

/** Names in all supported languages; a missing one is copied from another. */
export function requireNames(field: string, names: Names): Names {
  const given = Object.entries(names).filter(([locale, text]) => (locales as readonly string[]).includes(locale) && text.trim() !== '');
  const [first] = given;
  if (!first) throw new InvalidInput(`The ${field} are empty. Write a name in at least one of: ${locales.join(', ')}.`, field);
  const written = Object.fromEntries(given);
  return Object.fromEntries(locales.map((locale) => [locale, requireLine(field, written[locale] ?? first[1], limits.name)]));
}

/** Throws NameTaken where two objects of one list have the same name in a language. */
export function requireDistinctNames(field: string, list: readonly Names[]): void {
  for (const locale of locales) {
    const keys = list.map((names) => nameKey(names[locale] ?? ''));
    const twice = list.find((_names, index) => keys.indexOf(keys[index] ?? '') !== index);
    if (twice) throw new NameTaken(field, twice[locale] ?? '');
  }
}
