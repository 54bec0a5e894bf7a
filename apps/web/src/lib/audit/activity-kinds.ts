/** What of a ticket's history can be asked for, and the types of entries that it is. */
export const activityKinds = {
  status: [
    'ticket.created',
    'ticket.imported',
    'ticket.status_changed',
    'ticket.stale',
    'ticket.snoozed',
    'ticket.deleted',
    'ticket.restored',
  ],
  assignment: ['ticket.assigned'],
  fields: ['ticket.edited', 'ticket.fields_set', 'ticket.erased', 'ticket.contact_added', 'ticket.contact_removed'],
  tags: ['ticket.tagged'],
  checklist: ['checklist.added', 'checklist.done', 'checklist.undone', 'checklist.renamed', 'checklist.removed', 'checklist.ordered'],
  watchers: ['watcher.added', 'watcher.removed'],
  notes: ['note.added', 'note.edited', 'note.deleted', 'note.published'],
  messages: ['message.sent', 'message.received', 'conversation.linked', 'conversation.unlinked', 'link.opened', 'link.revoked'],
  time: ['time.recorded', 'time.removed'],
  files: ['ticket.file_added', 'ticket.file_removed'],
  links: [
    'ticket.linked',
    'ticket.unlinked',
    'ticket.merged',
    'ticket.received_merge',
    'ticket.merge_undone',
    'ticket.gave_back_merge',
    'ticket.split',
    'ticket.split_off',
    'ticket.split_undone',
  ],
  sla: [
    'sla.responded',
    'sla.warned',
    'sla.breached',
    'sla.overdue',
    'sla.policy_changed',
    'sla.reapplied',
    'sla.escalated',
    'sla.step_failed',
  ],
} as const satisfies Record<string, readonly string[]>;

export type ActivityKind = keyof typeof activityKinds;
