import { DomainError } from '../../kernel/domain-error.ts';

export class FailedJobNotFound extends DomainError {
  readonly code = 'FAILED_JOB_NOT_FOUND';
  constructor() {
    super('Failed job not found. It may have been started again or discarded.', 'failedJobId');
  }
}
