/** When the day of an instant began, by this machine's zone. */
export function midnightOf(ms: number): string {
  const date = new Date(ms);
  date.setHours(0, 0, 0, 0);
  return date.toISOString();
}
