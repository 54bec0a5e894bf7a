export const SlaEvent = {
  BREACHED: 'sla.breached',
  WARNED: 'sla.warned',
  OVERDUE: 'sla.overdue',
  RESPONDED: 'sla.responded',
  POLICY_CHANGED: 'sla.policy_changed',
  HOURS_CHANGED: 'sla.hours_changed',
  REAPPLIED: 'sla.reapplied',
  ESCALATED: 'sla.escalated',
  STEP_FAILED: 'sla.step_failed',
} as const;
