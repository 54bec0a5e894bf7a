import { openCategories } from '@baton/rules';
import { newId } from '../../kernel/id.ts';
import { indexTickets } from '../search/index.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import type { Scope } from '../../platform/scope.ts';
import { Contact } from '../contacts/index.ts';
import { Member, Team } from '../identity/index.ts';
import { Note } from '../notes/index.ts';
import { cleanRichText, listStatuses, richTextFromPlain, Tag, Ticket, TicketTag, Topic, type Names } from '../tickets/index.ts';
import { ImportRun } from './import-run.entity.ts';
import { RowFault, type ImportedTicket } from './read-row.ts';

export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

export interface ImportBatch {
  readonly fingerprint: string;
  readonly rows: readonly ImportedTicket[];
  /** Rows of the file that end with this batch, the refused ones among them. */
  readonly rowsDone: number;
  readonly rowsRefused: number;
}

/**
 * Writes a batch as it was elsewhere: original numbers, times and authors, one entry in each history, no notification,
 * no clock. All of the batch and how far the file has come, or nothing. Rows that do not fit the workspace are refused
 * one by one and returned.
 */
export function importBatch(scope: Scope, { fingerprint, rows, rowsDone, rowsRefused }: ImportBatch): Promise<RefusedRow[]> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const refused: RefusedRow[] = [];
    const places = await findPlaces(tx, rows);
    const taken = await numbersInUse(tx, rows);
    const writing = { tickets: [] as object[], notes: [] as object[], events: [] as object[], links: [] as object[] };
    for (const row of rows) {
      try {
        if (row.number !== null && taken.has(row.number)) throw new RowFault(`a ticket with the number ${row.number} exists already`);
        await addRow(tx, places, row, writing);
        if (row.number !== null) taken.add(row.number);
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        refused.push({ line: row.line, reason: error.message });
      }
    }
    await em.flush();
    await numberTheRest(tx, writing.tickets as { number: number | null }[]);
    if (writing.tickets.length > 0) await em.insertMany(Ticket, writing.tickets as never);
    if (writing.links.length > 0) await em.insertMany(TicketTag, writing.links as never);
    if (writing.notes.length > 0) await em.insertMany(Note, writing.notes as never);
    if (writing.events.length > 0) {
      await em.insertMany(EventRecord, writing.events as never);
      await em.execute(
        `update event e set facets = ticket_facets(t) from ticket t
         where e.workspace_id = ? and e.id = any(?) and t.workspace_id = e.workspace_id and t.id = e.ticket_id`,
        [workspaceId, `{${writing.events.map((event) => (event as { id: string }).id).join(',')}}`],
      );
    }
    await indexTickets(
      tx,
      writing.tickets.map((ticket) => (ticket as { id: string }).id),
    );
    await em.upsert(ImportRun, { workspaceId, fingerprint, rowsDone, rowsRefused: rowsRefused + refused.length, updatedAt: tx.now() });
    return refused;
  });
}

interface Places {
  readonly statuses: ReadonlyMap<string, string>;
  readonly topics: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly teams: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, Member>;
  readonly contacts: Map<string, string>;
}

/** What the rows name, looked up once for the whole batch. */
async function findPlaces(tx: Scope, rows: readonly ImportedTicket[]): Promise<Places> {
  const { em, workspaceId } = tx;
  const statuses = await listStatuses(tx);
  const topics = await em.find(Topic, { workspaceId });
  const emails = rows.flatMap((row) => row.requester?.email ?? []);
  const contacts = await em.find(Contact, { workspaceId, email: { $in: emails } });
  const members = await em.find(Member, { workspaceId });
  return {
    statuses: new Map(statuses.toReversed().map((status) => [status.category, status.id])),
    topics: new Map(topics.flatMap((topic) => Object.values(topic.name as Names).map((name) => [name.toLowerCase(), topic.id]))),
    tags: new Map((await em.find(Tag, { workspaceId })).map((tag) => [tag.name.toLowerCase(), tag.id])),
    teams: new Map((await em.find(Team, { workspaceId })).map((team) => [team.name.toLowerCase(), team.id])),
    members: new Map(
      members.flatMap((member) => [
        [member.email, member],
        [member.name.toLowerCase(), member],
      ]),
    ),
    contacts: new Map(contacts.map((contact) => [contact.email ?? '', contact.id])),
  };
}

async function numbersInUse(tx: Scope, rows: readonly ImportedTicket[]): Promise<Set<number>> {
  const numbers = rows.flatMap((row) => row.number ?? []);
  const found = await tx.em.find(Ticket, { workspaceId: tx.workspaceId, number: { $in: numbers } }, { fields: ['number'] });
  return new Set(found.map((ticket) => ticket.number));
}

