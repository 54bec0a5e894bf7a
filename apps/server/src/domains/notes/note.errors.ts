import { DomainError } from '../../kernel/domain-error.ts';

export class NoteNotFound extends DomainError {
  readonly code = 'NOTE_NOT_FOUND';
  constructor() {
    super('There is no such note, or it was deleted. What you wrote is kept here.', 'noteId');
  }
}

/** The client has read it. */
export class NotePublished extends DomainError {
  readonly code = 'NOTE_PUBLISHED';
  constructor() {
    super('This note was sent to the client. What was delivered cannot be changed or taken back; write a further reply.', 'noteId');
  }
}

/** A colleague added a note while this one was written: perhaps it says the same. */
export class NoteMeanwhile extends DomainError {
  readonly code = 'NOTE_MEANWHILE';
  constructor(
    /** The ticket's version by now. */
    readonly version: number,
  ) {
    super('Somebody else added a note while you were writing. Read it, then add yours if it is still needed.', 'seenVersion');
  }
}

/** The note was edited since the editor opened it; carries what it says now. */
export class NoteConflict extends DomainError {
  readonly code = 'NOTE_CONFLICT';
  constructor(
    readonly noteId: string,
    readonly theirs: string,
  ) {
    super('This note was edited while you were editing it. Compare the two and save again.', 'body');
  }
}
