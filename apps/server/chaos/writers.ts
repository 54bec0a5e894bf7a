import { ask, Draw } from './plan.ts';

const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { __typename ... on UserError { message } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { __typename ... on UserError { message } } } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { __typename ... on UserError { message } } } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { userErrors { __typename ... on UserError { message } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { userErrors { __typename ... on UserError { message } } } }`;
const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { __typename ... on UserError { message } } } }`;

/** A ticket as everything that was acknowledged has left it. */
export interface ModelTicket {
  readonly id: string;
  subject: string;
  priority: string;
  teamId: string | null;
  statusId: string;
  assigneeId: string | null;
  readonly tags: Set<string>;
  readonly notes: string[];
}

export interface Choices {
  readonly teams: readonly string[];
  readonly statuses: readonly string[];
  readonly firstStatus: string;
  readonly assignees: readonly string[];
}

/**
 * Edits tickets of its own, one thing after the other, and remembers what was acknowledged. What was not is sent again,
 * the very same, to any node, until it is: so in the end the database must hold exactly the model.
 */
export class Writer {
  readonly refused: string[] = [];
  acknowledged = 0;
  #going = true;
  #done: Promise<void> | null = null;
  #count = 0;

  constructor(
    private readonly name: string,
    private readonly urls: readonly string[],
    private readonly token: string,
    readonly tickets: ModelTicket[],
    private readonly choices: Choices,
    private readonly draw: Draw,
    private readonly restMs: number,
  ) {}

  start(): void {
    this.#going = true;
    this.#done = this.#run();
    // What fails is thrown by `stop`.
    this.#done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  /** Keeps the model as it is now. The answer brings it back, as a restored backup does with the database. */
  remember(): () => void {
    const copy = (tickets: readonly ModelTicket[]) =>
      tickets.map((ticket) => ({ ...ticket, tags: new Set(ticket.tags), notes: [...ticket.notes] }));
    const kept = copy(this.tickets);
    return () => void this.tickets.splice(0, this.tickets.length, ...copy(kept));
  }

  /** Adds a note by five requests at once, to any nodes, with one key: the note must be there once. */
  async addNoteFiveTimes(): Promise<void> {
    const ticket = this.draw.one(this.tickets);
    const stamp = `${this.name}-${this.#count++}`;
    const body = `<p>${stamp}</p>`;
    const send = () => this.#send(NOTE, { ticketId: ticket.id, body, idempotencyKey: stamp });
    const answers = await Promise.all([send(), send(), send(), send(), send()]);
    if (answers.some((answer) => answer !== null)) ticket.notes.push(body);
  }

  async #run(): Promise<void> {
    while (this.#going) {
      await this.#step();
      await new Promise((resolve) => setTimeout(resolve, this.restMs));
    }
  }

  async #step(): Promise<void> {
    const { draw, choices } = this;
    const ticket = draw.one(this.tickets);
    const ticketId = ticket.id;
    const stamp = `${this.name}-${this.#count++}`;
    const kind = draw.one(['subject', 'subject', 'priority', 'team', 'status', 'status', 'assign', 'tag', 'note', 'create'] as const);
    if (kind === 'subject') {
      if (await this.#send(EDIT, { ticketId, subject: { from: ticket.subject, to: stamp } })) ticket.subject = stamp;
    } else if (kind === 'priority') {
      const to = draw.one(['LOW', 'NORMAL', 'HIGH', 'CRITICAL']);
      if (await this.#send(EDIT, { ticketId, priority: { from: ticket.priority, to } })) ticket.priority = to;
    } else if (kind === 'team') {
      const to = draw.one([null, ...choices.teams]);
      if (await this.#send(EDIT, { ticketId, teamId: { from: ticket.teamId, to } })) ticket.teamId = to;
    } else if (kind === 'status') {
      const to = draw.one(choices.statuses);
      if (await this.#send(STATUS, { ticketId, from: ticket.statusId, to })) ticket.statusId = to;
    } else if (kind === 'assign') {
      const to = draw.one([null, ...choices.assignees]);
      if (await this.#send(ASSIGN, { ticketId, from: ticket.assigneeId, to })) ticket.assigneeId = to;
    } else if (kind === 'tag') {
      const tag = draw.one(['red', 'green', 'blue']);
      const has = ticket.tags.has(tag);
      if (await this.#send(TAG, { ticketId, add: has ? [] : [tag], remove: has ? [tag] : [] })) ticket.tags[has ? 'delete' : 'add'](tag);
    } else if (kind === 'note') {
      const body = `<p>${stamp}</p>`;
      if (await this.#send(NOTE, { ticketId, body, idempotencyKey: stamp })) ticket.notes.push(body);
    } else if (draw.chance(0.2)) {
      const made = await this.#send(CREATE, { subject: stamp, internal: true, idempotencyKey: stamp });
      const id = made?.ticket?.id;
      if (id) {
        const { firstStatus: statusId } = choices;
        this.tickets.push({ id, subject: stamp, priority: 'NORMAL', teamId: null, statusId, assigneeId: null, tags: new Set(), notes: [] });
      }
    }
  }

  async #send(mutation: string, input: object): Promise<{ ticket?: { id: string } } | null> {
    const data = await ask(this.urls, this.draw, this.token, mutation, { input });
    const [answer] = Object.values(data) as { ticket?: { id: string }; userErrors: { message: string }[] }[];
    const refusal = answer?.userErrors[0];
    if (refusal) this.refused.push(`${JSON.stringify(input)}: ${refusal.message}`);
    else this.acknowledged += 1;
    return refusal || !answer ? null : answer;
  }
}
