import type { Scope } from '../../platform/scope.ts';
import { Contact } from './contact.entity.ts';

/** The customers who have these email addresses, as their primary or another one, by address. */
export async function contactsByEmail({ em, workspaceId }: Scope, emails: readonly string[]): Promise<ReadonlyMap<string, Contact>> {
  const list = `{${[...new Set(emails)].map((email) => JSON.stringify(email)).join(',')}}`;
  const rows: { id: string; email: string }[] = await em.execute(
    `select id, email from contact where workspace_id = ? and email = any(?::text[])
     union all
     select contact_id, value from contact_address where workspace_id = ? and kind = 'EMAIL' and value = any(?::text[])`,
    [workspaceId, list, workspaceId, list],
  );
  const contacts = await em.find(Contact, { workspaceId, id: { $in: rows.map(({ id }) => id) }, mergedIntoId: null });
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  return new Map(rows.flatMap(({ id, email }) => (byId.has(id) ? [[email, byId.get(id) as Contact] as const] : [])));
}
