import type { Person, Reply, Stream } from './world.ts';

const CONVERSATION = `id channel lastMessageAt closedAt contact { id } ticket { id } messages(last: 100) { edges { node { id body } } }`;
const TICKET = `id number subject description version updatedAt createdAt priority source statusSince resolvedAt snoozedUntil reopenCount dueAt
  mergedAt status { id } topic { id } assignee { id } team { id } requester { id } tags { id } watchers { id } contacts { id }
  notes(last: 100) { edges { node { id body } } } checklist { id text doneAt } timeEntries { minutes } ratings { score }`;
const CONTACT = `id version name firstName lastName locale email phone emails phones organization externalId notes blockedAt mergedInto { id }`;

const streams = {
  eventsStreamed: `subscription ($after: String) { eventsStreamed(after: $after) { kind position ticketId ticketVersion ticket { ${TICKET} } entry { id } } }`,
  contactsStreamed: `subscription ($after: String) { contactsStreamed(after: $after) { kind position contactId contact { ${CONTACT} } } }`,
  conversationsStreamed: `subscription ($after: String) { conversationsStreamed(after: $after) { kind position conversationId conversation { ${CONVERSATION} } } }`,
  settingsStreamed: `subscription ($after: String) { settingsStreamed(after: $after) { kind position settingKind settingId } }`,
};
type StreamName = keyof typeof streams;
const streamNames = Object.keys(streams) as StreamName[];

/** How the settings of a kind are read. Only these kinds are mirrored. */
const settings: Readonly<Record<string, string>> = {
  STATUS: '{ statuses { id names { locale text } color category } }',
  TOPIC: '{ topics { id names { locale text } parent { id } } }',
  TAG: '{ tags { id name version } }',
  TEAM: '{ teams { id name } }',
};

interface Row {
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a row has the shape of the query above
  readonly [field: string]: any;
}

interface Copy {
  readonly tickets: Map<string, Row>;
  readonly contacts: Map<string, Row>;
  readonly conversations: Map<string, Row>;
  readonly settings: Map<string, unknown>;
}

/** An API client that keeps a copy of everything it may see. It loads everything once, and again only after RELOAD. */
export class Mirror {
  #copy: Copy = emptyCopy();
  readonly #positions = new Map<StreamName, string>();
  readonly #open = new Map<StreamName, Stream>();
  /** The version of each ticket as the stream last gave it. */
  readonly #versions = new Map<string, number>();
  /** Versions that do not follow the one before. */
  readonly gaps: string[] = [];
  reloads = 0;
  gone = 0;

  constructor(readonly person: Person) {}

  async begin(): Promise<void> {
    const { streamPosition } = await this.person.run('{ streamPosition }');
    for (const name of streamNames) this.#positions.set(name, streamPosition);
    await this.#load();
    for (const name of streamNames) this.#follow(name);
  }

  /** Loses the connection of one stream, with everything after the first `kept` messages that were not read yet. */
  async reconnect(pick: number, kept: number): Promise<void> {
    const name = streamNames[pick % streamNames.length] ?? 'eventsStreamed';
    const stream = this.#open.get(name);
    stream?.close();
    for (const data of stream?.received.splice(0, kept) ?? []) await this.#apply(name, data[name]);
    this.#follow(name);
  }

  /** Reads everything that has arrived. */
  async read(): Promise<void> {
    for (const [name, stream] of this.#open) {
      if (stream.faults.length > 0) throw new Error(`the stream ${name} failed: ${stream.faults.join(', ')}`);
      for (let data = stream.received.shift(); data; data = stream.received.shift()) await this.#apply(name, data[name]);
    }
  }

  get shown(): string {
    return shownAs(this.#copy);
  }

  /** What a client that loads everything now holds. */
  async fresh(): Promise<string> {
    return shownAs(await crawl(this.person));
  }

  #follow(name: StreamName): void {
    this.#open.set(name, this.person.follow(streams[name], { after: this.#positions.get(name) }));
  }

  async #load(): Promise<void> {
    this.#copy = await crawl(this.person);
    this.#versions.clear();
    for (const { id, version } of this.#copy.tickets.values()) this.#versions.set(id, version);
  }

