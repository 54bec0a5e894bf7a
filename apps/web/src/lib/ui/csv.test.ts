import { expect, it } from 'vitest';
import { asCsv } from './csv.ts';

it('quotes what needs it, and disarms what a spreadsheet would run', () => {
  const text = asCsv([
    ['Name', 'Count'],
    ['a "b", c', 1],
    ['=HYPERLINK("x")', -2],
    ['@sum', 3],
  ]);

  expect(text).toBe('Name,Count\r\n"a ""b"", c",1\r\n"\'=HYPERLINK(""x"")",-2\r\n\'@sum,3');
});
