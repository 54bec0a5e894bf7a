import { DomainError } from '../../kernel/domain-error.ts';

export class MemberNotFound extends DomainError {
  readonly code = 'MEMBER_NOT_FOUND';
  constructor(field = 'memberId') {
    super('There is no such person in this workspace.', field);
  }
}

export class TeamNotFound extends DomainError {
  readonly code = 'TEAM_NOT_FOUND';
  constructor(field = 'teamId') {
    super('There is no such team in this workspace.', field);
  }
}

export class RoleNotFound extends DomainError {
  readonly code = 'ROLE_NOT_FOUND';
  constructor(field = 'roleId') {
    super('There is no such role in this workspace.', field);
  }
}

/** A workspace nobody owns can never again be set up. */
export class LastOwner extends DomainError {
  readonly code = 'LAST_OWNER';
  constructor() {
    super('This is the only owner. Make somebody else an owner first.');
  }
}
