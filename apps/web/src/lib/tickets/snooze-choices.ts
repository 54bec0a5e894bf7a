export interface SnoozeChoice {
  readonly key: 'later' | 'tomorrow' | 'monday';
  readonly at: Date;
}

/** When a working day begins, by the clock of whoever snoozes. */
const morning = 9;

/** What people mostly mean by "not now": in three hours, tomorrow morning, on Monday. By the clock on the wall. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const morningIn = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);
  const later = new Date(now);
  later.setHours(now.getHours() + 3, 0, 0, 0);
  // Sunday is the seventh day here: Monday is the next that comes, never today.
  const toMonday = 8 - (now.getDay() || 7);
  const choices: SnoozeChoice[] = [
    { key: 'later', at: later },
    { key: 'tomorrow', at: morningIn(1) },
  ];
  return toMonday === 1 ? choices : [...choices, { key: 'monday', at: morningIn(toMonday) }];
}
