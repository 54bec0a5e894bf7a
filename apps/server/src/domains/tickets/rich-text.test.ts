import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '@baton/rules';
import { World, type Person } from '../../testing/world.ts';
import { cleanHtml } from './clean-html.ts';
import { plainTextOf } from './email-text.ts';
import { cleanRichText, isBlank, richTextFromPlain } from './rich-text.ts';

const clean = (html: string) => cleanHtml(html, { images: true });

describe('cleaning', () => {
  it.each([
    ['<div>Hello,</div><div>my printer</div>', '<p>Hello,</p><p>my printer</p>'],
    [
      '<div><div>Hello,</div>my <b>printer</b><ul><li>one</li></ul></div>',
      '<p>Hello,</p><p>my <strong>printer</strong></p><ul><li>one</li></ul>',
    ],
    ['<strong>a<div>b</div>c</strong>', '<strong>a<br />b<br />c</strong>'],
    ['<section><h2>Title</h2>text</section><footer>end</footer>', '<h2>Title</h2><p>text</p><p>end</p>'],
    ['<div><br></div><div></div>', '<p><br /></p>'],
    ['<b>b</b><i>i</i><del>d</del><ins>n</ins><kbd>k</kbd>', '<strong>b</strong><em>i</em><s>d</s><u>n</u><code>k</code>'],
    ['<ol start="3" type="a" class="x"><li>c</li></ol>', '<ol start="3" type="a"><li>c</li></ol>'],
    ['<h4>four</h4><h5>five</h5><h6>six</h6>', '<h4>four</h4><h5>five</h5><h6>six</h6>'],
    ['<pre><code class="language-js x">a\r\nb</code></pre>', '<pre><code class="language-js">a\nb</code></pre>'],
    [
      '<table style="x"><colgroup><col></colgroup><tbody><tr><th colspan="2">a</th></tr><tr><td rowspan="0">b</td><td>c</td></tr></tbody></table>',
      '<table><tbody><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></tbody></table>',
    ],
    ['line one\r\nline two\r\n\r\nnext', '<p>line one<br />line two</p><p>next</p>'],
    ['plain & <simple>', 'plain &amp;'],
    ['<td>a</td><td>b</td>', '<p>a</p><p>b</p>'],
  ])('makes of %s what the editor would write', (html, expected) => {
    expect(clean(html)).toBe(expected);
  });

  it.each([
    ['<a href="//evil.test">x</a>', '<a>x</a>'],
    ['<a href="\\\\evil.test">x</a>', '<a>x</a>'],
    ['<a href="/\\evil.test">x</a>', '<a>x</a>'],
    ['<a href="java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="mailto:a@b.test" onclick="x">x</a>', '<a href="mailto:a@b.test" rel="noopener noreferrer nofollow" target="_blank">x</a>'],
    ['<img src="https://tracker.test/1.gif"><img src=x onerror=alert(1)>', ''],
    ['<script>alert(1)</script><style>p{}</style><title>t</title>ok', 'ok'],
    ['<span data-type="mention" data-id="1">@x</span><span style="x">y</span>', '@xy'],
  ])('removes what could do harm from %s', (html, expected) => {
    expect(clean(html)).toBe(expected);
  });

  it('changes nothing of a text that it has cleaned, whatever the text was', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          'div',
          'p',
          'ul',
          'ol',
          'li',
          'b',
          'em',
          'a',
          'table',
          'tr',
          'td',
          'h5',
          'pre',
          'blockquote',
          'section',
          'span',
          'img',
          'br',
        ].flatMap((name) => [`<${name}>`, `</${name}>`]),
      ),
      fc.constantFrom('<a href="https://x.test/?a=1&b=2">', '<ol start="7">', '<', '&lt;', '&amp;', '&', '"', '\n', ' ', '\u00a0'),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const once = clean(pieces.join(''));
        expect(clean(once)).toBe(once);
        expect(once).not.toMatch(/<(div|section|b)\b/);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps words apart that blocks keep apart', () => {
    const block = fc.constantFrom('div', 'p', 'section', 'li', 'td', 'h3', 'dd', 'address');
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ї'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(block, word), { minLength: 1, maxLength: 8 }), (lines) => {
        const html = lines.map(([name, text]) => `<${name}>${text}</${name}>`).join('');
        expect(plainTextOf(clean(html)).match(/[abї]+/g)).toEqual(lines.map(([, text]) => text));
      }),
    );
  });
});

