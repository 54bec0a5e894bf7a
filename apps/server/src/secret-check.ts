import { Keys } from './platform/keys.ts';

/** Shows whether two servers have the same `SECRET`, and reveals nothing of it. Null without one. */
export function secretCheck(secret: string | null): string | null {
  return secret === null ? null : new Keys(secret).sign('backup', 'secret').toString('hex').slice(0, 32);
}
