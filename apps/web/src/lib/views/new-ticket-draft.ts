import type { ContactChoice } from '#lib/contacts/ContactPicker.svelte';
import type { Priority } from '#lib/graphql/generated/graphql.ts';

/** A ticket that is being filled in. */
export interface NewTicketDraft {
  readonly form: {
    readonly subject: string;
    readonly description: string;
    readonly priority: Priority;
    readonly topicId: string;
    readonly teamId: string;
    readonly assigneeId: string;
    readonly watcherIds: string[];
    /** One thing to be done a line. */
    readonly checklist: string;
    /** For no customer. */
    readonly internal: boolean;
  };
  /** Of the workspace's own, by their ids. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly contact: ContactChoice | null;
  readonly newContact: { readonly name: string; readonly email: string } | null;
  /** One for each new ticket: sent twice by whatever accident, also after a reload, it is made once. */
  readonly idempotencyKey: string;
}

export const blankForm = (): NewTicketDraft['form'] => ({
  subject: '',
  description: '',
  priority: 'NORMAL',
  topicId: '',
  teamId: '',
  assigneeId: '',
  watcherIds: [],
  checklist: '',
  internal: false,
});

const keyOf = (draftKey: string) => `baton.newTicket.${draftKey}`;

/** What was begun in this browser by that key: a person's, and the conversation's that it is for; null for nothing. */
export function readDraft(draftKey: string): NewTicketDraft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(draftKey)) ?? 'null') as NewTicketDraft | null;
    return kept && { ...kept, form: { ...blankForm(), ...kept.form } };
  } catch {
    // Something else of that name: nothing that could be shown.
    return null;
  }
}

/** Keeps what was filled in, or forgets it where there is nothing. */
export function keepDraft(draftKey: string, draft: NewTicketDraft): void {
  const { form, fields, contact, newContact } = draft;
  const isBlank = JSON.stringify(form) === JSON.stringify(blankForm()) && Object.keys(fields).length === 0 && !contact && !newContact;
  if (isBlank) localStorage.removeItem(keyOf(draftKey));
  else localStorage.setItem(keyOf(draftKey), JSON.stringify(draft));
}
