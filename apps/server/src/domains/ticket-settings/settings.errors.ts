import { DomainError } from '../../kernel/domain-error.ts';

/** What was to be changed is gone. */
export class SettingNotFound extends DomainError {
  readonly code = 'SETTING_NOT_FOUND';
  constructor(what: string, field: string) {
    super(`There is no such ${what} any more. Load the page again.`, field);
  }
}
