import { DomainError } from '../../kernel/domain-error.ts';

/** The two cannot become one. */
export class MergeRefused extends DomainError {
  readonly code = 'MERGE_REFUSED';
}

/** It cannot become two again, or not now. */
export class UnmergeRefused extends DomainError {
  readonly code = 'UNMERGE_REFUSED';
}
