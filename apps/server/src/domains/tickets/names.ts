import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { requireLine } from '../../kernel/text.ts';
import type { Names } from './status.entity.ts';

const languages = ['en', 'uk'];

/** Names in the languages of the desk; one that is left out is as in another. */
export function requireNames(field: string, names: Names): Names {
  const given = Object.entries(names).filter(([locale, text]) => languages.includes(locale) && text.trim() !== '');
  const [first] = given;
  if (!first) throw new InvalidInput(`The ${field} are empty. Write a name in at least one of: ${languages.join(', ')}.`, field);
  const written = Object.fromEntries(given);
  return Object.fromEntries(languages.map((locale) => [locale, requireLine(field, written[locale] ?? first[1], limits.name)]));
}
