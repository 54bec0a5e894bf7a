import { DomainError } from '../../kernel/domain-error.ts';

/** Nothing was split. */
export class SplitRefused extends DomainError {
  readonly code = 'SPLIT_REFUSED';
}
