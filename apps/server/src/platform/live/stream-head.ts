/**
 * Where a workspace's stream of changes stands. The epoch changes when positions could repeat, as after a restored
 * backup. `at` is the time by which lists that depend on time were judged, in milliseconds since 1970.
 */
export interface StreamHead {
  readonly epoch: string;
  readonly position: number;
  readonly at: number;
}

/** A head as clients hold it: opaque to them. */
export function formatHead({ epoch, position, at }: StreamHead): string {
  return `${epoch}:${position}:${at.toString(36)}`;
}

/** Anything that is no head of ours counts as one of another epoch, which is answered by a reload. */
export function parseHead(text: string | null | undefined): StreamHead | null {
  if (text === null || text === undefined) return null;
  const [, epoch, position, at] = /^([0-9a-f.-]{1,80}):(\d{1,15}):([0-9a-z]{1,11})$/.exec(text) ?? [];
  if (epoch === undefined || position === undefined || at === undefined) return { epoch: '', position: 0, at: 0 };
  return { epoch, position: Number(position), at: Number.parseInt(at, 36) };
}
