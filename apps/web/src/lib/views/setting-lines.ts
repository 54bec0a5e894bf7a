import { roleLines } from '#lib/access/role-lines.ts';
import { plainOf } from '#lib/conversations/plain-text.ts';
import { fieldText } from '#lib/fields/field-text.ts';
import type { SettingKind } from '#lib/graphql/generated/graphql.ts';
import { locales, localized, t, type MessageKey } from '#lib/i18n/index.ts';
import type { Desk } from '#lib/identity/desk.ts';
import { lifecycleLines } from '#lib/lifecycle/lifecycle-lines.ts';
import type { SettingLine } from '#lib/settings/setting-line.ts';
import { calendarLines, policyLines } from '#lib/sla/settings-lines.ts';
import { topicPath } from '#lib/tickets/topic-path.ts';

interface InLanguage {
  readonly locale: string;
  readonly text: string;
}
type State = Readonly<Record<string, unknown>>;
type Text = (value: unknown, desk: Desk, state: State) => string;

const plain: Text = (value) => (value === null || value === undefined ? '' : String(value));
const yesOrNo: Text = (value) => t(value ? 'settings.yes' : 'settings.no');
const eachLine: Text = (value) => (value as readonly string[]).join('\n');
/** A word of ours, by the beginning of its message. */
const word =
  (prefix: string): Text =>
  (value) =>
    value ? t(`${prefix}.${value as string}` as MessageKey) : '';
/** What ids stand for, by where they are listed. */
const named =
  (listed: (desk: Desk) => readonly { readonly id: string; readonly name: string }[]): Text =>
  (value, desk) =>
    ([value ?? []].flat() as string[]).map((id) => listed(desk).find((one) => one.id === id)?.name ?? t('settings.gone')).join(', ');

const topics = named(({ directory }) => directory.topics.map((topic) => ({ id: topic.id, name: topicPath(directory.topics, topic) })));
const statuses = named(({ directory }) => directory.statuses.map(({ id, names }) => ({ id, name: localized(names) })));
const teams = named(({ directory }) => directory.teams);
const members = named(({ directory }) => directory.members);

const options: Text = (value) =>
  (value as readonly { readonly names: readonly InLanguage[] }[])
    .map(({ names }) => [...new Set(names.map(({ text }) => text))].join(' / '))
    .join('\n');
const fieldValues: Text = (value, { directory }) =>
  (value as readonly { readonly fieldId: string; readonly values: readonly string[] }[])
    .map(({ fieldId, values }) => {
      const field = directory.customFields.find(({ id }) => id === fieldId);
      return field ? `${localized(field.names)}: ${fieldText(field, values, directory.members)}` : t('settings.gone');
    })
    .join('\n');
const defaultValues: Text = (value, { directory }, state) =>
  fieldText(state as Parameters<typeof fieldText>[0], value as string[], directory.members);
const richText: Text = (value) => plainOf(value as string);

type Part = readonly [label: MessageKey, text: Text];

/** The parts of each kind, in the order of its form. Names stand before them. */
const parts: Readonly<Partial<Record<SettingKind, Readonly<Record<string, Part>>>>> = {
  TOPIC: { key: ['topics.key', plain], parentId: ['topics.parent', topics] },
  STATUS: {
    category: ['statuses.category', word('category')],
    waitingOn: ['statuses.waitingOn', word('statuses.waitingOn')],
    color: ['statuses.color', word('color')],
    requiresAssignee: ['statuses.requiresAssignee', yesOrNo],
    fromIds: ['statuses.from', statuses],
  },
  FIELD: {
    type: ['fields.type', word('fields.type')],
    key: ['fields.key', plain],
    required: ['fields.required', word('fields.required')],
    help: ['fields.help', plain],
    minimum: ['fields.minimum', plain],
    maximum: ['fields.maximum', plain],
    options: ['fields.options', options],
    topicIds: ['fields.topics', topics],
    defaultValues: ['fields.default', defaultValues],
    pattern: ['fields.pattern', plain],
    forLightAgents: ['fields.forLightAgents', yesOrNo],
    forClients: ['fields.forClients', yesOrNo],
  },
  TAG: { name: ['fields.name', plain] },
  TEMPLATE: {
    name: ['templates.name', plain],
    subject: ['templates.subject', plain],
    description: ['templates.description', richText],
    priority: ['templates.priority', word('priority')],
    topicId: ['templates.topic', topics],
    teamId: ['templates.team', teams],
    fields: ['settings.fields', fieldValues],
    checklist: ['templates.checklist', eachLine],
    watcherIds: ['watchers.title', members],
  },
  SKILL_GROUP: { name: ['skills.name', plain], topicIds: ['skills.topics', topics], memberIds: ['skills.members', members] },
  TEAM: {
    name: ['fields.name', plain],
    reopenToQueue: ['teams.reopened', (value) => t(value ? 'teams.toQueue' : 'teams.toAssignee')],
    calendarId: ['slaSettings.teamHours', (value) => t(value ? 'slaSettings.ownHours' : 'slaSettings.policyHours')],
  },
};

/** A setting part by part, so that two versions of it can be held against each other. The state is what an input of its kind says. */
export function settingLines(
  kind: SettingKind,
  given: object,
  desk: Desk,
  calendars: readonly { id: string; name: string }[] = [],
): SettingLine[] {
  const state = given as State;
  if (kind === 'LIFECYCLE') return lifecycleLines(given as Parameters<typeof lifecycleLines>[0]);
  if (kind === 'ROLE') return roleLines(given as Parameters<typeof roleLines>[0]);
  if (kind === 'SLA_CALENDAR') return calendarLines(given as Parameters<typeof calendarLines>[0]);
  if (kind === 'SLA_POLICY') {
    const calendarName = (id: string | null) =>
      id === null ? t('slaSettings.always') : (calendars.find((calendar) => calendar.id === id)?.name ?? t('settings.gone'));
    return policyLines(given as Parameters<typeof policyLines>[0], desk, calendarName);
  }
  if (kind === 'PRIORITIES') {
    const own = state.names as readonly { readonly priority: 'LOW'; readonly names: readonly InLanguage[] }[];
    return own.flatMap(({ priority, names }) => inLanguages(t(`labels.priority.${priority}`), names));
  }
  const names = 'names' in state ? inLanguages(t('fields.name'), state.names as readonly InLanguage[]) : [];
  const shown = Object.entries(parts[kind] ?? {}).filter(([part]) => part in state);
  return [...names, ...shown.map(([part, [label, text]]) => ({ label: t(label), text: text(state[part], desk, state) }))];
}

/** The words for parts, for a part that was left out. */
export function settingPartLabel(kind: SettingKind, part: string): string {
  const label = parts[kind]?.[part]?.[0];
  return label ? t(label) : part;
}

/** What a setting is called in the viewer's language; nothing for what a workspace has one of. */
export function settingName(kind: SettingKind, state: object): string {
  if (kind === 'PRIORITIES' || kind === 'LIFECYCLE') return '';
  const { names, name } = state as { readonly names?: readonly InLanguage[]; readonly name?: string };
  return names ? localized(names) : (name ?? '');
}

function inLanguages(label: string, names: readonly InLanguage[]): SettingLine[] {
  return locales.flatMap(({ code, name: language }) => {
    const text = names.find(({ locale }) => locale === code)?.text ?? '';
    return text === '' ? [] : [{ label: t('settings.nameIn', { name: label, language }), text }];
  });
}
