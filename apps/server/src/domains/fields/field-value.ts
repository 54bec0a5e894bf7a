import { parseEmailAddress } from '../../kernel/email-address.ts';
import { RE2JS } from 're2js';
import { cutText, isVisible } from '../../kernel/text.ts';
import type { CustomField } from './field.entity.ts';

/** What is given is not a value of the field; says what would be. */
export class UnfitValue extends Error {}

const lineLength = 255;
const textLength = 10_000;

/**
 * Values in their canonical form, so that equal ones are equal texts: numbers as JavaScript writes them, dates as
 * `2026-03-29`, instants in UTC, addresses in lower case. Whether a contact or a member exists is for others to say.
 */
export function canonicalValues(field: CustomField, given: readonly string[]): string[] {
  const values = given.map((value) => value.trim()).filter((value) => value !== '');
  if (values.length > 1 && field.type !== 'MULTI_SELECT') throw new UnfitValue(`${values.length} values were given. Give one.`);
  return [...new Set(values.map((value) => canonical(field, value)))];
}

/** Throws UnfitValue where the canonical form would be another value than the one that was given. */
function canonical({ type, options, minimum, maximum, pattern }: CustomField, value: string): string {
  switch (type) {
    case 'TEXT':
    case 'EXTERNAL_ID':
      if (value.length > lineLength || /[\r\n]/.test(value)) throw new UnfitValue(`Write one line of at most ${lineLength} characters.`);
      return fittingText(value, { minimum, maximum, pattern });
    case 'LONG_TEXT':
      if (value.length > textLength) throw new UnfitValue(`Write at most ${textLength} characters.`);
      return fittingText(value, { minimum, maximum, pattern });
    case 'NUMBER':
      return canonicalNumber(value, { minimum, maximum });
    case 'CHECKBOX':
      if (value !== 'true' && value !== 'false') throw new UnfitValue('Give true or false.');
      return value;
    case 'SELECT':
    case 'MULTI_SELECT':
      if (!options.some(({ id }) => id === value)) throw new UnfitValue('Choose one of the options.');
      return value;
    case 'DATE':
      return canonicalDay(value);
    case 'DATE_TIME':
      return canonicalInstant(value);
    case 'URL':
      return canonicalUrl(value);
    case 'EMAIL': {
      const address = parseEmailAddress(value);
      if (address === null) throw new UnfitValue(`Invalid email address: ${value}. Write one address, such as name@example.org.`);
      return address;
    }
    case 'PHONE':
      return canonicalPhone(value);
    case 'CONTACT':
    case 'MEMBER':
      return value;
  }
}

/** Patterns are matched in linear time, whatever somebody wrote. */
function fittingText(value: string, { minimum, maximum, pattern }: Pick<CustomField, 'minimum' | 'maximum' | 'pattern'>): string {
  if (!isVisible(value)) throw new UnfitValue('The text has no visible character. Write one, or leave the field empty.');
  if (minimum !== null && value.length < minimum) throw new UnfitValue(`Write at least ${minimum} characters; ${value.length} were given.`);
  if (maximum !== null && value.length > maximum) throw new UnfitValue(`Write at most ${maximum} characters; ${value.length} were given.`);
  if (pattern !== '' && !RE2JS.matches(pattern, value)) throw new UnfitValue(`"${value}" does not look like ${pattern}.`);
  return value;
}

/** As many as a double keeps exactly. */
const significantDigits = 15;

function canonicalNumber(value: string, { minimum, maximum }: Pick<CustomField, 'minimum' | 'maximum'>): string {
  const [, sign, whole, fraction = ''] = /^([+-]?)(\d+)(?:[.,](\d+))?$/.exec(value) ?? [];
  if (whole === undefined) throw new UnfitValue(`Invalid number: "${value}". Write digits with one decimal point, such as -1234.5.`);
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(value))
    throw new UnfitValue(`"${value}" can be read as two numbers. Write ${value.replace(',', '')} or ${value.replace(',', '.')}.`);
  const digits = `${whole.replace(/^0+(?=\d)/, '')}.${fraction}`.replace(/0+$/, '').replace(/\.$/, '');
  const exact = digits === '0' ? '0' : `${sign === '-' ? '-' : ''}${digits}`;
  const number = Number(exact);
  // Else the number that is stored would not be the one that was written.
  if (digits.replace('.', '').replace(/^0+/, '').length > significantDigits || String(number) !== exact)
    throw new UnfitValue(`"${value}" cannot be stored exactly. Allowed: ${significantDigits} digits, not below 0.000001.`);
  if (minimum !== null && number < minimum) throw new UnfitValue(`"${value}" is too small. The minimum is ${minimum}.`);
  if (maximum !== null && number > maximum) throw new UnfitValue(`"${value}" is too large. The maximum is ${maximum}.`);
  return exact;
}

const firstYear = 1900;
const lastYear = 2199;

function canonicalDay(value: string): string {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  if (!isDay(Number(year), Number(month), Number(day)))
    throw new UnfitValue(`Invalid date: "${value}". Write an existing day from ${firstYear} to ${lastYear}, such as 2026-03-29.`);
  return value;
}

function canonicalInstant(value: string): string {
  const pattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(?:Z|[+-](\d{2}):(\d{2}))$/;
  const [whole, ...parts] = pattern.exec(value) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const isTime = hour < 24 && minute < 60 && second < 60 && zoneHour < 15 && zoneMinute < 60;
  const instant = new Date(whole ?? NaN);
  // The zone can move the instant into another year.
  if (!isTime || !isDay(year, month, day) || !isYear(instant.getUTCFullYear()))
    throw new UnfitValue(
      `Invalid date and time: "${value}". Write an existing day from ${firstYear} to ${lastYear}, a time and its zone, such as 2026-03-29T12:00:00Z.`,
    );
  return instant.toISOString();
}

function isDay(year: number, month: number, day: number): boolean {
  // Day 0 of the next month is the last of this one.
  return isYear(year) && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const isYear = (year: number) => year >= firstYear && year <= lastYear;

const urlLength = 2000;

function canonicalUrl(value: string): string {
  // The parser would remove line breaks and tabs, turn backslashes, and add slashes that are missing.
  const url = value.length <= urlLength && /^https?:\/\/[^\s\\/?#][^\s\\]*$/iu.test(value) ? URL.parse(value) : null;
  if (!url)
    throw new UnfitValue(
      `Invalid URL: "${cutText(value, 100)}". Write one of at most ${urlLength} characters, such as https://example.org.`,
    );
  return url.href;
}

/** The longest number of E.164, and the shortest of national services. */
const phoneDigits = { least: 3, most: 15 };

function canonicalPhone(value: string): string {
  const phone = value.replaceAll(/[\s().-]/g, '');
  const digits = phone.replace(/^\+/, '');
  if (!/^\d+$/.test(digits) || digits.length < phoneDigits.least || digits.length > phoneDigits.most)
    throw new UnfitValue(
      `Invalid phone number: "${value}". Write ${phoneDigits.least} to ${phoneDigits.most} digits, with a + before the country code.`,
    );
  return phone;
}
