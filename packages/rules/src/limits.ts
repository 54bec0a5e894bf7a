/** Sizes both sides enforce, in characters of text or in items. */
export const limits = {
  subject: 255,
  richText: 100_000,
  name: 120,
  email: 254,
  tagsPerTicket: 50,
  watchersPerTicket: 100,
  pageSize: 100,
  viewText: 2000,
} as const;
