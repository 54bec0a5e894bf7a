import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactAddress, type AddressKind, type Contact } from './contact.entity.ts';
import { ContactExists, ContactsDiffer } from './contact.errors.ts';

const mostAddresses = 20;

// One @ with something on both sides is all that can be told without writing to the address.
export function requireEmail(text: string): string {
  const email = requireLine('email', text, limits.email).toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new InvalidInput(`"${email}" is no e-mail address. Write it as name@example.org.`, 'email');
  }
  return email;
}

export function optionalLine(field: string, text: string | null | undefined): string | null {
  return text?.trim() ? requireLine(field, text, limits.name) : null;
}

/**
 * Refuses addresses and an external id that other clients have: by e-mail first, all addresses that are known, then by
 * external id. Two who give the same address at once wait for each other here.
 */
export async function requireFree(
  { em, workspaceId }: Scope,
  {
    emails,
    externalId,
    except = null,
  }: { readonly emails: readonly string[]; readonly externalId: string | null; readonly except?: string | null },
): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtext(?))', [`contacts ${workspaceId}`]);
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
  if (byEmail) throw new ContactExists(byEmail.id, 'email', byEmail.email);
  if (byExternalId && externalId !== null) throw new ContactExists(byExternalId.id, 'externalId', externalId);
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
