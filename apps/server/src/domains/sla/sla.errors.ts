import { DomainError } from '../../kernel/domain-error.ts';

export class SlaPolicyNotFound extends DomainError {
  readonly code = 'SLA_POLICY_NOT_FOUND';
  constructor() {
    super('There is no such SLA policy in this workspace.', 'id');
  }
}

export class SlaCalendarNotFound extends DomainError {
  readonly code = 'SLA_CALENDAR_NOT_FOUND';
  constructor(field = 'id') {
    super('There is no such calendar in this workspace.', field);
  }
}
