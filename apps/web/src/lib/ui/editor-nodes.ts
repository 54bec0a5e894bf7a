import { mergeAttributes, Node, type Extensions } from '@tiptap/core';
import Mention, { type MentionOptions } from '@tiptap/extension-mention';
import StarterKit from '@tiptap/starter-kit';

const linkSchemes = ['http:', 'https:', 'mailto:', 'tel:'];

/** The server drops every other address, so none is written. */
function isLinkAddress(href: string): boolean {
  return linkSchemes.includes(URL.parse(href)?.protocol ?? '');
}

const span = (name: 'colspan' | 'rowspan') => ({
  default: 1,
  parseHTML: (element: HTMLElement) => Math.min(Number(element.getAttribute(name)) || 1, 99),
  renderHTML: (attributes: Record<string, unknown>) => (attributes[name] === 1 ? {} : { [name]: attributes[name] }),
});

const cell = (name: string, tag: string) =>
  Node.create({
    name,
    content: 'block+',
    isolating: true,
    addAttributes: () => ({ colspan: span('colspan'), rowspan: span('rowspan') }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });

/** Tables come by pasting: their text can be edited, their rows and columns stay. */
const tables = [
  Node.create({
    name: 'table',
    group: 'block',
    content: 'tableRow+',
    isolating: true,
    parseHTML: () => [{ tag: 'table' }],
    renderHTML: () => ['table', ['tbody', 0]],
  }),
  Node.create({
    name: 'tableRow',
    content: '(tableCell | tableHeader)+',
    parseHTML: () => [{ tag: 'tr' }],
    renderHTML: () => ['tr', 0],
  }),
  cell('tableCell', 'td'),
  cell('tableHeader', 'th'),
];

/** Everything that a text can be made of. The server's filter keeps all of it, which a test proves. */
export function editorNodes(suggestion: Partial<MentionOptions>['suggestion'] = undefined): Extensions {
  return [
    StarterKit.configure({
      link: {
        openOnClick: false,
        defaultProtocol: 'https',
        isAllowedUri: isLinkAddress,
        shouldAutoLink: (href) => isLinkAddress(href) || !/^[a-z]+:/i.test(href),
      },
    }),
    ...tables,
    Mention.configure({
      renderHTML: ({ node }) => {
        const { id, label } = node.attrs as { id: string; label: string | null };
        return ['span', mergeAttributes({ 'data-type': 'mention', 'data-id': id, 'data-label': label ?? '' }), `@${label ?? ''}`];
      },
      ...(suggestion ? { suggestion } : {}),
    }),
  ];
}
