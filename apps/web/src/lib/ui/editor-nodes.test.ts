// @vitest-environment happy-dom
import { getSchema } from '@tiptap/core';
import { DOMParser as ContentParser, DOMSerializer, type Node } from '@tiptap/pm/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanHtml } from '../../../../server/src/domains/tickets/clean-html.ts';
import { editorNodes } from './editor-nodes.ts';

const schema = getSchema(editorNodes());

interface Json {
  readonly type: string;
  readonly attrs?: object;
  readonly marks?: readonly object[];
  readonly text?: string;
  readonly content?: readonly Json[];
}

const word = fc.string({ unit: fc.constantFrom('a', 'ї', ' ', '<', '&', '"', '\u00a0', '🎉'), minLength: 1, maxLength: 6 });
const href = fc.constantFrom('https://x.test/?a=1&b="2"', 'mailto:a@b.test', 'tel:+380441234567', 'http://x.test/ї');
const mark = fc.oneof(
  fc.constantFrom('bold', 'italic', 'strike', 'underline').map((type) => ({ type })),
  href.map((to) => ({ type: 'link', attrs: { href: to } })),
);
const marks = fc.oneof(fc.uniqueArray(mark, { selector: ({ type }) => type, maxLength: 3 }), fc.constant([{ type: 'code' }]));
const inline: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('text'), text: word, marks }) },
  { weight: 1, arbitrary: fc.constant({ type: 'hardBreak' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('mention'),
      attrs: fc.record({ id: fc.uuid(), label: fc.constantFrom('Ada', 'Ada "the" <first>') }),
    }),
  },
);
const line = fc.array(inline, { maxLength: 4 });
const paragraph: fc.Arbitrary<Json> = line.map((content) => ({ type: 'paragraph', content }));
const many = (one: fc.Arbitrary<Json>) => fc.array(one, { minLength: 1, maxLength: 3 });

const { block } = fc.letrec<{ block: Json; item: Json }>((tie) => ({
  item: fc
    .tuple(paragraph, fc.array(tie('block'), { maxLength: 2 }))
    .map(([first, rest]) => ({ type: 'listItem', content: [first, ...rest] })),
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    paragraph,
    fc.record({ type: fc.constant('heading'), attrs: fc.record({ level: fc.integer({ min: 1, max: 6 }) }), content: line }),
    fc.constant({ type: 'horizontalRule' }),
    fc.record({
      type: fc.constant('codeBlock'),
      attrs: fc.record({ language: fc.constantFrom(null, 'js', 'c++') }),
      content: fc.constantFrom([], [{ type: 'text', text: 'if (a < b)\n\n  go("x") && 1' }]),
    }),
    many(tie('block')).map((content) => ({ type: 'blockquote', content })),
    many(tie('item')).map((content) => ({ type: 'bulletList', content })),
    fc
      .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom(null, 'a', 'I'), many(tie('item')))
      .map(([start, type, content]) => ({ type: 'orderedList', attrs: { start, type }, content })),
    fc
      .array(
        fc.array(
          fc
            .tuple(fc.constantFrom('tableCell', 'tableHeader'), fc.integer({ min: 1, max: 3 }), many(tie('block')))
            .map(([type, colspan, content]): Json => ({ type, attrs: { colspan, rowspan: 1 }, content })),
          { minLength: 1, maxLength: 3 },
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((rows) => ({ type: 'table', content: rows.map((content) => ({ type: 'tableRow', content })) })),
  ),
}));

function htmlOf(doc: Node): string {
  const host = document.createElement('div');
  host.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content));
  return host.innerHTML;
}

function read(html: string): Node {
  const host = document.createElement('div');
  host.innerHTML = html;
  return ContentParser.fromSchema(schema).parse(host);
}

it('writes nothing that the server does not keep', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (content) => {
      // As the editor itself reads it back: it joins spaces and neighbors with the same marks.
      const written = read(htmlOf(schema.nodeFromJSON({ type: 'doc', content })));

      expect(read(cleanHtml(htmlOf(written), { images: true })).toJSON()).toEqual(written.toJSON());
    }),
    { numRuns: 300 },
  );
});
