/** A PostgreSQL array of IDs. */
export function idList(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
