/**
 * Work that waits in the database, for metrics: by queue name, a query of the instants at which items became due. Each
 * uses an index of due items alone, so its cost follows from what waits.
 */
export const queues: Readonly<Record<string, string>> = {
  events: 'select at from event where position is null',
  email: 'select due_at from outgoing_mail where due_at <= now()',
  push: 'select due_at from outgoing_push where due_at <= now()',
  bulk: 'select created_at from bulk_job where finished_at is null',
  sla: 'select least(due_at, warn_at, step_at) from sla_clock where due_at <= now() or warn_at <= now() or step_at <= now()',
  failed: 'select last_at from work_attempt where retry_at is null and discarded_at is null',
};
