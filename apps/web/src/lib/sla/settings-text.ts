import { priorities, type DayHours } from '@baton/rules';
import type { SlaPolicyFragment } from '#lib/graphql/generated/graphql.ts';
import { language, t } from '#lib/i18n/index.ts';

/** The first of January 1970 was a Thursday; the fifth a Monday. */
const aMonday = Date.UTC(1970, 0, 5);

/** Monday to Sunday, in the page's language. */
export function weekdays(style: 'long' | 'short'): string[] {
  const format = new Intl.DateTimeFormat(language.locale, { weekday: style, timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_, index) => format.format(aMonday + index * 86_400_000));
}

/** Minutes since midnight as an input of time has them. The end of a day is written 23:59 there. */
export function asTime(minutes: number): string {
  const shown = Math.min(minutes, 24 * 60 - 1);
  return `${String(Math.floor(shown / 60)).padStart(2, '0')}:${String(shown % 60).padStart(2, '0')}`;
}

/** What an input of time says, in minutes. 23:59 as an end is midnight. */
export function asMinutes(time: string, isEnd: boolean): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const sum = hours * 60 + minutes;
  return isEnd && sum === 24 * 60 - 1 ? 24 * 60 : sum;
}

/** "Mon–Fri 09:00–18:00", days with the same hours together. */
export function hoursAsText(week: readonly (readonly DayHours[])[]): string {
  const names = weekdays('short');
  const parts: string[] = [];
  for (let first = 0; first < 7; first++) {
    const hours = JSON.stringify(week[first]);
    let last = first;
    while (last < 6 && JSON.stringify(week[last + 1]) === hours) last += 1;
    const open = (week[first] ?? []).map(({ from, to }) => `${asTime(from)}–${to === 24 * 60 ? '24:00' : asTime(to)}`).join(', ');
    if (open) parts.push(`${names[first]}${last > first ? `–${names[last]}` : ''} ${open}`);
    first = last;
  }
  return parts.join(' · ');
}

/** "30 min", "1 day". */
export function targetAsText({ amount, unit }: Pick<SlaPolicyFragment['targets'][number], 'amount' | 'unit'>): string {
  return t(`slaSettings.amount.${unit}`, { count: amount });
}

/** "First response 30 min – 1 days · Resolution …": of each metric the tightest and the loosest. */
export function targetsAsText(targets: SlaPolicyFragment['targets']): string {
  const metrics = [...new Set(targets.map(({ metric }) => metric))];
  return metrics
    .map((metric) => {
      const own = priorities
        .toReversed()
        .flatMap((priority) => targets.filter((one) => one.metric === metric && one.priority === priority));
      const words = own.map(targetAsText);
      const ends = [...new Set([words[0], words.at(-1)])];
      return `${t(`sla.${metric}`)} ${ends.join(' – ')}`;
    })
    .join(' · ');
}
