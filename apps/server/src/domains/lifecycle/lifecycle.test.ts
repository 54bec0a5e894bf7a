import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const DELETE = `mutation ($input: TicketRefInput!) { ticketDelete(input: $input) { deletedId userErrors { ... on UserError { code } } } }`;
const RESTORE = `mutation ($input: TicketRefInput!) { ticketRestore(input: $input) { ticket { id number } userErrors { ... on UserError { code } } } }`;
const DELETED = `query ($first: Int! = 50, $after: String) { deletedTickets(first: $first, after: $after) {
  edges { node { id number subject deletedBy { id } } } pageInfo { hasNextPage endCursor } } }`;
const LOOK = `query ($id: ID!, $number: Int!, $text: String!, $filter: TicketFilterInput!) {
  ticket(id: $id) { id } ticketByNumber(number: $number) { id } node(id: $id) { id }
  search(text: $text) { edges { node { ticket { id } } } }
  tickets(filter: $filter, first: 100) { totalCount edges { node { id } } }
}`;
const CLOCKS = `query ($id: ID!) { ticket(id: $id) { slaClocks { metric state } activity { edges { node { type } } } } }`;
const OPEN_LINK = `mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`;
const STATUS = `query ($id: ID!) { ticket(id: $id) { status { category } activity(last: 3) { edges { node { type actor { id } } } } } }`;
const SET_STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { message } } } }`;
const SAVE = `mutation ($input: LifecycleSaveInput!) { lifecycleSave(input: $input) { lifecycle { lifecycleVersion } userErrors { ... on UserError { code field message } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { message } } } }`;
const SNOOZE = `mutation ($input: TicketSnoozeInput!) { ticketSnooze(input: $input) { userErrors { ... on UserError { message } } } }`;

let world: World;
let owner: Person;
let boss: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  owner = await world.person('OWNER');
  boss = await world.person('SUPERVISOR');
});
afterAll(() => world.close());
afterEach(() => {
  world.time.now = null;
});

describe('a deleted ticket', () => {
  const look = async (person: Person, { id, number }: { id: string; number: number }, text: string) => {
    const seen = await person.run(LOOK, { id, number, text, filter: {} });
    const listed = seen.tickets.edges.some(({ node }: { node: { id: string } }) => node.id === id);
    return [seen.ticket, seen.ticketByNumber, seen.node, seen.search.edges[0] ?? null, listed || null].map((one) => one !== null);
  };

  it('is out of everybody’s sight on every path, live too, and comes back as it was', async () => {
    const ticket = await world.ticket({ subject: 'An unmistakable hippogriff' });
    const list = boss.follow('subscription { ticketsChanged { kind ticketId } }');
    await list.begun();
    const open = owner.follow(`subscription { ticketChanged(id: "${ticket.id}") { id } }`);
    await open.begun();
    expect(await look(owner, ticket, 'hippogriff')).toEqual([true, true, true, true, true]);

    expect((await owner.run(DELETE, { input: { ticketId: ticket.id } })).ticketDelete).toEqual({ deletedId: ticket.id, userErrors: [] });

    await list.until(({ ticketsChanged: { kind, ticketId } }) => kind === 'LEFT' && ticketId === ticket.id);
    await open.until(({ ticketChanged }) => ticketChanged === null);
    for (const person of [owner, boss]) expect(await look(person, ticket, 'hippogriff')).toEqual([false, false, false, false, false]);
    expect(
      (await boss.run(SET_STATUS, { input: { ticketId: ticket.id, from: ticket.statusId, to: world.status('OPEN') } })).ticketSetStatus
        .userErrors,
    ).toHaveLength(1);
    const [held] = (await owner.run(DELETED)).deletedTickets.edges;
    expect(held.node).toMatchObject({ id: ticket.id, number: ticket.number, deletedBy: { id: owner.id } });

    expect((await owner.run(RESTORE, { input: { ticketId: ticket.id } })).ticketRestore.ticket).toEqual({
      id: ticket.id,
      number: ticket.number,
    });
    await list.until(({ ticketsChanged: { kind, ticketId } }) => kind === 'ENTERED' && ticketId === ticket.id);
    expect(await look(boss, ticket, 'hippogriff')).toEqual([true, true, true, true, true]);
    const { ticket: back } = await owner.run(CLOCKS, { id: ticket.id });
    expect(back.activity.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual([
      'ticket.created',
      'ticket.deleted',
      'ticket.restored',
    ]);
    expect((await owner.run(RESTORE, { input: { ticketId: ticket.id } })).ticketRestore.userErrors).toEqual([{ code: 'TICKET_NOT_FOUND' }]);
  });

  it('promises nothing meanwhile, opens nothing to its client, and gives its number to no other', async () => {
    const client = await world.contact();
    const ticket = await world.ticket({ requesterId: client.id });
    const { ticketLinkOpen } = await owner.run(OPEN_LINK, { id: ticket.id });
    const token = String(ticketLinkOpen.ticket.publicLink.url).split('#')[1] ?? '';
    const asClient = async () => {
      const response = await fetch(`http://${world.node(1).url}/client/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ ticket { subject } }' }),
      });
      return ((await response.json()) as { data: { ticket: object | null } | null }).data?.ticket ?? null;
    };
    const states = async () =>
      world.sql<{ due: boolean }>('select bool_or(due_at is not null) as due from sla_clock where ticket_id = ?', [ticket.id]);
    expect([await asClient(), await states()]).toEqual([{ subject: ticket.subject }, [{ due: true }]]);

    await owner.run(DELETE, { input: { ticketId: ticket.id } });

    expect([await asClient(), await states()]).toEqual([null, [{ due: false }]]);
    expect((await world.ticket()).number).toBeGreaterThan(ticket.number);
    await owner.run(RESTORE, { input: { ticketId: ticket.id } });
    expect([await asClient(), await states()]).toEqual([{ subject: ticket.subject }, [{ due: true }]]);
  });

  it('is deleted many at once and brought back by undoing it, by those who may', async () => {
    const ids = [(await world.ticket()).id, (await world.ticket()).id];
    const start = `mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } userErrors { ... on UserError { code field } } } }`;
    const read = `query ($id: ID!) { bulkJob(id: $id) { finishedAt outcomes { outcome count } } }`;
    const run = async (person: Person, jobId: string) => {
      await waitFor(async () => (await person.run(read, { id: jobId })).bulkJob.finishedAt !== null, 'the job');
      return (await person.run(read, { id: jobId })).bulkJob.outcomes;
    };
    const refused = (await boss.run(start, { input: { ticketIds: ids, action: { delete: true } } })).bulkStart;
    expect(refused).toEqual({ job: null, userErrors: [{ code: 'NOT_PERMITTED', field: null }] });

    const { job } = (await owner.run(start, { input: { ticketIds: ids, action: { delete: true } } })).bulkStart;
    expect(await run(owner, job.id)).toEqual([{ outcome: 'DONE', count: 2 }]);
    expect((await owner.run(`query ($id: ID!) { ticket(id: $id) { id } }`, { id: ids[0] })).ticket).toBeNull();
    const { bulkUndo } = await owner.run(`mutation ($id: ID!) { bulkUndo(input: { jobId: $id }) { job { id } } }`, { id: job.id });
    expect(await run(owner, bulkUndo.job.id)).toEqual([{ outcome: 'DONE', count: 2 }]);
    expect((await owner.run(`query ($id: ID!) { ticket(id: $id) { id } }`, { id: ids[0] })).ticket).toEqual({ id: ids[0] });
    const both = (await owner.run(start, { input: { ticketIds: ids, action: { delete: true, priority: 'LOW' } } })).bulkStart;
    expect(both.userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'action' }]);
  });

  it('is listed page by page, the last first', async () => {
    for (let count = 0; count < 3; count++) await owner.run(DELETE, { input: { ticketId: (await world.ticket()).id } });
    const first = (await owner.run(DELETED, { first: 2 })).deletedTickets;
    const second = (await owner.run(DELETED, { first: 2, after: first.pageInfo.endCursor })).deletedTickets;

    const numbers = [...first.edges, ...second.edges].map(({ node }: { node: { number: number } }) => node.number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    expect([first.edges.length, first.pageInfo.hasNextPage]).toEqual([2, true]);
  });
});

