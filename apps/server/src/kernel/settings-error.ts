import { DomainError } from './domain-error.ts';

export class NameTaken extends DomainError {
  readonly code = 'NAME_TAKEN';
  constructor(field: string, name: string) {
    super(`"${name}" is already in use. Choose another.`, field);
  }
}

/** Somebody saved the same settings first. Nothing was overwritten. */
export class SettingsConflict extends DomainError {
  readonly code = 'SETTINGS_CONFLICT';
  constructor(
    /** The version that stands now. */
    readonly version: number,
  ) {
    super('Somebody else saved these settings while you edited them. Look at what they say now, and save again.');
  }
}

export class StillInUse extends DomainError {
  readonly code = 'STILL_IN_USE';
}
