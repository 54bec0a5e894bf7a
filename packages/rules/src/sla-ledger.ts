import { dateAt, openSpans, openTime, reachOpenTime, type Calendar } from './business-time.ts';

/** A stretch of a clock's life, as it is kept: in it the clock ran or stood, for one reason, measured in one way. */
export interface Segment {
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly running: boolean;
  /** What began it: a word of whoever keeps the ledger. */
  readonly reason: string;
  readonly calendar: Calendar | null;
}

/** A part of a segment, and whether it was counted or why not. */
export interface LedgerLine {
  readonly from: number;
  readonly to: number;
  readonly kind: 'COUNTED' | 'STOOD' | 'OUTSIDE_HOURS' | 'HOLIDAY';
  readonly reason: string;
}

/**
 * How a clock came to show what it shows: every moment of its life, counted or not. The counted lines add up to what has
 * elapsed, exactly.
 */
export function explainClock(segments: readonly Segment[], at: number): LedgerLine[] {
  return segments.flatMap((segment) => linesOf(segment, Math.min(segment.to ?? at, at)));
}

/** What the counted lines add up to, in milliseconds. */
export function countedTime(lines: readonly LedgerLine[]): number {
  return lines.reduce((sum, { kind, from, to }) => sum + (kind === 'COUNTED' ? to - from : 0), 0);
}

/** When the counted time reached an amount, up to `at`; null if it has not. The counterpart of `countedTime`. */
export function reachedInLedger(segments: readonly Segment[], amountMs: number, at: number): number | null {
  let left = amountMs;
  for (const { from, to, running, calendar } of segments) {
    if (!running) continue;
    const counted = openTime(calendar, from, Math.min(to ?? at, at));
    if (counted >= left) return reachOpenTime(calendar, from, left);
    left -= counted;
  }
  return null;
}

function linesOf({ from, running, reason, calendar }: Segment, to: number): LedgerLine[] {
  if (to <= from) return [];
  if (!running) return [{ from, to, kind: 'STOOD', reason }];
  if (calendar === null) return [{ from, to, kind: 'COUNTED', reason }];
  const lines: LedgerLine[] = [];
  let reached = from;
  for (const span of openSpans(calendar, from, to)) {
    if (span.from > reached) lines.push(closed(calendar, reached, span.from, reason));
    const last = lines.at(-1);
    // Hours that meet, as at midnight, are one stretch to a reader.
    if (last?.kind === 'COUNTED' && last.to === span.from) lines[lines.length - 1] = { ...last, to: span.to };
    else lines.push({ ...span, kind: 'COUNTED', reason });
    reached = span.to;
  }
  if (reached < to) lines.push(closed(calendar, reached, to, reason));
  return lines;
}

/** A closed stretch is a holiday's when one lies in it, whole days and all. */
function closed(calendar: Calendar, from: number, to: number, reason: string): LedgerLine {
  for (let date = dateAt(calendar, from); date <= dateAt(calendar, to - 1); date++) {
    if (calendar.holidays.has(date)) return { from, to, kind: 'HOLIDAY', reason };
  }
  return { from, to, kind: 'OUTSIDE_HOURS', reason };
}
