import { limits } from '@baton/rules';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { optionalLine, requireEmail, requireFree } from './addresses.ts';
import { requireData, type ContactDatum } from './contact-data.ts';
import { Contact } from './contact.entity.ts';

export interface CreateContact {
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly organization?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly locale?: string | undefined;
  /** What the card has no field for. */
  readonly data?: readonly ContactDatum[] | null | undefined;
}

export function createContact(scope: Scope, command: CreateContact): Promise<Contact> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'contact.create')) throw new NotPermitted('Your role may not create clients.');
    const email = command.email?.trim() ? requireEmail(command.email) : null;
    const externalId = optionalLine('externalId', command.externalId);
    await requireFree(tx, { emails: email === null ? [] : [email], externalId });
    return tx.em.create(Contact, {
      workspaceId: tx.workspaceId,
      id: newId(),
      name: requireLine('name', command.name, limits.name),
      email,
      phone: optionalLine('phone', command.phone),
      organization: optionalLine('organization', command.organization),
      externalId,
      locale: command.locale ?? 'en',
      notes: '',
      data: requireData(command.data ?? []),
      version: 1,
      mergedIntoId: null,
      createdAt: tx.now(),
    });
  });
}
