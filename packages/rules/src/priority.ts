export const Priority = { LOW: 'LOW', NORMAL: 'NORMAL', HIGH: 'HIGH', CRITICAL: 'CRITICAL' } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** From least to most urgent. */
export const priorities: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'];

const aliases: Record<string, Priority> = { medium: 'NORMAL', urgent: 'CRITICAL' };

/** Reads a priority as people write it ("high", "Urgent", "Medium"); null for a word that is none. */
export function parsePriority(word: string): Priority | null {
  const key = word.trim().toLowerCase();
  return aliases[key] ?? priorities.find((priority) => priority.toLowerCase() === key) ?? null;
}
