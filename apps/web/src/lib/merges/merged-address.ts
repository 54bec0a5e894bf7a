/** Ends the URL of a merged ticket that is shown itself instead of its destination. */
export const keepMergedHash = '#merged';

const fromHash = /^#from-(\d{1,9})$/;

/** Ends the URL of a destination and says which merged ticket led there. */
export function mergedFromHash(number: number): string {
  return `#from-${number}`;
}

export function readMergedFrom(hash: string): number | null {
  const [, number] = fromHash.exec(hash) ?? [];
  return number === undefined ? null : Number(number);
}
