import { ElementType, parseDocument } from 'htmlparser2';
import sanitizeHtml from 'sanitize-html';
import { isId } from '../../kernel/id.ts';

export interface CleanHtmlOptions {
  /** Whether it may show attachments as `<img data-attachment-id="…">`. Images by address are always dropped. */
  readonly images: boolean;
}

const inline = ['strong', 'em', 's', 'u', 'code', 'a', 'span'];
const tables = ['table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];
const blocks = ['p', 'pre', 'blockquote', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', ...tables];
const paragraphs = ['p', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
/** What holds words and not blocks. */
const lines = [...inline, ...paragraphs];
const empty = ['br', 'hr', 'img'];
/** Other names of what the editor writes. */
const synonyms = { b: 'strong', i: 'em', strike: 's', del: 's', ins: 'u', kbd: 'code', samp: 'code', tt: 'code' };
/** Blocks that the editor does not write. They separate words all the same. */
const otherBlocks = [
  ...['div', 'section', 'article', 'aside', 'header', 'footer', 'main', 'nav', 'address', 'figure', 'figcaption', 'center', 'caption'],
  ...['dl', 'dt', 'dd', 'fieldset', 'form', 'details', 'summary', 'hgroup', 'legend', 'dir', 'menu'],
];
const linkSchemes = ['http:', 'https:', 'mailto:', 'tel:'];
const longestAlternative = 200;

const base: sanitizeHtml.IOptions = {
  allowedTags: [...inline, ...blocks, 'br', 'img', 'div'],
  allowedAttributes: {
    a: ['href', 'rel', 'target'],
    span: ['data-type', 'data-id', 'data-label'],
    ol: ['start', 'type'],
    th: ['colspan', 'rowspan'],
    td: ['colspan', 'rowspan'],
    img: ['data-attachment-id', 'alt'],
  },
  allowedClasses: { code: ['language-*'] },
  allowedSchemes: linkSchemes.map((scheme) => scheme.slice(0, -1)),
  allowProtocolRelative: false,
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template'],
  exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !attribs['data-attachment-id'],
  nestingLimit: 100,
};

function transforms({ images }: CleanHtmlOptions): NonNullable<sanitizeHtml.IOptions['transformTags']> {
  const renamed = (name: string) => sanitizeHtml.simpleTransform(name, {}, false);
  return {
    ...Object.fromEntries(Object.entries(synonyms).map(([from, to]) => [from, renamed(to)])),
    ...Object.fromEntries(otherBlocks.map((name) => [name, renamed('div')])),
    a: (tagName, { href = '' }) => ({ tagName, attribs: linkAttributes(href) }),
    span: (tagName, attribs) => ({ tagName, attribs: attribs['data-type'] === 'mention' && isId(attribs['data-id'] ?? '') ? attribs : {} }),
    ol: (tagName, attribs) => ({
      tagName,
      attribs: { ...matching(attribs, 'start', /^-?\d{1,6}$/), ...matching(attribs, 'type', /^[1aAiI]$/) },
    }),
    th: (tagName, attribs) => ({ tagName, attribs: spans(attribs) }),
    td: (tagName, attribs) => ({ tagName, attribs: spans(attribs) }),
    img: (tagName, attribs) => {
      const id = attribs['data-attachment-id']?.toLowerCase() ?? '';
      const shown: Record<string, string> = { 'data-attachment-id': id, alt: (attribs.alt ?? '').slice(0, longestAlternative) };
      return { tagName, attribs: images && isId(id) ? shown : {} };
    },
  };
}

function linkAttributes(href: string): Record<string, string> {
  // A relative address leads elsewhere on each page, and "//host" or "\\host" to another host.
  const target = URL.parse(href);
  if (!target || !linkSchemes.includes(target.protocol)) return {};
  return { href, rel: 'noopener noreferrer nofollow', target: '_blank' };
}

function matching(attribs: sanitizeHtml.Attributes, name: string, pattern: RegExp): Record<string, string> {
  const value = attribs[name] ?? '';
  return pattern.test(value) ? { [name]: value } : {};
}

function spans(attribs: sanitizeHtml.Attributes): Record<string, string> {
  return { ...matching(attribs, 'colspan', /^[1-9]\d?$/), ...matching(attribs, 'rowspan', /^[1-9]\d?$/) };
}

/** Keeps the formatting that the editor writes and drops the rest: scripts, styles, remote images, foreign attributes. */
export function cleanHtml(text: string, options: CleanHtmlOptions): string {
  const normal = text.replace(/\r\n?/g, '\n');
  // A text without any tag is plain, and its line breaks are meant.
  const isPlain = !/<[a-z/!]/i.test(normal);
  const html = isPlain && normal.includes('\n') ? paragraphsOf(normal) : normal;
  const settings = { ...base, transformTags: transforms(options) };
  let cleaned = sanitizeHtml(html, settings).trim();
  // A block in an unlikely place may have to be moved twice.
  for (let round = 0; round < 4 && cleaned.includes('<'); round++) {
    const next = sanitizeHtml(withoutDivs(cleaned), settings).trim();
    if (next === cleaned) break;
    cleaned = next;
  }
  return cleaned.includes('<') ? cleaned : cleaned.replace(/\s*\n\s*/g, ' ');
}

/** A paragraph for each part between empty lines, with the breaks within it. */
export function paragraphsOf(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*\n\s*/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${paragraph.trim().replaceAll('\n', '<br />')}</p>`)
    .join('');
}

type Nodes = ReturnType<typeof parseDocument>['children'];
type Node = Nodes[number];

/** Turns each div into a paragraph, into the blocks in it, or, within a line, into a separate line. Unwraps spans that say nothing. */
function withoutDivs(html: string): string {
  const { children } = parseDocument(html);
  retypeStrays(children, '');
  return render(children, false);
}

const parents: Readonly<Record<string, readonly string[]>> = {
  li: ['ul', 'ol'],
  td: ['tr'],
  th: ['tr'],
  tr: ['table', 'thead', 'tbody', 'tfoot'],
  thead: ['table'],
  tbody: ['table'],
  tfoot: ['table'],
};

/** Browsers ignore the parts of a table outside of one and join the words of neighboring cells; items need a list. */
function retypeStrays(nodes: Nodes, parent: string): void {
  for (const node of nodes) {
    if (!('children' in node) || !('name' in node)) continue;
    if (parents[node.name] && !parents[node.name]?.includes(parent)) node.name = 'div';
    retypeStrays(node.children, node.name);
    if (paragraphs.includes(node.name) && node.children.some(isBlock)) node.name = 'div';
  }
}

function render(nodes: Nodes, isInLine: boolean): string {
  let html = '';
  let endsLine = false;
  for (const node of nodes) {
    const isLine = isInLine && isDiv(node);
    const piece = renderNode(node, isInLine);
    if (isLine && piece === '') continue;
    if (html !== '' && (isLine || (endsLine && hasContent(node)))) html += '<br />';
    html += piece;
    endsLine = isLine || (endsLine && !hasContent(node));
  }
  return html;
}

function renderNode(node: Node, isInLine: boolean): string {
  if (node.type === ElementType.Text) return escaped(node.data);
  if (!('children' in node) || !('name' in node)) return '';
  const { name, attribs, children } = node;
  if (name === 'span' && Object.keys(attribs).length === 0) return render(children, isInLine);
  if (name === 'div') return isInLine ? render(children, true) : renderDiv(children);
  const attributes = Object.entries(attribs).map(([key, value]) => ` ${key}="${escaped(value).replaceAll('"', '&quot;')}"`);
  if (empty.includes(name)) return `<${name}${attributes.join('')} />`;
  return `<${name}${attributes.join('')}>${render(children, isInLine || lines.includes(name))}</${name}>`;
}

function renderDiv(children: Nodes): string {
  return runsOf(children)
    .map((run) => (run.some(isBlock) ? render(run, false) : run.some(hasContent) ? `<p>${render(run, true)}</p>` : ''))
    .join('');
}

/** Neighbors that belong to one line, and each block by itself. */
function runsOf(nodes: Nodes): Nodes[] {
  const runs: Nodes[] = [];
  for (const node of nodes) {
    const last = runs.at(-1);
    if (last && !isBlock(node) && !last.some(isBlock)) last.push(node);
    else runs.push([node]);
  }
  return runs;
}

function isDiv(node: Node): boolean {
  return 'name' in node && node.name === 'div';
}

function isBlock(node: Node): boolean {
  return isDiv(node) || ('name' in node && blocks.includes(node.name));
}

function hasContent(node: Node): boolean {
  return node.type === ElementType.Text ? node.data.trim() !== '' : 'name' in node;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