describe('what nobody moves any more', () => {
  const day = 86_400_000;
  const later = (days: number) => {
    world.time.now = new Date((world.time.now ?? new Date()).getTime() + days * day);
  };
  const usual = {
    customerLocale: 'en',
    reopenDays: 14,
    closeAfterDays: null as number | null,
    staleAfterDays: null as number | null,
    staleCloseDays: null as number | null,
    closeNotices: [] as { locale: string; text: string }[],
    staleNotices: [] as { locale: string; text: string }[],
  };
  async function save(wanted: Partial<typeof usual>) {
    const { lifecycle } = await owner.run('{ lifecycle { lifecycleVersion } }');
    return (await owner.run(SAVE, { input: { ...usual, ...wanted, ...lifecycle } })).lifecycleSave;
  }
  afterEach(() => save({}));
  const look = async (id: string) => {
    const { ticket } = await boss.run(STATUS, { id });
    return {
      category: ticket.status.category as string,
      types: ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type),
    };
  };
  const move = (id: string, from: string, category: 'RESOLVED' | 'WAITING' | 'OPEN') =>
    boss.run(SET_STATUS, { input: { ticketId: id, from, to: world.status(category) } });
  /** A ticket whose client was written to. */
  async function talked(locale?: string) {
    const client = await world.contact(locale ? { locale } : {});
    const ticket = await world.ticket({ requesterId: client.id, assigneeId: boss.id });
    await boss.run(REPLY, { input: { ticketId: ticket.id, body: '<p>Hello</p>' } });
    return { ...ticket, email: client.email ?? '' };
  }
  const letters = async (email: string) =>
    (await world.sql<{ body: string }>('select body from outgoing_mail where recipient = ? order by created_at', [email])).map(
      ({ body }) => body,
    );

  it('is closed some days after it was resolved, and its client is told', async () => {
    world.time.now = new Date();
    const ticket = await talked();
    const silent = await world.ticket();
    await save({ closeAfterDays: 4, closeNotices: [{ locale: 'en', text: 'Closed. {days} days are left to object.' }] });
    await move(ticket.id, ticket.statusId, 'RESOLVED');
    await move(silent.id, silent.statusId, 'RESOLVED');

    later(3.9);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await look(ticket.id)).category).toBe('RESOLVED');
    later(0.2);
    await waitFor(async () => (await look(ticket.id)).category === 'CLOSED', 'the closing');
    await waitFor(async () => (await look(silent.id)).category === 'CLOSED', 'the other');
    expect((await letters(ticket.email)).at(-1)).toMatch(
      /^Closed\. 14 days are left to object\.\n\n--\n[^\n]+\nhttp:\/\/desk\.test\/follow#ticket_\S+$/,
    );
    expect(await letters(ticket.email)).toHaveLength(2);
  });

  it('is asked after when it waits for too long: by its assignee and its client, once, before it is closed', async () => {
    world.time.now = new Date();
    const ticket = await talked();
    const asleep = await talked();
    await save({ staleAfterDays: 30, staleCloseDays: 7 });
    for (const one of [ticket, asleep]) await move(one.id, one.statusId, 'WAITING');
    later(30.1);
    await waitFor(async () => (await look(ticket.id)).types.includes('ticket.stale'), 'the ping');
    await waitFor(async () => (await look(asleep.id)).types.includes('ticket.stale'), 'the other ping');
    const told = await boss.run('{ notifications(first: 5) { edges { node { kind reason ticket { id } } } } }');
    expect(told.notifications.edges.map(({ node }: { node: object }) => node)).toContainEqual({
      kind: 'STALE',
      reason: 'ASSIGNEE',
      ticket: { id: ticket.id },
    });
    expect(await letters(ticket.email)).toHaveLength(2);
    expect((await letters(ticket.email)).at(-1)).toContain('closed in 7 days');
    await boss.run(SNOOZE, { input: { ticketId: asleep.id, until: new Date((world.time.now as Date).getTime() + 20 * day) } });

    later(7.1);
    await waitFor(async () => (await look(ticket.id)).category === 'CLOSED', 'the closing');
    expect((await look(asleep.id)).category).toBe('WAITING');
    expect(await letters(ticket.email)).toHaveLength(3);
  });

  it('writes to each customer in their language: by the text of the workspace, or by the built-in one', async () => {
    world.time.now = new Date();
    const [english, ukrainian] = [await talked('en'), await talked('uk-UA')];
    const texts = [{ locale: 'uk', text: 'Закрито, ще {days} днів.' }];
    await save({ staleAfterDays: 30, staleCloseDays: 2, closeNotices: texts });
    for (const { id, statusId } of [english, ukrainian]) await move(id, statusId, 'WAITING');
    later(30.1);
    for (const { id } of [english, ukrainian])
      await waitFor(async () => (await look(id)).types.includes('ticket.stale'), 'the email before closing');
    later(2.1);
    for (const { id } of [english, ukrainian]) await waitFor(async () => (await look(id)).category === 'CLOSED', 'the closing');

    const said = async (email: string) => (await letters(email)).slice(1).map((body) => body.split('\n')[0]);
    expect(await said(english.email)).toEqual([
      'We are waiting for your reply. Without it, this ticket will be closed in 2 days.',
      'Your ticket is closed. If you still need help, write to us on its page within 14 days to reopen it.',
    ]);
    expect(await said(ukrainian.email)).toEqual([
      'Ми чекаємо на вашу відповідь. Без неї це звернення буде закрито через 2 дні.',
      'Закрито, ще 14 днів.',
    ]);
  });

  it('writes in the default language of the workspace to a customer who has none set', async () => {
    await save({ customerLocale: 'uk' });
    const { email } = await talked();
    await save({ customerLocale: 'en' });
    expect((await letters(email))[0]).toContain('Усе про це звернення');
  });

  it('goes on when its client writes in time', async () => {
    world.time.now = new Date();
    const ticket = await talked();
    await save({ staleAfterDays: 30, staleCloseDays: 7 });
    await move(ticket.id, ticket.statusId, 'WAITING');
    later(30.1);
    await waitFor(async () => (await look(ticket.id)).types.includes('ticket.stale'), 'the ping');
    await boss.run(
      `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { code } } } }`,
      {
        input: { ticketId: ticket.id, body: '<p>Still here</p>' },
      },
    );

    later(7.1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await look(ticket.id)).category).toBe('OPEN');
  });

  it.each([
    [{ closeAfterDays: 0 }, 'closeAfterDays'],
    [{ reopenDays: 400 }, 'reopenDays'],
    [{ staleCloseDays: 7 }, 'staleAfterDays'],
    [{ closeNotices: [{ locale: 'en', text: 'x'.repeat(2001) }] }, 'closeNotices'],
    [{ staleNotices: [{ locale: 'xx', text: 'Hello' }] }, 'staleNotices'],
  ])('refuses %o', async (wanted, field) => {
    expect(await save(wanted)).toMatchObject({ lifecycle: null, userErrors: [{ code: 'INVALID_INPUT', field }] });
  });

  it('is set by one administrator at a time', async () => {
    const stale = await owner.run(SAVE, { input: { ...usual, lifecycleVersion: 0 } });
    expect(stale.lifecycleSave.userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
  });
});

