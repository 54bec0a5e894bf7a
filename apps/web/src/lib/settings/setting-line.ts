/** One part of some settings, in words. */
export interface SettingLine {
  readonly label: string;
  readonly text: string;
}

export interface SettingDifference {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** What two versions say of different things, part by part. What one leaves out is empty there. */
export function differing(before: readonly SettingLine[], after: readonly SettingLine[]): SettingDifference[] {
  const labels = new Set([...before, ...after].map(({ label }) => label));
  const textOf = (lines: readonly SettingLine[], label: string) => lines.find((line) => line.label === label)?.text ?? '';
  return [...labels]
    .map((label) => ({ label, before: textOf(before, label), after: textOf(after, label) }))
    .filter((line) => line.before !== line.after);
}
