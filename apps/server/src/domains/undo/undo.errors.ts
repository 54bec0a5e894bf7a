import { DomainError } from '../../kernel/domain-error.ts';

/** There is no such entry in the log of a ticket that the viewer sees. */
export class EntryNotFound extends DomainError {
  readonly code = 'ENTRY_NOT_FOUND';

  constructor() {
    super('There is no such entry. It may be of a ticket that you do not see.', 'entryId');
  }
}

/** What an entry tells of cannot be put back, or not any more. */
export class UndoRefused extends DomainError {
  readonly code = 'UNDO_REFUSED';

  constructor(message: string) {
    super(message, 'entryId');
  }
}