describe('a new ticket, where it is open as soon as it is worked on', () => {
  const begin = async (openOnWork: boolean) => {
    const { lifecycle } = await owner.run('{ lifecycle { reopenDays closeAfterDays staleAfterDays staleCloseDays lifecycleVersion } }');
    expect((await owner.run(SAVE, { input: { ...lifecycle, openOnWork } })).lifecycleSave.userErrors).toEqual([]);
  };
  const category = async (id: string) => (await boss.run(STATUS, { id })).ticket.status.category;
  const works: [string, (id: string) => Promise<unknown>][] = [
    [
      'assigned',
      (id) =>
        boss.run(`mutation ($i: TicketAssignInput!) { ticketAssign(input: $i) { ticket { id } } }`, {
          i: { ticketId: id, from: null, to: boss.id },
        }),
    ],
    [
      'edited',
      (id) =>
        boss.run(`mutation ($i: TicketEditInput!) { ticketEdit(input: $i) { ticket { id } } }`, {
          i: { ticketId: id, priority: { from: 'NORMAL', to: 'HIGH' } },
        }),
    ],
    ['answered', (id) => boss.run(REPLY, { input: { ticketId: id, body: '<p>x</p>' } })],
    [
      'noted',
      (id) => boss.run(`mutation ($i: NoteAddInput!) { noteAdd(input: $i) { note { id } } }`, { i: { ticketId: id, body: '<p>x</p>' } }),
    ],
  ];

  it.each(works)('is open once it was %s, and only where the workspace wants it', async (_, work) => {
    await begin(true);
    const ticket = await world.ticket({ requesterId: (await world.contact()).id });
    expect(await category(ticket.id)).toBe('NEW');
    await work(ticket.id);
    expect(await category(ticket.id)).toBe('OPEN');

    await begin(false);
    const other = await world.ticket({ requesterId: (await world.contact()).id });
    await work(other.id);
    expect(await category(other.id)).toBe('NEW');
  });

  it('stays new while it is being made, and when somebody noted something who works on none', async () => {
    await begin(true);
    const made = await boss.run(
      `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id status { category } } } }`,
      { input: { subject: 'Made', internal: true, assigneeId: boss.id, watcherIds: [owner.id] } },
    );
    expect(made.ticketCreate.ticket.status.category).toBe('NEW');
    const team = await world.team();
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const { id } = await world.ticket({ teamId: team });
    const { noteAdd } = await light.run(
      `mutation ($i: NoteAddInput!) { noteAdd(input: $i) { note { id } userErrors { ... on UserError { message } } } }`,
      {
        i: { ticketId: id, body: '<p>x</p>' },
      },
    );
    expect(noteAdd.userErrors).toEqual([]);
    expect(await category(id)).toBe('NEW');
    await begin(false);
  });
});

