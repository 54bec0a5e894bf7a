import { DomainError } from '../../kernel/domain-error.ts';

export class CustomFieldNotFound extends DomainError {
  readonly code = 'CUSTOM_FIELD_NOT_FOUND';
  constructor() {
    super('There is no such field any more. Load the fields again.', 'fieldId');
  }
}
