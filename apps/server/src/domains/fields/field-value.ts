import { parseEmailAddress } from '../../kernel/email-address.ts';
import { RE2JS } from 're2js';
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
  if (values.length > 1 && field.type !== 'MULTI_SELECT') throw new UnfitValue('Give one value.');
  return [...new Set(values.map((value) => canonical(field, value)))];
}

function canonical({ type, options, minimum, maximum, pattern }: CustomField, value: string): string {
  switch (type) {
    case 'TEXT':
    case 'EXTERNAL_ID':
      if (value.length > lineLength || /[\r\n]/.test(value)) throw new UnfitValue(`Write one line of at most ${lineLength} characters.`);
      return fittingText(value, { minimum, maximum, pattern });
    case 'LONG_TEXT':
      if (value.length > textLength) throw new UnfitValue(`Write at most ${textLength} characters.`);
      return fittingText(value, { minimum, maximum, pattern });
    case 'NUMBER': {
      const number = Number(value.replace(',', '.'));
      if (!Number.isFinite(number)) throw new UnfitValue(`"${value}" is no number.`);
      if (minimum !== null && number < minimum) throw new UnfitValue(`The least is ${minimum}.`);
      if (maximum !== null && number > maximum) throw new UnfitValue(`The most is ${maximum}.`);
      return String(number);
    }
    case 'CHECKBOX':
      if (value !== 'true' && value !== 'false') throw new UnfitValue('Give true or false.');
      return value;
    case 'SELECT':
    case 'MULTI_SELECT':
      if (!options.some(({ id }) => id === value)) throw new UnfitValue('Choose one of the options.');
      return value;
    case 'DATE': {
      const date = new Date(`${value}T00:00:00Z`);
      if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(value)) {
        throw new UnfitValue(`"${value}" is no day. Write it as 2026-03-29.`);
      }
      return value;
    }
    case 'DATE_TIME': {
      const date = new Date(value);
      if (!/^\d{4}-\d{2}-\d{2}T/.test(value) || Number.isNaN(date.getTime())) {
        throw new UnfitValue(`"${value}" is no instant. Write it as 2026-03-29T12:00:00Z.`);
      }
      return date.toISOString();
    }
    case 'URL': {
      const url = URL.parse(value);
      if (!url || !['http:', 'https:'].includes(url.protocol))
        throw new UnfitValue(`"${value}" is no address. Write it as https://example.org.`);
      return url.href;
    }
    case 'EMAIL': {
      const address = parseEmailAddress(value);
      if (address === null) throw new UnfitValue(`Invalid email address: ${value}. Write one address, such as name@example.org.`);
      return address;
    }
    case 'PHONE':
      if (!/^\+?[\d\s().-]{3,30}$/.test(value))
        throw new UnfitValue(`"${value}" is no phone number. Write digits, with a + before the country.`);
      return value.replaceAll(/[\s().-]/g, '');
    case 'CONTACT':
    case 'MEMBER':
      return value;
  }
}

/** Patterns are matched in linear time, whatever somebody wrote. */
function fittingText(value: string, { minimum, maximum, pattern }: Pick<CustomField, 'minimum' | 'maximum' | 'pattern'>): string {
  if (minimum !== null && value.length < minimum) throw new UnfitValue(`Write at least ${minimum} characters.`);
  if (maximum !== null && value.length > maximum) throw new UnfitValue(`Write at most ${maximum} characters.`);
  if (pattern !== '' && !RE2JS.matches(pattern, value)) throw new UnfitValue(`"${value}" does not look like ${pattern}.`);
  return value;
}
