import { describe, expect, it } from 'vitest';
import { parseEmailAddress } from './email-address.ts';

describe('an email address', () => {
  it.each([
    ['ann@example.org', 'ann@example.org'],
    [' Ann@Example.ORG ', 'ann@example.org'],
    ['<ann@example.org>', 'ann@example.org'],
    ['Ann Lee <ann@example.org>', 'ann@example.org'],
    ['"Lee, Ann" <ann@example.org>;', 'ann@example.org'],
    ['mailto:ann@example.org', 'ann@example.org'],
    ['MAILTO:ann%2Bnews@example.org?subject=Hi', 'ann+news@example.org'],
    ['<mailto:ann@example.org>', 'ann@example.org'],
    ['ann@example.org;', 'ann@example.org'],
    ['ann@example.org,', 'ann@example.org'],
    ['ann@example.org.', 'ann@example.org'],
    ["o'neil+tag@sub.example.co.uk", "o'neil+tag@sub.example.co.uk"],
    ['root@localhost', 'root@localhost'],
    ['info@bücher.example', 'info@bücher.example'],
    ['info@xn--bcher-kva.example', 'info@bücher.example'],
    ['info@BU\u0308CHER.example', 'info@bücher.example'],
    ['jose\u0301@example.org', 'josé@example.org'],
    ['пошта@приклад.укр', 'пошта@приклад.укр'],
  ])('is read from %j', (text, address) => {
    expect(parseEmailAddress(text)).toBe(address);
  });

  it.each([
    '',
    'ann',
    '@example.org',
    'ann@',
    'ann@@example.org',
    'ann@exa mple.org',
    'ann lee@example.org',
    'ann@example..org',
    'ann@-example.org',
    'ann@example-.org',
    '.ann@example.org',
    'ann.@example.org',
    'a..b@example.org',
    'ann@example.org, bob@example.org',
    'ann@example.org;bob@example.org',
    '<ann@example.org> <bob@example.org>x',
    'ann@[127.0.0.1]',
    'ann@127.0.0.1',
    'ann@12',
    'ann@exa%mple.org',
    'mailto:',
    'mailto:%E0%A4%A@',
    `${'a'.repeat(65)}@example.org`,
    `ann@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}`,
  ])('is not found in %j', (text) => {
    expect(parseEmailAddress(text)).toBeNull();
  });

  it('is read the same from its own result', () => {
    for (const text of ['Ann <ANN@Example.org>;', 'info@xn--bcher-kva.example']) {
      const once = parseEmailAddress(text) ?? '';
      expect(parseEmailAddress(once)).toBe(once);
    }
  });
});
