import { limits, locales, nameKey, parseLocale, type Locale, type Priority, type TicketSource } from '@baton/rules';
import { InvalidInput, type DomainError } from '../../kernel/domain-error.ts';
import { parseEmailAddress } from '../../kernel/email-address.ts';
import { isVisible, requireLine } from '../../kernel/text.ts';
import { richTextFromPlain, type Status } from '../tickets/index.ts';
import type { ColumnMapping, ImportField } from './column-mapping.ts';
import { readDate } from './read-date.ts';
import { RowFault } from './row-fault.ts';
import type { ValueWords } from './value-words.ts';

/** A row of the file as a ticket. Topics, teams and people are still names. */
export interface ImportedTicket {
  /** The place among the rows of the file; the first is 1. */
  readonly row: number;
  readonly line: number;
  readonly number: number | null;
  readonly subject: string;
  /** Rich text. */
  readonly description: string;
  readonly status: Status;
  readonly priority: Priority;
  readonly topic: string | null;
  readonly team: string | null;
  readonly tags: readonly string[];
  readonly source: TicketSource;
  readonly requester: {
    readonly name: string;
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly email: string | null;
    readonly phone: string | null;
    readonly organization: string | null;
    readonly locale: Locale | null;
  } | null;
  readonly assigneeEmail: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly resolvedAt: Date | null;
  /** Rich texts. */
  readonly notes: readonly string[];
  readonly noteAuthor: string | null;
  /** What of the row was not taken over, and why. */
  readonly notices: readonly string[];
}

export interface RowReader {
  readonly mapping: ColumnMapping;
  readonly words: ValueWords;
  readonly now: Date;
}

const longestTag = 50;

/** Throws `RowFault` with the reason when the cells cannot be a ticket. */
export function readRow(
  { mapping, words, now }: RowReader,
  cells: readonly string[],
  { row, line }: { row: number; line: number },
): ImportedTicket {
  const all = (field: ImportField): string[] =>
    mapping.columns
      .filter((column) => column.field === field)
      .map(({ index, header }) => requireReadable(header, cells[index] ?? ''))
      .filter((text) => text !== '');
  const text = (field: ImportField): string | null => all(field)[0] ?? null;
  const notices: string[] = [];

  const status = words.status(text('status'));
  const dates = readDates({ created: text('createdAt'), updated: text('updatedAt'), resolved: text('resolvedAt') }, now);
  const isDone = status.category === 'RESOLVED' || status.category === 'CLOSED';
  if (dates.resolvedAt && !isDone) notices.push('the resolved date was left out, because the ticket is not resolved or closed');
  const requester = readRequester(text);
  if (requester && requester.locale === null && text('requesterLanguage'))
    notices.push(`the language "${text('requesterLanguage')}" was left out; supported are ${locales.join(', ')}`);
  if (!requester && text('organization')) notices.push('the organization was left out, because the row names no customer');
  const notes = all('note').map((note) => readRichText('note', note));
  if (notes.length === 0 && text('noteAuthor')) notices.push('the note author was left out, because the row has no note');
  return {
    row,
    line,
    number: readNumber(text('number')),
    subject: readLine('subject', text('subject') ?? '', limits.subject),
    description: readRichText('description', text('description') ?? ''),
    status,
    priority: words.priority(text('priority')),
    topic: optional('topic', text('topic'), limits.name),
    team: text('team'),
    tags: readTags(all('tags')),
    source: words.source(text('source')),
    requester,
    assigneeEmail: readAssignee(text('assigneeEmail')),
    ...dates,
    resolvedAt: isDone ? dates.resolvedAt : null,
    notes,
    noteAuthor: optional('note author', text('noteAuthor'), limits.name),
    notices,
  };
}

/** The text of a cell. Refuses what no text can contain and what the file's encoding has no character for. */
function requireReadable(header: string, cell: string): string {
  const text = cell.normalize('NFC').trim();
  if (text.includes('\uFFFD')) throw new RowFault(`the column "${header}" has characters that are not valid in the encoding of the file`);
  const [control] = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\p{Cs}/u.exec(text) ?? [];
  if (control === undefined) return text;
  const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new RowFault(`the column "${header}" has the control character U+${code}; remove it`);
}

