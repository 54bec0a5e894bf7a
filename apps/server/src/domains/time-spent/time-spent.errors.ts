import { DomainError } from '../../kernel/domain-error.ts';

export class TimeEntryNotFound extends DomainError {
  readonly code = 'TIME_ENTRY_NOT_FOUND';
  constructor() {
    super('There is no such entry, or it was taken away.', 'entryId');
  }
}
