export const SlaEvent = {
  BREACHED: 'sla.breached',
  WARNED: 'sla.warned',
  RESPONDED: 'sla.responded',
  POLICY_CHANGED: 'sla.policy_changed',
  REAPPLIED: 'sla.reapplied',
} as const;
