import type { Scope } from '../../platform/scope.ts';
import { contactById } from '../contacts/index.ts';
import { memberById, teamById } from '../identity/index.ts';
import { canSeeField, fieldById, fieldPrefix } from '../fields/index.ts';
import { calendarById, policyById } from '../sla/index.ts';
import { statusById, topicById, type Names } from '../tickets/index.ts';

export interface ShownValue {
  readonly text: string;
  readonly names: { locale: string; text: string }[];
}

type Show = (scope: Scope, value: string) => Promise<string | Names | undefined>;

const shows: Readonly<Record<string, Show>> = {
  statusId: async (scope, id) => (await scope.load(statusById, id))?.name,
  topicId: async (scope, id) => (await scope.load(topicById, id))?.name,
  assigneeId: async (scope, id) => (await scope.load(memberById, id))?.name,
  watcher: async (scope, id) => (await scope.load(memberById, id))?.name,
  teamId: async (scope, id) => (await scope.load(teamById, id))?.name,
  slaPolicyId: async (scope, id) => (await scope.load(policyById, id))?.name,
  slaCalendarId: async (scope, id) => (await scope.load(calendarById, id))?.name,
  requesterId: async (scope, id) => (await scope.load(contactById, id))?.name,
  contact: async (scope, id) => (await scope.load(contactById, id))?.name,
  // Long texts are compared where they stand, not in a line of history.
  description: async () => undefined,
};

/** A logged value as people read it: ids become the names of today; null for nothing and for what is too long to show. */
export async function shownValue(scope: Scope, field: string, value: unknown): Promise<ShownValue | null> {
  if (value === null || value === undefined) return null;
  if (field.startsWith(fieldPrefix)) return shownField(scope, field.slice(fieldPrefix.length), value as readonly string[]);
  const shown = shows[field] ? await shows[field](scope, String(value)) : String(value);
  if (shown === undefined) return null;
  if (typeof shown === 'string') return { text: shown, names: [] };
  const names = Object.entries(shown).map(([locale, text]) => ({ locale, text }));
  return { text: shown.en ?? names[0]?.text ?? '', names };
}

/** The values of a field of the workspace's own, also of one that was removed. */
async function shownField(scope: Scope, fieldId: string, values: readonly string[]): Promise<ShownValue | null> {
  const field = await scope.load(fieldById, fieldId);
  if (!field || field.type === 'LONG_TEXT') return null;
  const shown = await Promise.all(
    values.map(async (value): Promise<Names> => {
      if (field.type === 'MEMBER') return { en: (await scope.load(memberById, value))?.name ?? value };
      if (field.type === 'CONTACT') return { en: (await scope.load(contactById, value))?.name ?? value };
      return field.options.find(({ id }) => id === value)?.name ?? { en: value };
    }),
  );
  const inLanguage = (locale: string) => shown.map((names) => names[locale] ?? names.en ?? '').join(', ');
  return { text: inLanguage('en'), names: ['en', 'uk'].map((locale) => ({ locale, text: inLanguage(locale) })) };
}

/** What a field is called where a word alone does not say it, and whether the viewer may know of its changes. */
export async function customFieldOf(scope: Scope, field: string): Promise<{ readonly names: Names; readonly isVisible: boolean } | null> {
  if (!field.startsWith(fieldPrefix)) return null;
  const custom = await scope.load(fieldById, field.slice(fieldPrefix.length));
  return custom && { names: custom.name, isVisible: canSeeField(scope.viewer, custom) };
}
