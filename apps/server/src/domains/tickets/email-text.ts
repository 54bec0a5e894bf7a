import { compile, type FormatCallback } from 'html-to-text';

const image: FormatCallback = (element, _walk, builder) => {
  const alternative = String(element.attribs.alt ?? '');
  builder.addInline(alternative === '' ? '[image]' : `[image: ${alternative}]`);
};

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } }));

const convert = compile({
  wordwrap: false,
  formatters: { image },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'table', format: 'dataTable' },
    { selector: 'ul', options: { itemPrefix: '- ', leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'ol', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'li > p', format: 'paragraph', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'img', format: 'image' },
    ...headings,
  ],
});

/** Rich text as the plain part of an email: with the addresses of links, the numbers and levels of lists, and the columns of tables. */
export function plainTextOf(html: string): string {
  return convert(html)
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
