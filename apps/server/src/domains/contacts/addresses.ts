import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactAddress, type AddressKind, type Contact } from './contact.entity.ts';
import { ContactExists, ContactsDiffer } from './contact.errors.ts';

const mostAddresses = 20;

export function optionalLine(field: string, text: string | null | undefined): string | null {
  return text?.trim() ? requireLine(field, text, limits.name) : null;
}

export interface Identifiers {
  readonly emails: readonly string[];
  readonly externalId: string | null;
  /** A contact that may have them. */
  readonly except?: string | null;
}

/** Refuses addresses and an external ID that another contact has. */
export async function requireFree(tx: Scope, identifiers: Identifiers): Promise<void> {
  const match = await findMatch(tx, identifiers);
  if (match) throw new ContactExists(match.id, match.field, match.value);
}

/** Makes other transactions that store identifiers of contacts wait for this one. Precedes every lock of a contact. */
export async function reserveIdentifiers({ em, workspaceId }: Pick<Scope, 'em' | 'workspaceId'>): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtext(?))', [`contacts ${workspaceId}`]);
}

interface Match {
  readonly id: string;
  readonly field: 'email' | 'externalId';
  readonly value: string;
}

/**
 * The contact that has one of the identifiers: by email first, any address of the contact, then by external ID. Refuses
 * where these are two contacts. Transactions that give the same identifiers wait for each other here.
 */
export async function findMatch({ em, workspaceId }: Scope, { emails, externalId, except = null }: Identifiers): Promise<Match | null> {
  await reserveIdentifiers({ em, workspaceId });
  const list = `{${emails.map((email) => JSON.stringify(email)).join(',')}}`;
  const [byEmail]: { id: string; email: string }[] = await em.execute(
    `select id, email from contact where workspace_id = ? and email = any(?::text[]) and id is distinct from ?
     union all
     select contact_id, value from contact_address where workspace_id = ? and kind = 'EMAIL' and value = any(?::text[]) and contact_id is distinct from ?
     limit 1`,
    [workspaceId, list, except, workspaceId, list, except],
  );
  const [byExternalId]: { id: string }[] =
    externalId === null
      ? []
      : await em.execute('select id from contact where workspace_id = ? and external_id = ? and id is distinct from ?', [
          workspaceId,
          externalId,
          except,
        ]);
  if (byEmail && byExternalId && byEmail.id !== byExternalId.id) throw new ContactsDiffer([byEmail.id, byExternalId.id]);
  if (byEmail) return { id: byEmail.id, field: 'email', value: byEmail.email };
  return byExternalId && externalId !== null ? { id: byExternalId.id, field: 'externalId', value: externalId } : null;
}

/** Makes these the addresses of a client: the first stands on the client, the others beside it. */
export async function setAddresses(
  tx: Scope,
  contact: Contact,
  { emails, phones }: { readonly emails: readonly string[]; readonly phones: readonly string[] },
): Promise<void> {
  for (const [field, values] of Object.entries({ emails, phones })) {
    if (values.length > mostAddresses)
      throw new InvalidInput(`A client has at most ${mostAddresses} addresses of a kind; ${values.length} were given.`, field);
  }
  const { em, workspaceId } = tx;
  contact.email = emails[0] ?? null;
  contact.phone = phones[0] ?? null;
  await em.nativeDelete(ContactAddress, { workspaceId, contactId: contact.id });
  const rows = (kind: AddressKind, values: readonly string[]) =>
    [...new Set(values)].slice(1).map((value, place) => ({ workspaceId, contactId: contact.id, kind, value, place }));
  const further = [...rows('EMAIL', emails), ...rows('PHONE', phones)];
  if (further.length > 0) await em.insertMany(ContactAddress, further);
}

const furtherByContact = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(ContactAddress, { workspaceId, contactId: { $in: [...ids] } }, { orderBy: { kind: 'asc', place: 'asc' } }),
  ({ contactId }) => contactId,
);

/** All addresses of a kind, the first first. */
export async function addressesOf(scope: Scope, { id, email, phone }: Contact, kind: AddressKind): Promise<string[]> {
  const further = (await scope.load(furtherByContact, id)) ?? [];
  const first = kind === 'EMAIL' ? email : phone;
  return [...(first === null ? [] : [first]), ...further.filter((one) => one.kind === kind).map(({ value }) => value)];
}