describe('a text that is hard to clean', () => {
  it.each([
    ['tags that never end', '<em>'],
    ['tags that nest', '<blockquote>'],
    ['tags that are dropped', '<b>'],
    ['angle brackets', '<'],
  ])('is cleaned or refused beside the event loop: %s', async (_what, tag) => {
    const before = performance.eventLoopUtilization();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => cleanRichText('note', tag.repeat(Math.floor(limits.richText / tag.length)))),
    );
    const { utilization } = performance.eventLoopUtilization(before);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INVALID_INPUT', field: 'note' });
    expect(utilization).toBeLessThan(0.5);
  });
});

describe('plain text', () => {
  it.each([
    ['a\nb\n\nc', '<p>a<br />b</p><p>c</p>'],
    ['a\r\nb\r\n\r\nc\r', '<p>a<br />b</p><p>c</p>'],
    ['<b> & "x"', '<p>&lt;b&gt; &amp; "x"</p>'],
    [' \n\n ', ''],
  ])('%j becomes paragraphs', (text, html) => {
    expect(richTextFromPlain(text)).toBe(html);
  });

  it.each([['<p></p>'], ['<p>\u200b\u00a0&nbsp;</p>'], ['<ul><li><br /></li></ul>']])('finds %s blank', (html) => {
    expect(isBlank(html)).toBe(true);
  });

  it('keeps addresses, numbers, levels and columns in an email', () => {
    const html =
      '<p>See <a href="https://x.test/a?b=1&amp;c=2">the page</a></p><ol start="3"><li><p>one</p><ul><li><p>inner</p></li></ul></li><li><p>two</p></li></ol>' +
      '<table><tbody><tr><th>Name</th><th>Price</th></tr><tr><td>Toner</td><td>10 €</td></tr></tbody></table><h2>Ask</h2><p>a &lt; b</p>';
    expect(plainTextOf(html)).toBe(
      [
        'See the page <https://x.test/a?b=1&c=2>',
        '',
        ' 3. one',
        '    - inner',
        ' 4. two',
        '',
        'NAME    PRICE',
        'Toner   10 €',
        '',
        'Ask',
        '',
        'a < b',
      ].join('\n'),
    );
  });
});

describe('by the API', () => {
  let world: World;
  let agent: Person;
  beforeAll(async () => {
    world = await World.open();
    agent = await world.person('AGENT', { name: 'Agent' });
  });
  afterAll(() => world.close());

  it('keeps lines apart in a description and in a note', async () => {
    const { ticketCreate } = await agent.run(
      `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id description } } }`,
      { input: { subject: 'Lines', internal: true, description: '<div>Hello,</div><div>my printer</div>' } },
    );
    expect(ticketCreate.ticket.description).toBe('<p>Hello,</p><p>my printer</p>');
    const { noteAdd } = await agent.run(`mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { body } } }`, {
      input: { ticketId: ticketCreate.ticket.id, body: 'one\r\n\r\ntwo' },
    });
    expect(noteAdd.note.body).toBe('<p>one</p><p>two</p>');
  });

  it('refuses a text whose clean form is above the limit, and stores nothing of it', async () => {
    const { id } = await world.ticket({ assigneeId: agent.id });
    const { noteAdd } = await agent.run(
      `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { ... on UserError { code message } } } }`,
      { input: { ticketId: id, body: '<'.repeat(90_000) } },
    );
    expect(noteAdd).toEqual({ note: null, userErrors: [{ code: 'INVALID_INPUT', message: expect.stringMatching(/360000 characters/) }] });
  });
});
