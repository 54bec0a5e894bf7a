import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isVisible } from '../../kernel/text.ts';
import { parseInput } from '../../platform/parsing/parse-input.ts';
import { cleanHtml, escaped, paragraphsOf, type CleanHtmlOptions } from './clean-html.ts';
import { emailHtmlOf } from './email-html.ts';
import { plainTextOf } from './email-text.ts';

/** HTML that went through `cleanRichText`, or was made of plain text. */
export type RichText = string & { readonly __richText: true };

/** Longer texts are cleaned on a worker thread: a text of nothing but tags takes long. */
const longestInline = 5000;
const workerLimits = { timeMs: 2000, input: limits.richText, output: 8 * limits.richText };

/** Keeps the formatting that the editor writes and drops the rest. The result is within the limit too. */
export async function cleanRichText(field: string, html: string, options: CleanHtmlOptions = { images: false }): Promise<RichText> {
  requireLength(field, html);
  const cleaned =
    html.length <= longestInline
      ? cleanHtml(html, options)
      : await parseInput<string>({ parser: 'richText', text: html, options, limits: workerLimits, field, what: field });
  requireLength(field, cleaned);
  return cleaned as RichText;
}

function requireLength(field: string, html: string): void {
  if (html.length <= limits.richText) return;
  throw new InvalidInput(
    `The ${field} has ${html.length} characters with its formatting; ${limits.richText} are allowed. Shorten it.`,
    field,
  );
}

/** The same with mentions as words: who was meant is internal. */
export function plainMentions(text: string): string {
  return text.replace(/<\/?span\b[^>]*>/g, '');
}

/** Whether a reader would see nothing of it. */
export function isBlank(text: string): boolean {
  return !text.includes('<img ') && !isVisible(text.replace(/<[^>]*>/g, '').replaceAll('&nbsp;', ''));
}

/** The text without formatting, as the plain part of an email has it. */
export async function plainFromRichText(text: string): Promise<string> {
  if (text.length <= longestInline) return plainTextOf(text);
  return parseInput<string>({ parser: 'plainText', text, limits: workerLimits, field: 'body', what: 'message' });
}

/** The text as the HTML part of an email has it. */
export async function emailHtmlFromRichText(text: string): Promise<string> {
  if (text.length <= longestInline) return emailHtmlOf(text);
  return parseInput<string>({ parser: 'emailHtml', text, limits: workerLimits, field: 'body', what: 'message' });
}

/** Turns plain text, as files and emails contain it, into paragraphs. */
export function richTextFromPlain(text: string): RichText {
  return paragraphsOf(escaped(text)) as RichText;
}
