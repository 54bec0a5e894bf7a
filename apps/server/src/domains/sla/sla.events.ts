export const SlaEvent = { BREACHED: 'sla.breached', RESPONDED: 'sla.responded' } as const;
