import sanitizeHtml from 'sanitize-html';
import { isId } from '../../kernel/id.ts';

const cell = 'border: 1px solid #bbb; padding: 4px 8px; text-align: left; vertical-align: top';
const quote = 'margin: 0 0 0 8px; padding-left: 12px; border-left: 3px solid #bbb; color: #555';

const options: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['p', 'br', 'hr', 'pre', 'blockquote', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    ...['strong', 'em', 's', 'u', 'code', 'a', 'img', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'rel'],
    ol: ['start', 'type'],
    table: ['style'],
    th: ['colspan', 'rowspan', 'style'],
    td: ['colspan', 'rowspan', 'style'],
    blockquote: ['style'],
    img: ['src', 'alt'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['cid'] },
  allowProtocolRelative: false,
  transformTags: {
    // Mail programs ignore style sheets.
    table: sanitizeHtml.simpleTransform('table', { style: 'border-collapse: collapse' }),
    th: sanitizeHtml.simpleTransform('th', { style: cell }),
    td: sanitizeHtml.simpleTransform('td', { style: cell }),
    blockquote: sanitizeHtml.simpleTransform('blockquote', { style: quote }),
    img: (tagName, attribs) => {
      const id = attribs['data-attachment-id'] ?? '';
      const shown: Record<string, string> = { src: `cid:${id}`, alt: attribs.alt ?? '' };
      return { tagName, attribs: isId(id) ? shown : {} };
    },
  },
  exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !attribs.src,
  nestingLimit: 100,
};

/**
 * Rich text as the HTML part of an email. An image is referred to by the id of its attachment; what is internal, such as
 * whom a mention means, is left out.
 */
export function emailHtmlOf(html: string): string {
  return sanitizeHtml(html, options);
}
