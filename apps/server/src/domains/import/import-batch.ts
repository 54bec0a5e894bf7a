import { nameKey } from '@baton/rules';
import { DomainError } from '../../kernel/domain-error.ts';
import { newId } from '../../kernel/id.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactsByEmail, createContact } from '../contacts/index.ts';
import { Member, Team } from '../identity/index.ts';
import { Note } from '../notes/index.ts';
import { indexTickets } from '../search/index.ts';
import { Tag, Ticket, TicketTag, Topic, type Names } from '../tickets/index.ts';
import { ImportRefusal } from './import-run.entity.ts';
import { asReason, type ImportedTicket } from './read-row.ts';
import { RowFault } from './row-fault.ts';

export interface RefusedRow {
  readonly row: number;
  readonly line: number;
  readonly reason: string;
}

export interface ImportBatch {
  readonly fingerprint: string;
  readonly rows: readonly ImportedTicket[];
  /** Rows of the batch that were refused while they were read. */
  readonly refused: readonly RefusedRow[];
  /** The last row of the file that ends with this batch. */
  readonly rowsDone: number;
}

/**
 * Writes a batch as it was elsewhere: original numbers, times and authors, one entry in each history, no notification,
 * no clock. All of the batch and how far the file has come, or nothing. Rows that do not fit the workspace are refused
 * one by one; returns all refused rows in the order of the file.
 */
export function importBatch(scope: Scope, batch: ImportBatch): Promise<RefusedRow[]> {
  return scope.transaction(async (tx) => {
    const refused = [...batch.refused];
    const places = await findPlaces(tx, batch.rows);
    const taken = await numbersInUse(tx, batch.rows);
    const writing: Writing = { tickets: [], notes: [], events: [], links: [] };
    for (const row of batch.rows) {
      try {
        if (row.number !== null && taken.has(row.number)) throw new RowFault(`a ticket with the number ${row.number} exists already`);
        await addRow(tx, places, row, writing);
        if (row.number !== null) taken.add(row.number);
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        refused.push({ row: row.row, line: row.line, reason: error.message });
      }
    }
    await tx.em.flush();
    await write(tx, writing);
    await recordProgress(tx, batch, refused);
    return refused.sort((a, b) => a.row - b.row);
  });
}

interface Writing {
  readonly tickets: { id: string; number: number | null }[];
  readonly notes: object[];
  readonly events: { id: string }[];
  readonly links: object[];
}

async function write(tx: Scope, { tickets, notes, events, links }: Writing): Promise<void> {
  if (tickets.length === 0) return;
  const { em, workspaceId } = tx;
  await numberTheRest(tx, tickets);
  await em.insertMany(Ticket, tickets as never);
  if (links.length > 0) await em.insertMany(TicketTag, links as never);
  if (notes.length > 0) await em.insertMany(Note, notes as never);
  await em.insertMany(EventRecord, events as never);
  await em.execute(
    `update event e set facets = ticket_facets(t) from ticket t
     where e.workspace_id = ? and e.id = any(?) and t.workspace_id = e.workspace_id and t.id = e.ticket_id`,
    [workspaceId, `{${events.map(({ id }) => id).join(',')}}`],
  );
  await indexTickets(
    tx,
    tickets.map(({ id }) => id),
  );
}

/** Rows that were refused before and are imported now are refused no longer. */
async function recordProgress(
  tx: Scope,
  { fingerprint, rows, refused: read, rowsDone }: ImportBatch,
  refused: readonly RefusedRow[],
): Promise<void> {
  const { em, workspaceId } = tx;
  const attempted = [...rows, ...read].map(({ row }) => row);
  await em.nativeDelete(ImportRefusal, { workspaceId, fingerprint, row: { $in: attempted } });
  if (refused.length > 0) {
    await em.insertMany(
      ImportRefusal,
      refused.map(({ row }) => ({ workspaceId, fingerprint, row })),
    );
  }
  await em.execute(
    `insert into import_run (workspace_id, fingerprint, rows_done, rows_refused, updated_at)
     values (?, ?, ?, (select count(*) from import_refusal where workspace_id = ? and fingerprint = ?), ?)
     on conflict (workspace_id, fingerprint) do update set rows_done = greatest(import_run.rows_done, excluded.rows_done),
       rows_refused = excluded.rows_refused, updated_at = excluded.updated_at`,
    [workspaceId, fingerprint, rowsDone, workspaceId, fingerprint, tx.now()],
  );
}

interface Places {
  readonly topics: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly teams: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, Member>;
  readonly contacts: Map<string, string>;
}

/** What the rows name, looked up once for the whole batch. */
async function findPlaces(tx: Scope, rows: readonly ImportedTicket[]): Promise<Places> {
  const { em, workspaceId } = tx;
  const topics = await em.find(Topic, { workspaceId });
  const members = await em.find(Member, { workspaceId });
  const contacts = await contactsByEmail(
    tx,
    rows.flatMap(({ requester }) => requester?.email ?? []),
  );
  return {
    // A name wins over the key of another topic.
    topics: new Map([
      ...topics.flatMap(({ key, id }): [string, string][] => (key ? [[nameKey(key), id]] : [])),
      ...topics.flatMap((topic) => Object.values(topic.name as Names).map((name): [string, string] => [nameKey(name), topic.id])),
    ]),
    tags: new Map((await em.find(Tag, { workspaceId })).map((tag) => [nameKey(tag.name), tag.id])),
    teams: new Map((await em.find(Team, { workspaceId })).map((team) => [nameKey(team.name), team.id])),
    members: new Map(
      members.flatMap((member) => [
        [member.email, member],
        [nameKey(member.name), member],
      ]),
    ),
    contacts: new Map([...contacts].map(([email, { id }]) => [email, id])),
  };
}

