import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact } from './contact.entity.ts';
import { ContactExists } from './contact.errors.ts';

export interface CreateContact {
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly organization?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly locale?: string | undefined;
}

export function createContact(scope: Scope, command: CreateContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'contact.create')) throw new NotPermitted('Your role may not create clients.');
    const email = command.email?.trim() ? requireEmail(command.email) : null;
    const holder = email && (await findContactByEmail(tx, email));
    if (email && holder) throw new ContactExists(holder.id, email);
    return tx.em.create(Contact, {
      workspaceId: tx.workspaceId,
      id: newId(),
      name: requireLine('name', command.name, limits.name),
      email,
      phone: optionalLine('phone', command.phone),
      organization: optionalLine('organization', command.organization),
      externalId: optionalLine('externalId', command.externalId),
      locale: command.locale ?? 'en',
      createdAt: tx.now(),
    });
  });
}

function findContactByEmail(scope: Scope, email: string): Promise<Contact | null> {
  return scope.em.findOne(Contact, { workspaceId: scope.workspaceId, email: email.trim().toLowerCase() });
}

function optionalLine(field: string, text: string | null | undefined): string | null {
  return text?.trim() ? requireLine(field, text, limits.name) : null;
}

// One @ with something on both sides is all that can be told without writing to the address.
function requireEmail(text: string): string {
  const email = requireLine('email', text, limits.email).toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new InvalidInput(`"${email}" is no e-mail address. Write it as name@example.org.`, 'email');
  }
  return email;
}
