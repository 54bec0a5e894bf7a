import { DomainError } from '../../kernel/domain-error.ts';

/** Missing and forbidden alike: the answer tells nobody that the ticket exists. */
export class TicketNotFound extends DomainError {
  readonly code = 'TICKET_NOT_FOUND';
  constructor() {
    super('There is no such ticket, or it is not yours to see.', 'ticketId');
  }
}

/** Somebody else changed the same field first: what it was, what they made of it, and what was about to replace it. */
export class TicketConflict extends DomainError {
  readonly code = 'TICKET_CONFLICT';
  constructor(
    readonly ticketId: string,
    field: string,
    readonly values: { readonly base: string | null; readonly theirs: string | null; readonly yours: string | null },
    readonly change: { readonly actorId: string | null; readonly at: Date } | null,
  ) {
    super('Somebody else changed this while you were editing it. Choose which of the two to keep.', field);
  }
}

export class StatusMoveRefused extends DomainError {
  readonly code = 'STATUS_MOVE_REFUSED';
  constructor(from: string, to: string) {
    super(`A ticket cannot go from ${from} to ${to}. Choose another status.`, 'status');
  }
}

/** An id in the input that names nothing in this workspace. */
export class ReferenceNotFound extends DomainError {
  readonly code = 'REFERENCE_NOT_FOUND';
  constructor(field: string, what: string) {
    super(`There is no such ${what} in this workspace. Load the list again and choose one of it.`, field);
  }
}

/** A member who cannot read the ticket, and would not be able to as a watcher or by a mention. */
export class MemberCannotRead extends DomainError {
  readonly code = 'MEMBER_CANNOT_READ';
  constructor(
    readonly memberIds: readonly string[],
    message: string,
    field: string,
  ) {
    super(message, field);
  }
}
