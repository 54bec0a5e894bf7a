import { DomainError } from '../../kernel/domain-error.ts';

export class ChecklistItemNotFound extends DomainError {
  readonly code = 'CHECKLIST_ITEM_NOT_FOUND';
  constructor() {
    super('This is not on the checklist any more.', 'itemId');
  }
}

/** Somebody wrote something else there first. */
export class ChecklistConflict extends DomainError {
  readonly code = 'CHECKLIST_CONFLICT';
  constructor(readonly theirs: string) {
    super('Somebody changed this while you edited it. Look at what it says now, and save again.', 'text');
  }
}