  async #apply(name: StreamName, message: Reply['data']): Promise<void> {
    this.#positions.set(name, message.position);
    if (message.kind === 'HEARTBEAT') return;
    if (message.kind === 'RELOAD') {
      this.reloads += 1;
      return this.#load();
    }
    if (name === 'eventsStreamed') this.#applyEvent(message);
    else if (name === 'contactsStreamed') this.#applyContact(message);
    else if (name === 'conversationsStreamed') this.#applyConversation(message);
    else await this.#applySetting(message);
  }

  #applyEvent({ kind, ticketId, ticketVersion, ticket, entry }: Reply['data']): void {
    const { tickets } = this.#copy;
    if (kind === 'GONE') {
      if (ticket !== null || entry !== null || ticketVersion !== null) throw new Error('GONE has content');
      this.gone += 1;
      tickets.delete(ticketId);
      this.#versions.delete(ticketId);
      return;
    }
    const last = this.#versions.get(ticketId);
    if (last !== undefined && ticketVersion > last + 1) this.gaps.push(`${ticketId}: ${ticketVersion} after ${last}`);
    this.#versions.set(ticketId, Math.max(last ?? 0, ticketVersion));
    // It may have gone since: that is the next message.
    if (ticket === null || ticket.version < (tickets.get(ticketId)?.version ?? 0)) return;
    tickets.set(ticketId, ticket);
  }

  #applyContact({ contactId, contact }: Reply['data']): void {
    if (contact === null || contact.mergedInto !== null) this.#copy.contacts.delete(contactId);
    else this.#copy.contacts.set(contactId, contact);
  }

  #applyConversation({ kind, conversationId, conversation }: Reply['data']): void {
    if (kind === 'GONE' || conversation === null) this.#copy.conversations.delete(conversationId);
    else this.#copy.conversations.set(conversationId, conversation);
  }

  async #applySetting({ settingKind }: Reply['data']): Promise<void> {
    const query = settings[settingKind];
    if (query) this.#copy.settings.set(settingKind, await this.person.run(query));
  }
}

function emptyCopy(): Copy {
  return { tickets: new Map(), contacts: new Map(), conversations: new Map(), settings: new Map() };
}

async function crawl(person: Person): Promise<Copy> {
  const copy = emptyCopy();
  const page = async (query: string, keep: (row: Row) => void) => {
    for (let after: string | null = null; ;) {
      const [list] = Object.values(await person.run(query, { after })) as Reply['data'][];
      for (const { node } of list.edges) keep(node);
      if (!list.pageInfo.hasNextPage) return;
      after = list.pageInfo.endCursor;
    }
  };
  const pageInfo = 'pageInfo { hasNextPage endCursor }';
  const ids: string[] = [];
  await page(
    `query ($after: String) { tickets(filter: {}, first: 100, order: NUMBER, after: $after) { edges { node { id } } ${pageInfo} } }`,
    ({ id }) => ids.push(id),
  );
  const tickets = await Promise.all(ids.map((id) => person.run(`query ($id: ID!) { ticket(id: $id) { ${TICKET} } }`, { id })));
  for (const { ticket } of tickets) if (ticket) copy.tickets.set(ticket.id, ticket);
  await page(`query ($after: String) { contacts(first: 50, after: $after) { edges { node { ${CONTACT} } } ${pageInfo} } }`, (row) =>
    copy.contacts.set(row.id, row),
  );
  // Those of tickets are also listed to viewers who may not list all conversations.
  const ofTickets = await Promise.all(ids.map((id) => person.run('query ($id: ID!) { ticket(id: $id) { conversations { id } } }', { id })));
  const talks = new Set<string>(ofTickets.flatMap(({ ticket }) => (ticket?.conversations ?? []).map(({ id }: Row) => id)));
  await page(
    `query ($after: String) { conversations(all: true, first: 100, after: $after) { edges { node { id } } ${pageInfo} } }`,
    ({ id }) => talks.add(id),
  );
  const found = await Promise.all(
    [...talks].map((id) => person.run(`query ($id: ID!) { conversation(id: $id) { ${CONVERSATION} } }`, { id })),
  );
  for (const { conversation } of found) if (conversation) copy.conversations.set(conversation.id, conversation);
  for (const [kind, query] of Object.entries(settings)) copy.settings.set(kind, await person.run(query));
  return copy;
}

function shownAs({ tickets, contacts, conversations, settings: held }: Copy): string {
  const rows = (map: ReadonlyMap<string, Row>) => [...map.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  // Tags are listed by name, and a renamed tag changes no ticket.
  const sorted = ({ tags, ...ticket }: Row) => ({ ...ticket, tags: tags.map(({ id }: Row) => id).sort() });
  const parts = {
    tickets: rows(tickets).map(sorted),
    contacts: rows(contacts),
    conversations: rows(conversations),
    settings: [...held].sort(),
  };
  return JSON.stringify(parts, null, 1);
}