async function numbersInUse(tx: Scope, rows: readonly ImportedTicket[]): Promise<Set<number>> {
  const numbers = rows.flatMap((row) => row.number ?? []);
  const found = await tx.em.find(Ticket, { workspaceId: tx.workspaceId, number: { $in: numbers } }, { fields: ['number'] });
  return new Set(found.map((ticket) => ticket.number));
}

async function addRow(tx: Scope, places: Places, row: ImportedTicket, writing: Writing): Promise<void> {
  const { workspaceId } = tx;
  const teamId = row.team === null ? null : places.teams.get(nameKey(row.team));
  if (teamId === undefined) throw new RowFault(`there is no team "${row.team}"; create it first`);
  const assignee =
    row.assigneeEmail === null ? null : (places.members.get(row.assigneeEmail) ?? places.members.get(nameKey(row.assigneeEmail)));
  if (assignee === undefined) throw new RowFault(`there is no member "${row.assigneeEmail}"; invite them first`);

  const id = newId();
  const createdAt = row.createdAt ?? row.resolvedAt ?? tx.now();
  const updatedAt = row.updatedAt ?? row.resolvedAt ?? createdAt;
  const isDone = row.status.category === 'RESOLVED' || row.status.category === 'CLOSED';
  // What can be refused comes before what is created for the row alone.
  const requesterId = row.requester === null ? null : await findOrCreateContact(tx, places, row.requester, createdAt);
  writing.tickets.push({
    workspaceId,
    id,
    number: row.number,
    subject: row.subject,
    description: row.description,
    statusId: row.status.id,
    category: row.status.category,
    priority: row.priority,
    topicId: row.topic === null ? null : findOrMakeTopic(tx, places, row.topic),
    assigneeId: assignee?.id ?? null,
    teamId,
    requesterId,
    source: row.source,
    dueAt: null,
    statusSince: updatedAt,
    snoozedUntil: null,
    version: 1,
    createdAt,
    updatedAt,
    resolvedAt: isDone ? (row.resolvedAt ?? updatedAt) : null,
  } as Writing['tickets'][number]);
  const tagIds = new Set(row.tags.map((name) => findOrMakeTag(tx, places, name)));
  for (const tagId of tagIds) writing.links.push({ workspaceId, ticketId: id, tagId });
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
  } as Writing['events'][number]);
  const author =
    row.noteAuthor === null ? undefined : (places.members.get(row.noteAuthor.toLowerCase()) ?? places.members.get(nameKey(row.noteAuthor)));
  for (const body of row.notes) {
    writing.notes.push({
      workspaceId,
      id: newId(),
      ticketId: id,
      authorId: author?.id ?? assignee?.id ?? null,
      authorName: author?.name ?? row.noteAuthor ?? assignee?.name ?? '',
      body,
      version: 1,
      createdAt: row.resolvedAt ?? updatedAt,
      editedAt: null,
      deletedAt: null,
      deletedById: null,
    });
  }
}

function findOrMakeTopic({ em, workspaceId }: Scope, { topics }: Places, name: string): string {
  const known = topics.get(nameKey(name));
  if (known) return known;
  const topic = em.create(Topic, { workspaceId, id: newId(), name: { en: name, uk: name }, parentId: null, place: topics.size });
  topics.set(nameKey(name), topic.id);
  return topic.id;
}

function findOrMakeTag({ em, workspaceId }: Scope, { tags }: Places, name: string): string {
  const known = tags.get(nameKey(name));
  if (known) return known;
  const tag = em.create(Tag, { workspaceId, id: newId(), name });
  tags.set(nameKey(name), tag.id);
  return tag.id;
}

/** Customers are matched by email address; without one, those with the same name, phone and organization are one. */
async function findOrCreateContact(
  tx: Scope,
  { contacts }: Places,
  person: NonNullable<ImportedTicket['requester']>,
  createdAt: Date,
): Promise<string> {
  // People of the same name alone may be several.
  const key = person.email ?? (person.phone === null ? null : JSON.stringify(person));
  const known = key === null ? undefined : (contacts.get(key) ?? (await sameContact(tx, person)));
  if (known) return known;
  try {
    const contact = await createContact(tx, person);
    contact.createdAt = createdAt;
    if (key !== null) contacts.set(key, contact.id);
    return contact.id;
  } catch (error) {
    if (error instanceof DomainError) throw new RowFault(asReason(error));
    throw error;
  }
}

async function sameContact(
  { em, workspaceId }: Scope,
  { name, email, phone, organization }: NonNullable<ImportedTicket['requester']>,
): Promise<string | undefined> {
  if (email !== null) return undefined;
  const [row]: { id: string }[] = await em.execute(
    `select id from contact where workspace_id = ? and name_key(name) = name_key(?) and email is null and phone is not distinct from ?
       and name_key(organization) is not distinct from name_key(?) and merged_into_id is null limit 1`,
    [workspaceId, name, phone, organization],
  );
  return row?.id;
}

/** Rows without a number get the next free ones; the counter stays above every number there is. */
async function numberTheRest(tx: Scope, tickets: { number: number | null }[]): Promise<void> {
  const highest = Math.max(0, ...tickets.map((ticket) => ticket.number ?? 0));
  const unnumbered = tickets.filter((ticket) => ticket.number === null);
  const [row]: { last_number: number }[] = await tx.em.execute(
    'update ticket_counter set last_number = greatest(last_number, ?) + ? where workspace_id = ? returning last_number',
    [highest, unnumbered.length, tx.workspaceId],
  );
  let next = (row?.last_number ?? 0) - unnumbered.length;
  for (const ticket of unnumbered) ticket.number = ++next;
}
