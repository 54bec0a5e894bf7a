import { DomainError } from '../../kernel/domain-error.ts';

/** The two cannot be linked in this way. */
export class LinkRefused extends DomainError {
  readonly code = 'LINK_REFUSED';
}

export class LinkNotFound extends DomainError {
  readonly code = 'LINK_NOT_FOUND';
  constructor() {
    super('These tickets are not linked, or no longer.', 'linkId');
  }
}
