import { expect, it } from 'vitest';
import { ownPath } from './own-path.ts';

it.each([
  ['/', '/'],
  ['/views/open', '/views/open'],
  ['/tickets/5?tab=log#note', '/tickets/5?tab=log#note'],
  ['tickets/5', '/tickets/5'],
  ['/тікети', '/%D1%82%D1%96%D0%BA%D0%B5%D1%82%D0%B8'],
  ['/views/open\nSet-Cookie: x=1', '/views/openSet-Cookie:%20x=1'],
])('keeps the link %j within the site', (wanted, path) => {
  expect(ownPath(wanted)).toBe(path);
});

it.each([
  '//evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r/evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/\\\t/evil.test',
  '/.//evil.test',
  '/..//evil.test',
  '/a/../..//evil.test',
  '/.\\/evil.test',
  '/%2e//evil.test',
  'https://evil.test',
  'https:evil.test',
  'javascript:alert(1)',
  'data:text/html,x',
  '//user@own.invalid/',
  'http://[',
  ' //evil.test',
  '\u0000//evil.test',
  '',
  null,
  undefined,
  ['/views/open'],
])('leads %j to the first page', (wanted) => {
  expect(ownPath(wanted)).toBe('/');
});
