import sanitizeHtml from 'sanitize-html';
import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';

const allowed: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'strong', 'em', 's', 'u', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'a', 'hr', 'span'],
  allowedAttributes: { a: ['href', 'rel', 'target'], span: ['data-type', 'data-id', 'data-label'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' }) },
};

/** Keeps the formatting that our editor makes and drops the rest: scripts, styles, images, foreign attributes. */
export function cleanRichText(field: string, html: string): string {
  if (html.length > limits.richText) {
    throw new InvalidInput(
      `The ${field} has ${html.length} characters with its formatting; ${limits.richText} are allowed. Shorten it.`,
      field,
    );
  }
  return sanitizeHtml(html, allowed).trim();
}

/** The same with mentions as words: what says who was meant is nobody's outside the desk. */
export function plainMentions(html: string): string {
  return sanitizeHtml(html, { ...allowed, allowedTags: (allowed.allowedTags as string[]).filter((tag) => tag !== 'span') });
}

/** Whether anything is left to read once the formatting is gone. */
export function isBlank(html: string): boolean {
  return sanitizeHtml(html, { allowedTags: [], allowedAttributes: {} }).trim() === '';
}

/** The text of what was written, as letters without formatting bring it: a line for each paragraph and list item. */
export function plainFromRichText(html: string): string {
  const lines = html
    .replace(/<li>(<p>)?/g, '\n- ')
    .replace(/<br\s*\/?>|<hr\s*\/?>/g, '\n')
    .replace(/<\/(p|h[1-3]|pre|blockquote|ul|ol)>/g, '\n\n');
  const text = sanitizeHtml(lines, { allowedTags: [], allowedAttributes: {} });
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text
    .replace(/&(amp|lt|gt|quot);/g, (_whole, name: string) => entities[name] ?? '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Turns plain text, as files and mails bring it, into paragraphs. */
export function richTextFromPlain(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${paragraph.trim().replaceAll('\n', '<br />')}</p>`)
    .join('');
}
