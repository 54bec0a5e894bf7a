import { DomainError } from '../../kernel/domain-error.ts';

/** Somebody else already has the address; carries whom, so that the form can offer them. */
export class ContactExists extends DomainError {
  readonly code = 'CONTACT_EXISTS';
  constructor(
    readonly contactId: string,
    email: string,
  ) {
    super(`A client with the e-mail address ${email} exists already. Choose that one, or give another address.`, 'email');
  }
}
