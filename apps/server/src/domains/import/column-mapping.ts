import { ImportFault } from './import-fault.ts';

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
  'requesterFirstName',
  'requesterLastName',
  'requesterEmail',
  'requesterPhone',
  'requesterLanguage',
  'organization',
  'assigneeEmail',
  'createdAt',
  'updatedAt',
  'resolvedAt',
  'note',
  'noteAuthor',
] as const;
export type ImportField = (typeof importFields)[number];

/** A ticket has one of each field but these, so several columns can hold them. */
const repeatable: readonly ImportField[] = ['tags', 'note'];

interface MappedColumn {
  readonly index: number;
  readonly header: string;
  readonly field: ImportField;
}

export interface ColumnMapping {
  readonly columns: readonly MappedColumn[];
  /** Headers of the columns that are not imported. */
  readonly ignored: readonly string[];
}

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
  requesterFirstName: ['requester first name', 'customer first name', 'contact first name', 'first name', 'given name'],
  requesterLastName: ['requester last name', 'customer last name', 'contact last name', 'last name', 'surname', 'family name'],
  requesterEmail: ['requester email', 'customer email', 'email', 'e mail', 'contact email', 'from email'],
  requesterPhone: ['phone', 'customer phone', 'requester phone'],
  requesterLanguage: ['requester language', 'customer language', 'language', 'locale', 'requester locale', 'contact language'],
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
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** How many columns of a header have a name that help desks use. */
export function countKnown(headers: readonly string[]): number {
  const known = new Set(Object.values(knownHeaders).flat());
  return headers.filter((header) => known.has(normalized(header))).length;
}

/** Finds the columns by their headers. An explicit mapping of header to field wins; `null` there leaves a column out. */
export function mapColumns(headers: readonly string[], explicit: Readonly<Record<string, string | null>>): ColumnMapping {
  const fields = new Map<number, ImportField>();
  for (const [header, field] of Object.entries(explicit)) {
    if (!headers.includes(header))
      throw new ImportFault(`The mapping names the column "${header}", which the file does not have. It has: ${headers.join(', ')}.`);
    if (field === null) continue;
    if (!isField(field))
      throw new ImportFault(`The mapping gives "${header}" the field "${field}". Fields are: ${importFields.join(', ')}.`);
    for (const [index, one] of headers.entries()) if (one === header) fields.set(index, field);
  }
  const taken = new Set(fields.values());
  for (const field of importFields) {
    if (taken.has(field)) continue;
    for (const index of knownColumns(headers, field))
      if (!((headers[index] ?? '') in explicit) && !fields.has(index)) fields.set(index, field);
  }
  const columns = [...fields].map(([index, field]) => ({ index, header: headers[index] ?? '', field })).sort((a, b) => a.index - b.index);
  refuseTwice(columns);
  if (!columns.some(({ field }) => field === 'subject')) {
    throw new ImportFault(
      `No column holds the subject. The file has: ${headers.join(', ')}. Name it in a mapping file: {"YOUR COLUMN": "subject"}.`,
    );
  }
  return { columns, ignored: headers.filter((_, index) => !fields.has(index)) };
}

/** All columns of a field that a ticket may have several of; otherwise those with the most specific of the known names. */
function knownColumns(headers: readonly string[], field: ImportField): number[] {
  const named = (name: string) => [...headers.keys()].filter((index) => normalized(headers[index] ?? '') === name);
  const found = knownHeaders[field].map(named).filter(({ length }) => length > 0);
  return repeatable.includes(field) ? found.flat() : (found[0] ?? []);
}

function refuseTwice(columns: readonly MappedColumn[]): void {
  for (const { index, header, field } of columns) {
    const other = columns.find((one) => one.field === field && one.index < index);
    if (!other || repeatable.includes(field)) continue;
    throw new ImportFault(
      `The columns ${other.index + 1} ("${other.header}") and ${index + 1} ("${header}") both hold the field "${field}". Rename or remove one of them, or leave one out in the mapping: {"${header}": null}.`,
    );
  }
}

function isField(word: string): word is ImportField {
  return (importFields as readonly string[]).includes(word);
}
