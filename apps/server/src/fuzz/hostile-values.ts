import fc from 'fast-check';

const repeat = (text: string, times: number): string => text.repeat(times);

/** Texts that break parsers, databases, layouts or comparisons. */
const texts = [
  ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udfffb', '\ud83d', '\uFEFF', '\uFFFE', '\u2028', '\r\n', '\t', '\x1b[31m', '\x7f'],
  ...[
    '\u202e' + 'gnp.exe',
    '\u2066x\u2069',
    '\u200b',
    'é',
    'e\u0301',
    '\u0344',
    'ﷺ',
    '😀',
    '👩‍👩‍👧‍👦',
    `Z${repeat('\u0310', 300)}`,
    'İ',
    'ß',
    'Ǆ',
  ],
  ...[
    '%',
    '_',
    '\\',
    '\\u0000',
    "'",
    '"',
    '`',
    '--',
    ';',
    '$1',
    '?',
    '{}',
    '{',
    '[',
    '<',
    '&#0;',
    '&#xD800;',
    '<script>',
    ']]>',
    '%00',
    '%zz',
  ],
  ...['null', 'undefined', 'true', '-1', '1e400', '0x10', '__proto__', 'constructor', 'toString', '../../etc/passwd', 'CON', '.', '..'],
  ...[
    'a@b',
    'a@',
    '@',
    'x@[127.0.0.1]',
    '"a b"@c.test',
    'ä@ö.test',
    '+380441234567',
    '+',
    '00',
    'javascript:1',
    '//evil',
    'http://[',
    'http://a:99999',
  ],
  ...[
    '(a+)+$',
    '[',
    '(?<n>',
    '\\',
    '^',
    'Europe/Kyiv',
    'Mars/Phobos',
    'UTC+99',
    'en',
    'zz',
    'status:open',
    'sla:<1h OR (',
    '"unended',
    '-',
  ],
  ...[
    '2026-02-30',
    '0000-00-00',
    '9999-12-31',
    '2026-03-29T02:30:00',
    '24:00',
    'P1D',
    '<p>x</p>',
    repeat('<b>', 3000),
    '<img src=x onerror=1>',
  ],
  ...[
    '<span data-type="mention" data-id="x">@</span>',
    'e30=',
    'AAAA',
    'eyJhIjoxfQ==',
    repeat('x', 300),
    repeat('😀', 2000),
    repeat('x ', 60_000),
  ],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map((pair) => pair.join('')) },
);

/** Texts that an input of a name may accept. */
export const plausibleTexts: Readonly<Record<string, readonly string[]>> = {
  email: ['ada@desk.test', 'x@example.test'],
  emails: ['x@example.test'],
  phone: ['+380441234567'],
  phones: ['+380441234567'],
  timeZone: ['Europe/Kyiv', 'UTC', 'America/New_York'],
  color: ['blue', 'red'],
  locale: ['en', 'uk'],
  customerLocale: ['en', 'uk'],
  key: ['open', 'f_one', 'new'],
  date: ['2026-12-25', '2026-03-29'],
  body: ['<p>Hello</p>', '<ul><li>Hello</li></ul>'],
  description: ['<p>Hello</p>'],
  text: ['Hello', 'printer status:open'],
  search: ['Client', 'printer'],
  permissions: ['ticket.read', 'ticket.edit'],
  password: ['correct horse', 'marble canoe thirteen'],
  code: ['000000', '123456'],
  pattern: ['^[0-9]+$', '[a-z]{2,3}'],
  values: ['x', '1', '2026-01-01', 'true'],
  defaultValues: ['x', '1', '2026-01-01', 'true'],
  ical: ['BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR'],
  idempotencyKey: ['a key of a caller', 'another key of a caller'],
  types: ['ticket.created', 'ticket.edited', 'note.added'],
};

export const hostileInstant: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...[
    '0000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '+275760-09-13T00:00:00.000Z',
    '+275760-09-13T00:00:00.001Z',
    '0001-01-01T00:00:00Z',
  ],
  ...[
    '9999-12-31T23:59:59.999Z',
    '10000-01-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-06-30T23:59:60Z',
    '2026-01-01T24:00:00Z',
    '1970-01-01',
  ],
  ...['2026-01-01T00:00:00', '2026-01-01T00:00:00+14:00', '2026-01-01T00:00:00-99:99', '4713-01-01T00:00:00Z', '294276-12-31T23:59:59Z'],
  ...[0, -1, 1e18, Number.MAX_SAFE_INTEGER, '', 'now', 'infinity', null, {}, []],
);

export const hostileNumber: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(2 ** 31 - 1, -(2 ** 31), 0, -1, 100_000),
  fc.constantFrom<unknown>(
    ...[0, -0, 1, -1, 0.5, 100, 101, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, -1e308, 5e-324, 1e21],
    ...['1', 'NaN', '', true, null, [], [1], {}],
  ),
  fc.maxSafeInteger(),
  fc.integer({ min: -5, max: 200 }),
);

const nested = (levels: number): string => `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`;

/** The placeholder of a deeply nested value, which `serialize` writes as text. */
const deepValue = 'nested 3000 levels';

/** The JSON of variables. */
export function serialize(variables: object): string {
  return JSON.stringify(variables).replaceAll(`"${deepValue}"`, nested(3000));
}

/** Values of any type, where a certain type is expected. */
export const wrongType: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, '', [], {}, [null], [[]], { id: null }, { toString: 1 }, JSON.parse(nested(50)), deepValue),
  fc.jsonValue({ maxDepth: 3 }),
  hostileText,
);
