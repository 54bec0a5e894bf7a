import { InvalidInput } from './domain-error.ts';

/**
 * Text as it may be stored: without U+0000, which PostgreSQL refuses, without halves of surrogate pairs, which are no
 * characters, and in NFC, so that equal words have equal bytes.
 */
export function cleanText(text: string): string {
  const stored = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return (stored.isWellFormed() ? stored : stored.replace(halfOfPair, '')).normalize('NFC');
}

const halfOfPair = /\p{Surrogate}/gu;

/** Embeddings, overrides and isolates reorder the text around them. The marks LRM, RLM and ALM do not, and stay. */
const directionControls = /[\u202A-\u202E\u2066-\u2069]/g;

/** At least one character that leaves ink. U+2800 is a letter of Braille without dots. */
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

export function isVisible(text: string): boolean {
  return visible.test(text);
}

/** A name or another single line: trimmed, visible, without direction controls, not longer than `max` characters. */
export function requireLine(field: string, text: string, max: number): string {
  const line = text.replace(directionControls, '').replace(/\s+/g, ' ').trim();
  if (!isVisible(line)) throw new InvalidInput(`The ${field} is empty. Write at least one visible character.`, field);
  if (line.length > max) {
    throw new InvalidInput(`The ${field} has ${line.length} characters; ${max} are allowed. Shorten it.`, field);
  }
  return line;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The beginning of a text, at most `max` characters long. A character that readers see as one is not cut. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  // Enough to see where the last character ends, however long the text is.
  for (const { index, segment } of graphemes.segment(text.slice(0, max + 100))) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** What readers see as the first character of a text; empty for an empty text. */
export function firstCharacter(text: string): string {
  const [first] = graphemes.segment(text.slice(0, 100));
  return first?.segment ?? '';
}

/** The end of a text, at most `max` characters long, cut as `cutText` does. */
export function cutTextStart(text: string, max: number): string {
  if (text.length <= max) return text;
  for (const { index } of graphemes.segment(text)) if (text.length - index <= max) return text.slice(index);
  return '';
}

/** For messages: exact below one MB. */
export function formatBytes(bytes: number): string {
  const megabyte = 1_048_576;
  if (bytes < megabyte) return `${bytes.toLocaleString('en')} bytes`;
  return `${(bytes / megabyte).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}
