export const TeamEvent = {
  HOURS_CHANGED: 'team.hours_changed',
} as const;