function readLine(field: string, text: string, most: number): string {
  if (!isVisible(text)) throw new RowFault(`the ${field} is empty`);
  try {
    const line = requireLine(field, text, most);
    if (line.length < text.replace(/\s+/g, ' ').length)
      throw new RowFault(`the ${field} has characters that reverse the text; remove them`);
    return line;
  } catch (error) {
    if (error instanceof InvalidInput) throw new RowFault(asReason(error));
    throw error;
  }
}

function optional(field: string, text: string | null, most: number): string | null {
  return text === null ? null : readLine(field, text, most);
}

function readRichText(field: string, text: string): string {
  const html = richTextFromPlain(text);
  if (html.length > limits.richText) throw new RowFault(`the ${field} has ${html.length} characters; ${limits.richText} are allowed`);
  return html;
}

function readTags(cells: readonly string[]): string[] {
  const tags = new Map<string, string>();
  for (const name of cells.flatMap((cell) => cell.split(/[,;|]/)).map((tag) => tag.trim())) {
    if (name !== '' && !tags.has(nameKey(name))) tags.set(nameKey(name), readLine('tag', name, longestTag));
  }
  if (tags.size > limits.tagsPerTicket) throw new RowFault(`the row has ${tags.size} tags; ${limits.tagsPerTicket} are allowed`);
  return [...tags.values()];
}

function readNumber(text: string | null): number | null {
  if (text === null) return null;
  const [, digits = ''] = /^#?(\d{1,10})$/.exec(text) ?? [];
  const number = Number(digits);
  if (number < 1 || number > 2_000_000_000)
    throw new RowFault(
      `"${text}" is no ticket number; it must be a whole number from 1 to 2000000000, in digits alone. Leave the column out in the mapping to number the tickets anew`,
    );
  return number;
}

interface Dates {
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly resolvedAt: Date | null;
}

function readDates(texts: Readonly<Record<'created' | 'updated' | 'resolved', string | null>>, now: Date): Dates {
  const createdAt = readDate('created', texts.created, now);
  const updatedAt = readDate('updated', texts.updated, now);
  const resolvedAt = readDate('resolved', texts.resolved, now);
  if (createdAt && resolvedAt && resolvedAt < createdAt) throw new RowFault('the ticket was resolved before it was created');
  if (createdAt && updatedAt && updatedAt < createdAt) throw new RowFault('the ticket was updated before it was created');
  return { createdAt, updatedAt, resolvedAt };
}

function readRequester(text: (field: ImportField) => string | null): ImportedTicket['requester'] {
  const [email, phone] = [text('requesterEmail'), text('requesterPhone')];
  const firstName = optional('first name', text('requesterFirstName'), limits.name);
  const lastName = optional('last name', text('requesterLastName'), limits.name);
  const fullName = [firstName, lastName].filter((part) => part !== null).join(' ');
  const shown = fullName || (text('requesterName') ?? email ?? phone);
  if (shown === null) return null;
  return {
    name: readLine('customer name', shown, limits.name),
    firstName,
    lastName,
    email: email === null ? null : readEmail(email),
    phone: optional('phone', phone, limits.name),
    organization: optional('organization', text('organization'), limits.name),
    locale: readLocale(text('requesterLanguage')),
  };
}

const languageNames: Readonly<Record<string, Locale>> = { english: 'en', ukrainian: 'uk', українська: 'uk' };

function readLocale(text: string | null): Locale | null {
  return text === null ? null : (languageNames[text.toLowerCase()] ?? parseLocale(text));
}

/** Exports of other help desks name the assignee by address or by name. */
function readAssignee(text: string | null): string | null {
  return text === null ? null : (parseEmailAddress(text) ?? text);
}

function readEmail(text: string): string {
  const address = parseEmailAddress(text);
  if (address === null) throw new RowFault(`invalid email address: ${text}`);
  return address;
}

/** The refusal of a use case as the end of the sentence "Line 7 refused: …". */
export function asReason({ message }: DomainError): string {
  return message.replace(/^The /, 'the ').replace(/\.$/, '');
}
