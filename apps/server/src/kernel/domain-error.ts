/**
 * A refusal that the user can act on. Its class name is the name of the GraphQL type that carries it; its own
 * enumerable fields are that type's fields. Errors carry ids, never rows: their transaction is gone.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;

  constructor(
    message: string,
    /** The input field it is about, null when it is about the whole. Not named `path`: graphql-js would believe it. */
    readonly field: string | null = null,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Something given is not allowed. The message says what was given, what is allowed and what to do. */
export class InvalidInput extends DomainError {
  readonly code = 'INVALID_INPUT';
}

/** The viewer may see the thing but not do this to it. */
export class NotPermitted extends DomainError {
  readonly code = 'NOT_PERMITTED';
}

/** What is wrong with one of a ticket's own fields. */
export interface FieldFault {
  readonly fieldId: string;
  readonly message: string;
  /** What stands there now, where somebody else changed it meanwhile; null otherwise. */
  readonly theirs: readonly string[] | null;
}

/** Fields of the workspace's own that lack what they must have, or were given what does not fit. Nothing was saved. */
export class FieldsRefused extends DomainError {
  readonly code = 'FIELDS_REFUSED';
  constructor(readonly faults: readonly FieldFault[]) {
    super(faults.map(({ message }) => message).join(' '), 'fields');
  }
}
