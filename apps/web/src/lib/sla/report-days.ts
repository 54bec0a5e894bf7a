/** What was kept and missed on one day, over all metrics. */
export interface DayFigures {
  /** Written 2026-11-21. */
  readonly day: string;
  readonly label: string;
  readonly met: number;
  readonly breached: number;
}

interface DayRow {
  readonly key?: string | null;
  readonly met: number;
  readonly breached: number;
}

/** Every day from one to another, those without a row too: a chart that left them out would lie about time. */
export function daysBetween(from: Date, to: Date, rows: readonly DayRow[], locale: string): DayFigures[] {
  const labels = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const days: DayFigures[] = [];
  for (const at = new Date(from.getFullYear(), from.getMonth(), from.getDate()); at < to; at.setDate(at.getDate() + 1)) {
    const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
    const own = rows.filter(({ key }) => key === day);
    const sum = (field: 'met' | 'breached') => own.reduce((total, row) => total + row[field], 0);
    days.push({ day, label: labels.format(at), met: sum('met'), breached: sum('breached') });
  }
  return days;
}
