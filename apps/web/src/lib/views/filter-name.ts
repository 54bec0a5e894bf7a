import { fullTime, localized, t } from '#lib/i18n/index.ts';
import type { Desk } from '#lib/identity/desk.ts';
import { none, wordsOf, type Condition, type Trait } from '#lib/tickets/filter-address.ts';
import { fieldKey, type FilterWorld } from '#lib/tickets/filter-text.ts';

/** What a list of an address shows, in words: "Open · Support". */
export function filterName(parameters: URLSearchParams, { directory }: Desk): string {
  const names: Record<Condition, (value: string) => string> = {
    only: (trait) => t(`filter.only.${trait as Trait}`),
    status: (id) => localized(directory.statuses.find((one) => one.id === id)?.names ?? []),
    priority: (priority) => t(`priority.${priority as 'LOW'}`),
    team: (id) => (id === none ? t('filter.noTeam') : (directory.teams.find((one) => one.id === id)?.name ?? '')),
    topic: (id) => (id === none ? t('filter.noTopic') : localized(directory.topics.find((one) => one.id === id)?.names ?? [])),
    assignee: (id) => (id === none ? t('filter.unassigned') : (directory.members.find((one) => one.id === id)?.name ?? '')),
    created: (from) => t('filter.created', { time: fullTime(from) }),
    resolved: (from) => t('filter.resolved', { time: fullTime(from) }),
  };
  const words = wordsOf(parameters).flatMap(({ condition, values }) => values.map(names[condition]));
  return words.filter((word) => word !== '').join(' · ');
}

/** What a filter that is typed can name. */
export function filterWorld({ directory }: Desk): FilterWorld {
  const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, names: [name] });
  const inLanguages = ({ id, names }: { readonly id: string; readonly names: readonly { readonly text: string }[] }) => ({
    id,
    names: [localized(names as Parameters<typeof localized>[0]), ...names.map(({ text }) => text)],
  });
  return {
    statuses: directory.statuses.map(inLanguages),
    topics: directory.topics.map((topic) => {
      const { id, names } = inLanguages(topic);
      return { id, names: topic.key ? [...names, topic.key] : names };
    }),
    teams: directory.teams.map(named),
    members: directory.members.map(named),
    tags: directory.tags.map(named),
    fields: directory.customFields.map((field) => ({
      ...inLanguages(field),
      key: field.key,
      type: field.type,
      options: field.options.map(inLanguages),
    })),
  };
}

/** What a condition asks of, in words. */
export function keyName(key: string, { fields }: FilterWorld): string {
  return fields.find((field) => fieldKey(field) === key)?.names[0] ?? t(`filter.name.${key as 'status'}`);
}

/** What a condition is for, beside its key. */
export function keyHint(key: string, { fields }: FilterWorld): string {
  return fields.find((field) => fieldKey(field) === key)?.names[0] ?? t(`filter.key.${key as 'status'}`);
}

const words = [
  'me',
  'mine',
  'none',
  'any',
  'yes',
  'no',
  'unassigned',
  'snoozed',
  'reopened',
  'merged',
  'overdue',
  'customer',
  'vendor',
] as const;

/** A value of a condition, in words; a name is its own. */
export function valueName(key: string, value: string): string {
  if (key === 'source') return t(`source.${value.toUpperCase().replaceAll('-', '_') as 'API'}`);
  if (key === 'priority') return t(`priority.${value.toUpperCase() as 'LOW'}`);
  const word = words.find((one) => one === value);
  return word ? t(`filter.value.${word}`) : value;
}
