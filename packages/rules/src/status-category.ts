/** What a status means to the desk. Code asks for the category; names and colours belong to the workspace. */
export const StatusCategory = {
  NEW: 'NEW',
  OPEN: 'OPEN',
  IN_PROGRESS: 'IN_PROGRESS',
  WAITING: 'WAITING',
  RESOLVED: 'RESOLVED',
  CLOSED: 'CLOSED',
  SPAM: 'SPAM',
} as const;
export type StatusCategory = (typeof StatusCategory)[keyof typeof StatusCategory];

/** What a category does to an SLA clock: let it run, hold it, end it, or take it out of the statistics. */
export type ClockEffect = 'RUN' | 'PAUSE' | 'STOP' | 'CANCEL';

const clockEffects: Record<StatusCategory, ClockEffect> = {
  NEW: 'RUN',
  OPEN: 'RUN',
  IN_PROGRESS: 'RUN',
  WAITING: 'PAUSE',
  RESOLVED: 'STOP',
  CLOSED: 'STOP',
  SPAM: 'CANCEL',
};

export function clockEffect(category: StatusCategory): ClockEffect {
  return clockEffects[category];
}

/** Categories of tickets that still need somebody's work. */
export const openCategories: readonly StatusCategory[] = ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'];

/** A ticket that left New was acknowledged; it cannot become unseen again. */
export function mayMoveTo(from: StatusCategory, to: StatusCategory): boolean {
  return to !== StatusCategory.NEW || from === StatusCategory.NEW || from === StatusCategory.SPAM;
}
