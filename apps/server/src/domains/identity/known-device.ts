import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../../platform/keys.ts';

const purpose = 'known device';
/** Accounts that people sign in to with one browser. */
const mostAccounts = 5;

/**
 * Recognizes browsers that have signed in to an account before. The browser keeps a signed value for each account;
 * the server keeps nothing. It opens nothing: its wrong passwords are counted separately.
 */
export class KnownDevices {
  constructor(private readonly keys: Keys) {}

  /** By what the tries of a known browser are counted; null for a browser that is not known to the account. */
  nonceOf(account: string, device: string | null): string | null {
    const known = entriesOf(device).find(({ nonce, mac }) => {
      const [given, expected] = [Buffer.from(mac, 'base64url'), this.keys.sign(purpose, `${account} ${nonce}`)];
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return known?.nonce ?? null;
  }

  /** What the browser is to keep from now on. */
  remember(account: string, device: string | null): string {
    const known = this.nonceOf(account, device);
    const nonce = known ?? randomBytes(12).toString('base64url');
    const others = entriesOf(device).filter((entry) => entry.nonce !== known);
    const entry = { nonce, mac: this.keys.sign(purpose, `${account} ${nonce}`).toString('base64url') };
    return [entry, ...others]
      .slice(0, mostAccounts)
      .map(({ nonce: one, mac }) => `${one}.${mac}`)
      .join('~');
  }
}

function entriesOf(device: string | null): { readonly nonce: string; readonly mac: string }[] {
  return (device ?? '')
    .split('~')
    .slice(0, mostAccounts)
    .flatMap((entry) => {
      const [nonce, mac] = entry.split('.');
      return nonce && mac ? [{ nonce, mac }] : [];
    });
}
