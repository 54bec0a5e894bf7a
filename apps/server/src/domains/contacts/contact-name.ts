import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { optionalLine } from './addresses.ts';
import type { Contact } from './contact.entity.ts';

export interface GivenName {
  /** For a contact without a first and a last name; ignored when one of them is given. */
  readonly name?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
}

/** The names that are stored: the displayed name is made of the first and the last name, if one of them is given. */
export function requireName(given: GivenName): Pick<Contact, 'name' | 'firstName' | 'lastName'> {
  const firstName = optionalLine('firstName', given.firstName);
  const lastName = optionalLine('lastName', given.lastName);
  const parts = [firstName, lastName].filter((part) => part !== null).join(' ');
  if (parts.length > limits.name) {
    throw new InvalidInput(`The first and last name have ${parts.length} characters. Allowed: ${limits.name}.`, 'lastName');
  }
  if (parts !== '') return { name: parts, firstName, lastName };
  return { name: requireLine('name', given.name ?? '', limits.name), firstName: null, lastName: null };
}
