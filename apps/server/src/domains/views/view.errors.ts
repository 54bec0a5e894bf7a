import { DomainError } from '../../kernel/domain-error.ts';

export class ViewNotFound extends DomainError {
  readonly code = 'VIEW_NOT_FOUND';
  constructor() {
    super('There is no such view. Load the list of views again.', 'viewId');
  }
}
