import { openCategories, StatusCategory } from './status-category.ts';

/**
 * What the figures that count tickets include, as filters. Dashboard, views and lists use these and no others.
 *
 * - Deleted tickets count nowhere.
 * - Spam counts nowhere but in the view Spam.
 * - A merged source counts nowhere: its destination counts.
 * - A snoozed ticket is no open work: it counts in the view Snoozed, in what was created or resolved, and in SLA outcomes.
 */
export const ticketMetrics = {
  open: { categories: openCategories, snoozed: false },
  unassigned: { categories: openCategories, snoozed: false, unassigned: true },
  overdue: { categories: openCategories, snoozed: false, dueWithinMinutes: 0 },
  /** Due within half an hour and not overdue. */
  dueSoon: { categories: openCategories, snoozed: false, dueWithinMinutes: 30, not: { dueWithinMinutes: 0 } },
  created: { merged: false, not: { categories: [StatusCategory.SPAM] } },
  resolved: { merged: false, categories: [StatusCategory.RESOLVED, StatusCategory.CLOSED] },
} as const;
