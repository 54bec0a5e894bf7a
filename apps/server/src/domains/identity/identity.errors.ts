import { DomainError } from '../../kernel/domain-error.ts';

/** One answer for an unknown address, a wrong password and a member who was deactivated. */
export class SignInRefused extends DomainError {
  readonly code = 'SIGN_IN_REFUSED';
  constructor() {
    super('The e-mail address and the password do not belong together. Check both and try again.', 'password');
  }
}

/** Somebody who is signed in gave another password than theirs. */
export class PasswordRefused extends DomainError {
  readonly code = 'PASSWORD_REFUSED';
  constructor(field: 'password' | 'current') {
    super('This is not your password. Check it and try again.', field);
  }
}

/** The password was right, and the account asks for more. */
export class SecondFactorNeeded extends DomainError {
  readonly code = 'SECOND_FACTOR_NEEDED';
  constructor() {
    super('Enter the code that your authenticator shows, or one of your recovery codes.', 'code');
  }
}

export class SecondFactorRefused extends DomainError {
  readonly code = 'SECOND_FACTOR_REFUSED';
  constructor() {
    super('This code is not right, or was used before. Wait for the next one and enter it.', 'code');
  }
}

export class TooManyAttempts extends DomainError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many attempts. Wait ${retryAfterSeconds} seconds and try again.`);
  }
}

/** The browser has been signed in for a while, and what is asked for opens much. */
export class ConfirmationNeeded extends DomainError {
  readonly code = 'CONFIRMATION_NEEDED';
  constructor() {
    super('Confirm with your password that it is you, and try again.');
  }
}

export class AccessTokenNotFound extends DomainError {
  readonly code = 'ACCESS_TOKEN_NOT_FOUND';
  constructor() {
    super('You have no such access token. It may have been revoked already.', 'id');
  }
}

export class SessionNotFound extends DomainError {
  readonly code = 'SESSION_NOT_FOUND';
  constructor() {
    super('You are not signed in there. It may have ended already.', 'id');
  }
}

/** One answer for a link that was used, is too old, or never was. */
export class LinkInvalid extends DomainError {
  readonly code = 'LINK_INVALID';
  constructor() {
    super('This link was used already, or is too old. Ask for a new one.', 'token');
  }
}

export class WorkspaceNotFound extends DomainError {
  readonly code = 'WORKSPACE_NOT_FOUND';
  constructor() {
    super('You are not a member of this workspace.', 'workspaceId');
  }
}
