export const TimeSpentEvent = {
  RECORDED: 'time.recorded',
  REMOVED: 'time.removed',
} as const;
