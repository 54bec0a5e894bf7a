import { firstCharacter } from '../../kernel/text.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';

/** Light agents and guests know a client by name: addresses and numbers stay hidden. */
export function canReadContactDetails(viewer: Viewer): boolean {
  return may(viewer, 'contact.read');
}

/** Everything that is known of a client, for those who may read it; nothing of it for others. */
export function shownDetail<T>(viewer: Viewer, detail: T): T | null {
  return canReadContactDetails(viewer) ? detail : null;
}

interface Details {
  readonly email: string | null;
  readonly phone: string | null;
}

/** The address, or only that there is one and whose house it is: `m…@example.org`. Guests see neither. */
export function shownEmail(viewer: Viewer, { email }: Details): string | null {
  if (email === null || canReadContactDetails(viewer)) return email;
  const [name = '', house = ''] = email.split('@');
  return may(viewer, 'note.read') ? `${firstCharacter(name)}…@${house}` : null;
}

export function shownPhone(viewer: Viewer, { phone }: Details): string | null {
  if (phone === null || canReadContactDetails(viewer)) return phone;
  return may(viewer, 'note.read') ? `…${phone.slice(-2)}` : null;
}
