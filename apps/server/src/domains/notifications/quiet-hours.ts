import { Temporal } from 'temporal-polyfill';
import { EmailEvery } from './notification-settings.entity.ts';
import type { ProfileWanted } from './wanted.ts';

/** What comes within a minute comes in one letter; what was read meanwhile in none. */
const mailRestMs = 60_000;
const pushRestMs = 5_000;
const morning = 8;

type Quiet = Pick<ProfileWanted, 'timeZone' | 'quietFrom' | 'quietTo' | 'quietDays'>;

/** The first instant from `at` on that is in no quiet hour and on no quiet day. */
export function afterQuiet({ timeZone, quietFrom, quietTo, quietDays }: Quiet, at: Date): Date {
  let local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  // Each day is left at most twice: by its quiet hours and as a quiet day.
  for (let step = 0; step < 16; step++) {
    const minute = local.hour * 60 + local.minute;
    if (quietDays.includes(local.dayOfWeek)) local = local.add({ days: 1 }).startOfDay();
    else if (quietFrom !== null && quietTo !== null && isWithin(minute, quietFrom, quietTo)) {
      const end = minute < quietTo ? local : local.add({ days: 1 });
      local = end.withPlainTime({ hour: Math.floor(quietTo / 60), minute: quietTo % 60 });
    } else break;
  }
  return new Date(local.epochMilliseconds);
}

function isWithin(minute: number, from: number, to: number): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** When a letter tells of something that happened at `at`. */
export function mailDueAt(profile: Quiet & Pick<ProfileWanted, 'emailEvery' | 'timeZone'>, at: Date): Date {
  if (profile.emailEvery === EmailEvery.SOON) return afterQuiet(profile, new Date(at.getTime() + mailRestMs));
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(profile.timeZone);
  if (profile.emailEvery === EmailEvery.HOUR) {
    const hour = local.round({ smallestUnit: 'hour', roundingMode: 'floor' }).add({ hours: 1 });
    return afterQuiet(profile, new Date(hour.epochMilliseconds));
  }
  const today = local.withPlainTime({ hour: morning });
  const next = Temporal.ZonedDateTime.compare(today, local) > 0 ? today : today.add({ days: 1 });
  return afterQuiet(profile, new Date(next.epochMilliseconds));
}

export function pushDueAt(profile: Quiet, at: Date): Date {
  return afterQuiet(profile, new Date(at.getTime() + pushRestMs));
}