async function addRow(
  tx: Scope,
  places: Places,
  row: ImportedTicket,
  writing: { tickets: object[]; notes: object[]; events: object[]; links: object[] },
): Promise<void> {
  const { workspaceId } = tx;
  const statusId = places.statuses.get(row.category);
  if (!statusId) throw new RowFault(`the workspace has no status of the category ${row.category}`);
  const teamId = row.team === null ? null : places.teams.get(row.team.toLowerCase());
  if (teamId === undefined) throw new RowFault(`there is no team "${row.team}"; make it first`);
  const assignee = row.assigneeEmail === null ? null : places.members.get(row.assigneeEmail);
  if (assignee === undefined) throw new RowFault(`there is no member "${row.assigneeEmail}"; invite them first`);

  const id = newId();
  const createdAt = row.createdAt ?? row.resolvedAt ?? tx.now();
  const updatedAt = row.updatedAt ?? row.resolvedAt ?? createdAt;
  const done = !openCategories.includes(row.category) && row.category !== 'SPAM';
  writing.tickets.push({
    workspaceId,
    id,
    number: row.number,
    subject: row.subject,
    description: cleanRichText('description', richTextFromPlain(row.description)),
    statusId,
    category: row.category,
    priority: row.priority,
    topicId: row.topic === null ? null : findOrMakeTopic(tx, places, row.topic),
    assigneeId: assignee?.id ?? null,
    teamId,
    requesterId: row.requester === null ? null : findOrMakeContact(tx, places, row.requester, createdAt),
    source: row.source,
    dueAt: null,
    statusSince: updatedAt,
    snoozedUntil: null,
    version: 1,
    createdAt,
    updatedAt,
    resolvedAt: done ? (row.resolvedAt ?? updatedAt) : null,
  });
  for (const name of new Set(row.tags.map((tag) => tag.toLowerCase()))) {
    writing.links.push({ workspaceId, ticketId: id, tagId: findOrMakeTag(tx, places, name) });
  }
  writing.events.push({
    workspaceId,
    id: newId(),
    position: null,
    type: 'ticket.imported',
    ticketId: id,
    ticketVersion: 1,
    actorKind: 'IMPORT',
    actorId: null,
    causeId: null,
    memberIds: [],
    subjectId: null,
    changes: [{ field: 'subject', from: null, to: row.subject }],
    facets: null,
    at: createdAt,
  });
  if (row.note) {
    const author = row.noteAuthor === null ? undefined : places.members.get(row.noteAuthor.toLowerCase());
    writing.notes.push({
      workspaceId,
      id: newId(),
      ticketId: id,
      authorId: author?.id ?? assignee?.id ?? null,
      authorName: author?.name ?? row.noteAuthor ?? assignee?.name ?? '',
      body: cleanRichText('note', richTextFromPlain(row.note)),
      version: 1,
      createdAt: row.resolvedAt ?? updatedAt,
      editedAt: null,
      deletedAt: null,
      deletedById: null,
    });
  }
}

function findOrMakeTopic({ em, workspaceId }: Scope, { topics }: Places, name: string): string {
  const known = topics.get(name.toLowerCase());
  if (known) return known;
  const topic = em.create(Topic, { workspaceId, id: newId(), name: { en: name }, parentId: null, place: topics.size });
  topics.set(name.toLowerCase(), topic.id);
  return topic.id;
}

function findOrMakeTag({ em, workspaceId }: Scope, { tags }: Places, name: string): string {
  const known = tags.get(name);
  if (known) return known;
  const tag = em.create(Tag, { workspaceId, id: newId(), name });
  tags.set(name, tag.id);
  return tag.id;
}

function findOrMakeContact(
  { em, workspaceId }: Scope,
  { contacts }: Places,
  person: NonNullable<ImportedTicket['requester']>,
  createdAt: Date,
): string {
  const known = person.email === null ? undefined : contacts.get(person.email);
  if (known) return known;
  const contact = em.create(Contact, {
    workspaceId,
    id: newId(),
    ...person,
    externalId: null,
    locale: 'en',
    notes: '',
    version: 1,
    mergedIntoId: null,
    createdAt,
  });
  if (person.email !== null) contacts.set(person.email, contact.id);
  return contact.id;
}

/** Rows without a number get the next free ones; the counter stays above every number there is. */
async function numberTheRest(tx: Scope, tickets: { number: number | null }[]): Promise<void> {
  if (tickets.length === 0) return;
  const highest = Math.max(0, ...tickets.map((ticket) => ticket.number ?? 0));
  const unnumbered = tickets.filter((ticket) => ticket.number === null);
  const [row]: { last_number: number }[] = await tx.em.execute(
    'update ticket_counter set last_number = greatest(last_number, ?) + ? where workspace_id = ? returning last_number',
    [highest, unnumbered.length, tx.workspaceId],
  );
  let next = (row?.last_number ?? 0) - unnumbered.length;
  for (const ticket of unnumbered) ticket.number = ++next;
}
