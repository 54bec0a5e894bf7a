import { DomainError } from '../../kernel/domain-error.ts';

export class ContactUnmergeRefused extends DomainError {
  readonly code = 'CONTACT_UNMERGE_REFUSED';
}
