import { language } from './i18n.svelte.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** "5 minutes ago", in the page's language. */
export function relativeTime(instant: string, now: number): string {
  const { locale } = language;
  const format = relativeFormats.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' });
  relativeFormats.set(locale, format);
  const passed = Date.parse(instant) - now;
  const size = Math.abs(passed);
  if (size < minute) return format.format(Math.min(0, Math.round(passed / 1000)), 'second');
  if (size < hour) return format.format(Math.round(passed / minute), 'minute');
  if (size < day) return format.format(Math.round(passed / hour), 'hour');
  if (size < 60 * day) return format.format(Math.round(passed / day), 'day');
  if (size < 365 * day) return format.format(Math.round(passed / (30.44 * day)), 'month');
  return format.format(Math.round(passed / (365.25 * day)), 'year');
}

/** Bytes, as people say them: "1.2 MB". */
export function fileSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const format = { style: 'unit', unit: units[power] ?? 'byte', unitDisplay: 'narrow', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language.locale, format).format(bytes / 1024 ** power);
}

/** A number with the separators of the page's language. */
export function count(number: number): string {
  return new Intl.NumberFormat(language.locale).format(number);
}

export function fullTime(instant: string): string {
  const { locale } = language;
  const format = dateFormats.get(locale) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  dateFormats.set(locale, format);
  return format.format(new Date(instant));
}

export function clockTime(instant: number): string {
  return new Intl.DateTimeFormat(language.locale, { timeStyle: 'short' }).format(instant);
}

const units = { en: { d: 'd', h: 'h', m: 'm', s: 's' }, uk: { d: 'д', h: 'год', m: 'хв', s: 'с' } } as const;

/** A span in its two largest units: "2d 4h", "12m 05s". `dayMs`: how long a day is, for time that counts working days. */
export function duration(milliseconds: number, dayMs = day): string {
  const unit = units[language.locale];
  const size = Math.abs(milliseconds);
  const d = Math.floor(size / dayMs);
  const rest = size - d * dayMs;
  const [h, m, s] = [Math.floor(rest / hour), Math.floor(rest / minute) % 60, Math.floor(rest / 1000) % 60];
  if (d > 0) return h > 0 ? `${d}${unit.d} ${h}${unit.h}` : `${d}${unit.d}`;
  if (h > 0) return `${h}${unit.h} ${m}${unit.m}`;
  return `${m}${unit.m} ${String(s).padStart(2, '0')}${unit.s}`;
}

/** A span in hours and minutes, for figures that compare spans of calendars with working days of different lengths. */
export function hoursAndMinutes(milliseconds: number): string {
  const unit = units[language.locale];
  const minutes = Math.round(Math.abs(milliseconds) / minute);
  return `${count(Math.floor(minutes / 60))}${unit.h} ${minutes % 60}${unit.m}`;
}