describe('a ticket that its client opens again', () => {
  const HEAR = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { message } } } }`;
  const reopened = async (more: object) => {
    const { id } = await world.ticket({ requesterId: (await world.contact()).id, ...more });
    await world.sql(`update ticket set category = 'RESOLVED', status_id = ? where id = ?`, [world.status('RESOLVED'), id]);
    await owner.run(HEAR, { input: { ticketId: id, body: '<p>Still broken</p>' } });
    return (await owner.run('query ($id: ID!) { ticket(id: $id) { assignee { id } status { category } } }', { id })).ticket;
  };

  it('comes back to whom it was assigned, or to the queue where they left or the team wants it so', async () => {
    const team = await world.team();
    const agent = await world.person('AGENT', { teams: [team] });
    const gone = await world.person('AGENT', { teams: [team] });
    await world.sql('update member set active = false where id = ?', [gone.id]);

    expect(await reopened({ teamId: team, assigneeId: agent.id })).toEqual({ assignee: { id: agent.id }, status: { category: 'OPEN' } });
    expect(await reopened({ teamId: team, assigneeId: gone.id })).toEqual({ assignee: null, status: { category: 'OPEN' } });
    const { teamSetReopening } = await owner.run(
      `mutation ($input: TeamSetReopeningInput!) { teamSetReopening(input: $input) { team { reopenToQueue } userErrors { ... on UserError { message } } } }`,
      { input: { teamId: team, toQueue: true } },
    );
    expect(teamSetReopening).toEqual({ team: { reopenToQueue: true }, userErrors: [] });
    expect(await reopened({ teamId: team, assigneeId: agent.id })).toEqual({ assignee: null, status: { category: 'OPEN' } });
  });
});
