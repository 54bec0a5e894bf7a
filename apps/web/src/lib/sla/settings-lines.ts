import type { SlaCalendarSaveInput, SlaPolicySaveInput } from '#lib/graphql/generated/graphql.ts';
import { localized, t } from '#lib/i18n/index.ts';
import type { Desk } from '#lib/identity/desk.ts';
import type { SettingLine } from '#lib/settings/setting-line.ts';
import { asTime, hoursAsText, targetAsText } from './settings-text.ts';

type PolicyLike = Pick<SlaPolicySaveInput, 'name' | 'conditions' | 'calendarId' | 'targets' | 'warning' | 'steps' | 'options'>;
type CalendarLike = Pick<SlaCalendarSaveInput, 'name' | 'timeZone' | 'week' | 'holidays'>;

/** A policy part by part, so that two versions of it can be held against each other. */
export function policyLines(policy: PolicyLike, { directory }: Desk, calendarName: (id: string | null) => string): SettingLine[] {
  const { conditions, targets, warning, steps = [], options } = policy;
  const names = (ids: readonly (string | number)[] | null | undefined, nameOf: (id: string) => string) =>
    (ids ?? []).map((id) => nameOf(String(id))).join(', ');
  const team = (id: string) => directory.teams.find((one) => one.id === id)?.name ?? id;
  const member = (id: string) => directory.members.find((one) => one.id === id)?.name ?? id;
  const stepText = ({ on, metric, action, value, afterMinutes }: NonNullable<PolicyLike['steps']>[number]) =>
    [
      t(`slaSettings.on.${on}`),
      on === 'BREACH' && afterMinutes ? `+${afterMinutes} ${t('slaSettings.MINUTES')}` : '',
      metric ? t(`sla.${metric}`) : t('slaSettings.anyMetric'),
      t(`slaSettings.action.${action}`),
      action === 'TAG' ? value : action === 'MOVE_TO_TEAM' ? team(value ?? '') : value ? member(value) : '',
    ]
      .filter(Boolean)
      .join(' ');
  return [
    { label: t('slaSettings.name'), text: policy.name },
    { label: t('slaSettings.priorities'), text: names(conditions.priorities, (id) => t(`priority.${id as 'LOW'}`)) },
    {
      label: t('slaSettings.topics'),
      text: names(conditions.topicIds, (id) => localized(directory.topics.find((one) => one.id === id)?.names ?? [])),
    },
    { label: t('slaSettings.teams'), text: names(conditions.teamIds, team) },
    { label: t('slaSettings.tags'), text: names(conditions.tagIds, (id) => directory.tags.find((one) => one.id === id)?.name ?? id) },
    { label: t('slaSettings.sources'), text: names(conditions.sources, (source) => t(`source.${source as 'API'}`)) },
    { label: t('slaSettings.organizations'), text: names(conditions.organizations, (name) => name) },
    { label: t('slaSettings.calendar'), text: calendarName(policy.calendarId ? String(policy.calendarId) : null) },
    ...targets.map((target) => ({
      label: `${t(`sla.${target.metric}`)}, ${t(`priority.${target.priority}`)}`,
      text: targetAsText(target),
    })),
    { label: t('slaSettings.warn'), text: String(Math.round(warning.share * 100)) },
    { label: t('slaSettings.before'), text: String(warning.beforeMinutes) },
    { label: t('slaSettings.steps'), text: steps.map(stepText).join('; ') },
    { label: t('slaSettings.newCycle'), text: yesOrNo(options?.newCycle) },
    { label: t('slaSettings.restartOnMessage'), text: yesOrNo(options?.restartOnMessage) },
  ];
}

/** A calendar part by part. */
export function calendarLines({ name, timeZone, week, holidays = [] }: CalendarLike): SettingLine[] {
  return [
    { label: t('slaSettings.name'), text: name },
    { label: t('slaSettings.zone'), text: timeZone },
    { label: t('slaSettings.hours'), text: hoursAsText(week) },
    ...holidays.map((holiday) => ({
      label: `${t('slaSettings.holidays')}: ${holiday.date}`,
      text: [holiday.name, ...(holiday.hours ?? []).map(({ from, to }) => `${asTime(from)}–${asTime(to)}`)].join(' '),
    })),
  ];
}

function yesOrNo(value: boolean | null | undefined): string {
  return value ? t('settings.yes') : t('settings.no');
}
