import { NotPermitted } from '../../kernel/domain-error.ts';
import type { Credential, Viewer } from '../../kernel/viewer.ts';
import { ConfirmationNeeded } from './identity.errors.ts';

type Browser = Extract<Credential, { readonly kind: 'SESSION' }>;

interface Asked {
  readonly viewer: Viewer;
  now(): Date;
}

/** How long a confirmed password counts. */
const confirmedForMs = 15 * 60_000;

/** Refuses access tokens, whatever they hold: sessions and sign-in belong to the person. */
export function requireBrowser({ credential }: Viewer): Browser {
  if (credential?.kind === 'SESSION') return credential;
  throw new NotPermitted('An access token cannot do this. Sign in with a browser.');
}

/** For operations on the account: refuses tokens, and a browser in which the person has not entered their password recently. */
export function requireConfirmedBrowser(asked: Asked): Browser {
  const browser = requireBrowser(asked.viewer);
  if (browser.confirmedAt.getTime() < asked.now().getTime() - confirmedForMs) throw new ConfirmationNeeded();
  return browser;
}

/** For sensitive operations that a token may hold a permission for: the same for browsers, and no more for tokens. */
export function requireConfirmed(asked: Asked): void {
  if (asked.viewer.credential?.kind !== 'TOKEN') requireConfirmedBrowser(asked);
}
