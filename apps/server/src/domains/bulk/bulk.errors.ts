import { DomainError } from '../../kernel/domain-error.ts';

export class BulkJobNotFound extends DomainError {
  readonly code = 'BULK_JOB_NOT_FOUND';
  constructor() {
    super('There is no such job of yours.', 'jobId');
  }
}

export class BulkRefused extends DomainError {
  readonly code = 'BULK_REFUSED';
}
