import { InvalidInput } from './domain-error.ts';

/** A line a person typed: trimmed, not empty, not longer than `max` characters. */
export function requireLine(field: string, text: string, max: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') throw new InvalidInput(`The ${field} is empty. Write at least one character.`, field);
  if (line.length > max) {
    throw new InvalidInput(`The ${field} has ${line.length} characters; ${max} are allowed. Shorten it.`, field);
  }
  return line;
}
