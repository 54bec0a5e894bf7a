/** What a column of a file can hold. */
const importFields = [
  'number',
  'subject',
  'description',
  'status',
  'priority',
  'topic',
  'tags',
  'team',
  'source',
  'requesterName',
  'requesterEmail',
  'requesterPhone',
  'organization',
  'assigneeEmail',
  'createdAt',
  'updatedAt',
  'resolvedAt',
  'note',
  'noteAuthor',
] as const;
export type ImportField = (typeof importFields)[number];

export type ColumnMapping = ReadonlyMap<string, ImportField>;

/** The names under which help desks export each field, in lower case and without punctuation. */
const knownHeaders: Record<ImportField, readonly string[]> = {
  number: ['number', 'ticket number', 'ticket id', 'id', 'ticket no', 'ticket'],
  subject: ['subject', 'ticket subject', 'title', 'summary'],
  description: ['description', 'ticket description', 'body', 'message', 'details'],
  status: ['status', 'ticket status', 'state'],
  priority: ['priority', 'ticket priority'],
  topic: ['topic', 'category', 'ticket type', 'type', 'ticket category'],
  tags: ['tags', 'labels', 'tag'],
  team: ['team', 'group', 'queue', 'department'],
  source: ['source', 'channel', 'ticket channel', 'via'],
  requesterName: ['requester', 'requester name', 'customer name', 'customer', 'client', 'contact', 'contact name', 'name', 'from'],
  requesterEmail: ['requester email', 'customer email', 'email', 'e mail', 'contact email', 'from email'],
  requesterPhone: ['phone', 'customer phone', 'requester phone'],
  organization: ['organization', 'organisation', 'company', 'account'],
  assigneeEmail: ['assignee', 'assignee email', 'agent', 'agent email', 'owner', 'operator'],
  createdAt: ['created', 'created at', 'created date', 'date created', 'opened', 'opened at', 'submitted at', 'date'],
  updatedAt: ['updated', 'updated at', 'last updated', 'modified'],
  resolvedAt: ['resolved', 'resolved at', 'solved at', 'closed at', 'time to resolution', 'resolution date', 'closed'],
  note: ['note', 'notes', 'resolution', 'comment', 'comments', 'internal note'],
  noteAuthor: ['note author', 'comment author', 'resolved by'],
};

function normalized(header: string): string {
  return header
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Finds the columns by their headers. An explicit mapping of header to field wins; `null` there leaves a column out. */
export function mapColumns(headers: readonly string[], explicit: Readonly<Record<string, string | null>>): ColumnMapping {
  const mapping = new Map<string, ImportField>();
  const taken = new Set<ImportField>();
  for (const [header, field] of Object.entries(explicit)) {
    if (!headers.includes(header))
      throw new MappingFault(`The mapping names the column "${header}", which the file does not have. It has: ${headers.join(', ')}.`);
    if (field === null) continue;
    if (!isField(field))
      throw new MappingFault(`The mapping gives "${header}" the field "${field}". Fields are: ${importFields.join(', ')}.`);
    mapping.set(header, field);
    taken.add(field);
  }
  for (const field of importFields) {
    if (taken.has(field)) continue;
    const known = knownHeaders[field];
    const header = known.flatMap((name) => headers.filter((one) => normalized(one) === name && !(one in explicit) && !mapping.has(one)))[0];
    if (header !== undefined) mapping.set(header, field);
  }
  if (![...mapping.values()].includes('subject')) {
    throw new MappingFault(
      `No column holds the subject. The file has: ${headers.join(', ')}. Name it in a mapping file: {"YOUR COLUMN": "subject"}.`,
    );
  }
  return mapping;
}

/** A mapping that does not fit its file. */
export class MappingFault extends Error {}

function isField(word: string): word is ImportField {
  return (importFields as readonly string[]).includes(word);
}
