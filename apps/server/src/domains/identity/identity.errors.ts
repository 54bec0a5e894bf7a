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

/** The person entered their password in this browser too long ago for this operation. */
export class ConfirmationNeeded extends DomainError {
  readonly code = 'CONFIRMATION_NEEDED';
  constructor() {
    super('Enter your password to confirm that it is you, then try again.');
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

/** The address has an account, whose password an invitation does not set. */
export class SignInRequired extends DomainError {
  readonly code = 'SIGN_IN_REQUIRED';
  constructor() {
    super('An account with this address exists. Sign in with it to accept the invitation.', 'token');
  }
}

export class InvitationNotAllowed extends DomainError {
  readonly code = 'INVITATION_NOT_ALLOWED';
  constructor() {
    super('This invitation is for another email address. Sign in with the account of that address.', 'email');
  }
}

export class InvitationNotFound extends DomainError {
  readonly code = 'INVITATION_NOT_FOUND';
  constructor() {
    super('No invitation from this workspace waits for you. Ask an administrator of the workspace for a new one.', 'workspaceId');
  }
}

export class WorkspaceNotFound extends DomainError {
  readonly code = 'WORKSPACE_NOT_FOUND';
  constructor() {
    super('You are not a member of this workspace.', 'workspaceId');
  }
}
