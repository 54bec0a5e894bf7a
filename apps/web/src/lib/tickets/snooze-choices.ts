export interface SnoozeChoice {
  readonly key: 'later' | 'tomorrow' | 'monday';
  readonly at: Date;
}

/** The hour at which a snooze until another day ends. */
const morning = 9;
const laterHours = 3;

/** The usual choices by the local clock: in three hours, tomorrow morning, Monday morning. Each only where its label is true. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const morningIn = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);
  const later = new Date(now);
  later.setHours(now.getHours() + laterHours, 0, 0, 0);
  const isToday = later.toDateString() === now.toDateString();
  // Sunday is day 7: the next Monday, never today.
  const toMonday = 8 - (now.getDay() || 7);
  return [
    ...(isToday ? [{ key: 'later', at: later } as const] : []),
    { key: 'tomorrow', at: morningIn(1) },
    ...(toMonday === 1 ? [] : [{ key: 'monday', at: morningIn(toMonday) } as const]),
  ];
}
