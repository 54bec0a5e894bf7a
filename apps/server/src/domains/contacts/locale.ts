import { locales, parseLocale, type Locale } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import { Workspace } from '../identity/index.ts';
import type { Contact } from './contact.entity.ts';

/** Accepts a language tag with or without a region; null and '' mean the default language of the workspace. */
export function optionalLocale(field: string, tag: string | null | undefined): Locale | null {
  if (!tag?.trim()) return null;
  const locale = parseLocale(tag);
  if (locale === null) throw new InvalidInput(`Unsupported language: ${tag}. Allowed: ${locales.join(', ')}.`, field);
  return locale;
}

/** The language in which the workspace writes to a contact. */
export async function findLocale({ em, workspaceId }: Scope, { locale }: Pick<Contact, 'locale'>): Promise<Locale> {
  return locale ?? (await em.findOneOrFail(Workspace, { id: workspaceId })).customerLocale;
}
