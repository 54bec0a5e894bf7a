import { expect, it } from 'vitest';
import { Keys } from './keys.ts';

const keys = new Keys('one secret of at least thirty-two letters');
const other = new Keys('another secret of at least thirty-two letters');

it('unseals what it sealed, for the same purpose and with the same secret alone', () => {
  const sealed = keys.seal('letters', 'Вітання');

  expect(keys.unseal('letters', sealed)).toBe('Вітання');
  expect(keys.seal('letters', 'Вітання')).not.toBe(sealed);
  expect(() => keys.unseal('links', sealed)).toThrow();
  expect(() => other.unseal('letters', sealed)).toThrow();
  const forged = Buffer.from(sealed, 'base64url');
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  expect(() => keys.unseal('letters', forged.toString('base64url'))).toThrow();
});

it('signs a text as nobody else does', () => {
  const signed = keys.sign('links', 'a').toString('hex');

  expect(keys.sign('links', 'a').toString('hex')).toBe(signed);
  for (const another of [keys.sign('links', 'b'), keys.sign('letters', 'a'), other.sign('links', 'a')])
    expect(another.toString('hex')).not.toBe(signed);
});
