/** The text that a search compares: case, accents and Unicode form do not matter. */
function comparable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/**
 * How well the visible text of an option fits what was typed: 1 is the same text, 0 is no match. Hidden values such as
 * ids take no part. Every typed word must occur.
 */
export function rankOption(text: string, typed: string): number {
  const wanted = comparable(typed);
  if (wanted === '') return 1;
  const shown = comparable(text);
  if (shown === wanted) return 1;
  if (shown.startsWith(wanted)) return 0.9;
  const words = shown.split(/[^\p{L}\p{N}]+/u);
  const parts = wanted.split(/\s+/);
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) return 0.8;
  if (shown.includes(wanted)) return 0.5;
  return parts.every((part) => shown.includes(part)) ? 0.3 : 0;
}

/** Whether two texts name the same thing to a reader. */
export function isSameText(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}
