import { DomainError } from '../../kernel/domain-error.ts';

/** Somebody else already has the address or the external id; carries whom, so that the form can offer them. */
export class ContactExists extends DomainError {
  readonly code = 'CONTACT_EXISTS';
  constructor(
    readonly contactId: string,
    field: 'email' | 'externalId',
    value: string,
  ) {
    const what = field === 'email' ? 'email address' : 'external ID';
    super(`A customer with the ${what} ${value} exists already. Choose that customer, or give another ${what}.`, field);
  }
}

/** The address is one client's and the external id another's: which of them is meant is for a person to say. */
export class ContactsDiffer extends DomainError {
  readonly code = 'CONTACTS_DIFFER';
  constructor(readonly contactIds: readonly string[]) {
    super(
      `The email address belongs to the customer ${contactIds[0]} and the external ID to the customer ${contactIds[1]}. Choose one of them, or merge the two.`,
    );
  }
}

/** Somebody else saved the client first. Nothing was overwritten. */
export class ContactConflict extends DomainError {
  readonly code = 'CONTACT_CONFLICT';
  constructor(
    /** The version that stands now. */
    readonly version: number,
  ) {
    super('Somebody else changed this client while you edited. Look at what stands there now, and save again.');
  }
}

export class ContactNotFound extends DomainError {
  readonly code = 'CONTACT_NOT_FOUND';
  constructor() {
    super('There is no such client, or they became part of another.', 'contactId');
  }
}
