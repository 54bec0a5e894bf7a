import { DomainError } from '../../kernel/domain-error.ts';

/** One answer for an unknown address, a wrong password and a member who was deactivated. */
export class SignInRefused extends DomainError {
  readonly code = 'SIGN_IN_REFUSED';
  constructor() {
    super('The e-mail address and the password do not belong together. Check both and try again.', 'password');
  }
}

export class TooManyAttempts extends DomainError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many attempts to sign in. Wait ${retryAfterSeconds} seconds and try again.`);
  }
}

export class AccessTokenNotFound extends DomainError {
  readonly code = 'ACCESS_TOKEN_NOT_FOUND';
  constructor() {
    super('You have no such access token. It may have been revoked already.', 'id');
  }
}
