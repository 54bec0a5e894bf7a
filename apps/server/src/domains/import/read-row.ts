import { limits, parsePriority, Priority, StatusCategory } from '@baton/rules';
import { TicketSource } from '../tickets/index.ts';
import type { ColumnMapping, ImportField } from './column-mapping.ts';

/** A row of the file as the desk understands it. Names are not looked up yet. */
export interface ImportedTicket {
  readonly line: number;
  readonly number: number | null;
  readonly subject: string;
  readonly description: string;
  readonly category: StatusCategory;
  readonly priority: Priority;
  readonly topic: string | null;
  readonly team: string | null;
  readonly tags: readonly string[];
  readonly source: TicketSource;
  readonly requester: {
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
    readonly organization: string | null;
  } | null;
  readonly assigneeEmail: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly note: string | null;
  readonly noteAuthor: string | null;
}

/** Why a row cannot be imported, in words for the one who has the file. */
export class RowFault extends Error {}

const statusWords: Readonly<Record<string, StatusCategory>> = {
  new: 'NEW',
  open: 'OPEN',
  reopened: 'OPEN',
  assigned: 'OPEN',
  active: 'OPEN',
  todo: 'OPEN',
  'in progress': 'IN_PROGRESS',
  'work in progress': 'IN_PROGRESS',
  doing: 'IN_PROGRESS',
  waiting: 'WAITING',
  pending: 'WAITING',
  hold: 'WAITING',
  'on hold': 'WAITING',
  'pending customer response': 'WAITING',
  'waiting on customer': 'WAITING',
  'waiting for customer': 'WAITING',
  snoozed: 'WAITING',
  resolved: 'RESOLVED',
  solved: 'RESOLVED',
  done: 'RESOLVED',
  closed: 'CLOSED',
  spam: 'SPAM',
};

const sourceWords: Readonly<Record<string, TicketSource>> = { email: 'EMAIL', chat: 'WIDGET', widget: 'WIDGET', web: 'WIDGET', api: 'API' };

/** Reads one record; throws `RowFault` with the reason when it cannot be a ticket. */
export function readRow(record: Readonly<Record<string, string>>, mapping: ColumnMapping, line: number): ImportedTicket {
  const values = new Map<ImportField, string>();
  for (const [header, field] of mapping) values.set(field, (record[header] ?? '').trim());
  const text = (field: ImportField): string | null => values.get(field) || null;

  const subject = text('subject')?.replace(/\s+/g, ' ') ?? '';
  if (subject === '') throw new RowFault('the subject is empty');
  if (subject.length > limits.subject) throw new RowFault(`the subject has ${subject.length} characters; ${limits.subject} are allowed`);
  const description = text('description') ?? '';
  if (description.length > limits.richText)
    throw new RowFault(`the description has ${description.length} characters; ${limits.richText} are allowed`);

  const createdAt = readDate(text('createdAt'), 'created');
  const resolvedAt = readDate(text('resolvedAt'), 'resolved');
  if (createdAt && resolvedAt && resolvedAt < createdAt) throw new RowFault('it was resolved before it was created');
  return {
    line,
    number: readNumber(text('number')),
    subject,
    description,
    category: readCategory(text('status')),
    priority: readPriority(text('priority')),
    topic: text('topic'),
    team: text('team'),
    tags: (text('tags') ?? '')
      .split(/[,;|]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
      .slice(0, limits.tagsPerTicket),
    source: sourceWords[(text('source') ?? '').toLowerCase().replace(/[^a-z]/g, '')] ?? TicketSource.IMPORT,
    requester: readRequester(text('requesterName'), text('requesterEmail'), text('requesterPhone'), text('organization')),
    assigneeEmail: text('assigneeEmail')?.toLowerCase() ?? null,
    createdAt,
    updatedAt: readDate(text('updatedAt'), 'updated'),
    resolvedAt,
    note: text('note'),
    noteAuthor: text('noteAuthor'),
  };
}

function readNumber(text: string | null): number | null {
  if (text === null) return null;
  const number = Number(text.replace(/^#/, ''));
  if (!Number.isInteger(number) || number < 1 || number > 2_000_000_000)
    throw new RowFault(`"${text}" is no ticket number; it must be a whole number above 0`);
  return number;
}

function readCategory(text: string | null): StatusCategory {
  if (text === null) return 'NEW';
  const word = text.toLowerCase().replace(/[_-]+/g, ' ').trim();
  const category = statusWords[word];
  if (!category) throw new RowFault(`the status "${text}" is not known; known are ${Object.keys(statusWords).join(', ')}`);
  return category;
}

function readPriority(text: string | null): Priority {
  if (text === null) return Priority.NORMAL;
  const priority = parsePriority(text);
  if (!priority) throw new RowFault(`the priority "${text}" is not known; known are low, normal, medium, high, urgent, critical`);
  return priority;
}

/** ISO 8601, or a day and a time with a space between them; without a zone it is UTC. */
function readDate(text: string | null, what: string): Date | null {
  if (text === null) return null;
  const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/.exec(text);
  const zoned = iso && (iso[4] ? text.replace(/ ?UTC$/, 'Z').replace(/ (?=[+-])/, '') : `${text}${iso[1] ? 'Z' : ''}`);
  const date = new Date((zoned || '').replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'));
  if (Number.isNaN(date.getTime()))
    throw new RowFault(`the ${what} date "${text}" is not understood; write it as 2026-05-31 14:05:00 or in ISO 8601`);
  return date;
}

function readRequester(
  name: string | null,
  email: string | null,
  phone: string | null,
  organization: string | null,
): ImportedTicket['requester'] {
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new RowFault(`"${email}" is no e-mail address`);
  if (name === null && email === null) return null;
  return { name: (name ?? email ?? '').slice(0, limits.name), email: email?.toLowerCase() ?? null, phone, organization };
}
