import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const REFUSALS = `userErrors { __typename ... on UserError { code field message } ... on TicketConflict { base theirs yours changedAt changedBy { name } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id subject priority version } ${REFUSALS} } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { assignee { name } } ${REFUSALS} } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { status { category } resolvedAt } ${REFUSALS} } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { tags { name } } userErrors { ... on UserError { code } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { id number subject description priority source version createdAt updatedAt
  status { name category } topic { name } team { name } assignee { name } requester { name email } tags { name }
  viewerCan { edit assign take writeNotes watch } } }`;

let world: World;
let ada: Person;
let bob: Person;
let boss: Person;
let team: string;

beforeAll(async () => {
  world = await World.open();
  team = await world.team('Support');
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [team] });
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

describe('editing a ticket', () => {
  it('lets two people win who change different fields at once', async () => {
    const { id } = await world.ticket({ subject: 'Printer', teamId: team });

    const [subject, priority] = await Promise.all([
      ada.run(EDIT, { input: { ticketId: id, subject: { from: 'Printer', to: 'Scanner' } } }),
      bob.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'HIGH' } } }),
    ]);

    expect([subject.ticketEdit.userErrors, priority.ticketEdit.userErrors]).toEqual([[], []]);
    expect((await ada.run(TICKET, { id })).ticket).toMatchObject({ subject: 'Scanner', priority: 'HIGH' });
  });

  it('refuses to overwrite a colleague, and shows what they wrote, who and when', async () => {
    const { id } = await world.ticket({ subject: 'Printer', teamId: team });
    const renameTo = (to: string) => ({ input: { ticketId: id, subject: { from: 'Printer', to } } });

    await bob.run(EDIT, renameTo('Scanner'));
    const { ticketEdit } = await ada.run(EDIT, renameTo('Plotter'));

    expect(ticketEdit.ticket).toBeNull();
    expect(ticketEdit.userErrors).toMatchObject([
      { __typename: 'TicketConflict', field: 'subject', base: 'Printer', theirs: 'Scanner', yours: 'Plotter', changedBy: { name: 'Bob' } },
    ]);
    expect(Date.parse(ticketEdit.userErrors[0].changedAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('sees no conflict where two people meant the same', async () => {
    const { id } = await world.ticket({ subject: 'Printer', teamId: team });
    const same = { input: { ticketId: id, subject: { from: 'Printer', to: 'Scanner' } } };

    await bob.run(EDIT, same);

    expect((await ada.run(EDIT, same)).ticketEdit.userErrors).toEqual([]);
  });

  it('changes all of the fields or none', async () => {
    const { id } = await world.ticket({ subject: 'Printer', teamId: team });

    const { ticketEdit } = await ada.run(EDIT, {
      input: { ticketId: id, priority: { from: 'NORMAL', to: 'LOW' }, subject: { from: 'Printer', to: ' ' } },
    });

    expect(ticketEdit.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'subject' }]);
    expect((await ada.run(TICKET, { id })).ticket).toMatchObject({ subject: 'Printer', priority: 'NORMAL' });
  });

  it('names a choice that is of another workspace as one that does not exist', async () => {
    const { id } = await world.ticket({ teamId: team });

    const { ticketEdit } = await ada.run(EDIT, { input: { ticketId: id, topicId: { from: null, to: world.workspaceId } } });

    expect(ticketEdit.userErrors).toMatchObject([{ __typename: 'ReferenceNotFound', field: 'topicId' }]);
  });

  it('keeps formatting and drops scripts from a description', async () => {
    const { id } = await world.ticket({ teamId: team });

    await ada.run(EDIT, {
      input: {
        ticketId: id,
        description: { from: '', to: '<p>Hello <strong>there</strong><script>alert(1)</script><img src=x onerror=alert(1)></p>' },
      },
    });

    expect((await ada.run(TICKET, { id })).ticket.description).toBe('<p>Hello <strong>there</strong></p>');
  });

  it('asks for at least one field', async () => {
    const { id } = await world.ticket({ teamId: team });

    expect((await ada.run(EDIT, { input: { ticketId: id } })).ticketEdit.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});

describe('status', () => {
  const move = (ticketId: string, from: 'NEW' | 'OPEN' | 'RESOLVED', to: 'NEW' | 'OPEN' | 'RESOLVED' | 'CLOSED') => ({
    input: { ticketId, from: world.status(from), to: world.status(to) },
  });

  it('notes when a ticket was resolved, and forgets it when it is reopened', async () => {
    const { id } = await world.ticket({ teamId: team });

    const done = await ada.run(STATUS, move(id, 'NEW', 'RESOLVED'));
    const again = await ada.run(STATUS, move(id, 'RESOLVED', 'OPEN'));

    expect(done.ticketSetStatus.ticket).toMatchObject({ status: { category: 'RESOLVED' }, resolvedAt: expect.any(String) });
    expect(again.ticketSetStatus.ticket).toMatchObject({ status: { category: 'OPEN' }, resolvedAt: null });
  });

  it('never goes back to New', async () => {
    const { id } = await world.ticket({ teamId: team });
    await ada.run(STATUS, move(id, 'NEW', 'OPEN'));

    const { ticketSetStatus } = await ada.run(STATUS, move(id, 'OPEN', 'NEW'));

    expect(ticketSetStatus.userErrors).toMatchObject([{ __typename: 'StatusMoveRefused', code: 'STATUS_MOVE_REFUSED' }]);
  });

  it('tells the second of two who move it at once', async () => {
    const { id } = await world.ticket({ teamId: team });
    await bob.run(STATUS, move(id, 'NEW', 'OPEN'));

    const { ticketSetStatus } = await ada.run(STATUS, move(id, 'NEW', 'CLOSED'));

    expect(ticketSetStatus.userErrors).toMatchObject([{ __typename: 'TicketConflict', field: 'statusId', theirs: world.status('OPEN') }]);
  });
});

describe('assignment', () => {
  it('gives a free ticket to one of two who take it at once, and names the winner to the other', async () => {
    const { id } = await world.ticket({ teamId: team });
    const take = (person: Person) => person.run(ASSIGN, { input: { ticketId: id, from: null, to: person.id } });

    const answers = (await Promise.all([take(ada), take(bob)])).map(({ ticketAssign }) => ticketAssign);

    const won = answers.filter(({ ticket }) => ticket);
    const lost = answers.filter(({ ticket }) => !ticket);
    expect(won).toHaveLength(1);
    expect(lost[0].userErrors).toMatchObject([{ __typename: 'TicketConflict', changedBy: { name: won[0].ticket.assignee.name } }]);
  });

  it('lets an agent hand over their own ticket and not a colleague’s', async () => {
    const { id } = await world.ticket({ teamId: team, assigneeId: ada.id });

    const stolen = await bob.run(ASSIGN, { input: { ticketId: id, from: ada.id, to: bob.id } });
    const handed = await ada.run(ASSIGN, { input: { ticketId: id, from: ada.id, to: bob.id } });
    const edited = await ada.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'LOW' } } });

    expect(stolen.ticketAssign.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(handed.ticketAssign.ticket.assignee.name).toBe('Bob');
    expect(edited.ticketEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });

  it('lets a supervisor give anything to any operator, and to nobody who cannot work', async () => {
    const guest = await world.person('GUEST', { teams: [team] });
    const { id } = await world.ticket({ teamId: team, assigneeId: ada.id });

    const given = await boss.run(ASSIGN, { input: { ticketId: id, from: ada.id, to: bob.id } });
    const refused = await boss.run(ASSIGN, { input: { ticketId: id, from: bob.id, to: guest.id } });

    expect(given.ticketAssign.ticket.assignee.name).toBe('Bob');
    expect(refused.ticketAssign.userErrors).toMatchObject([{ code: 'REFERENCE_NOT_FOUND' }]);
  });
});

describe('tags', () => {
  it('keeps the tags of two people who tag at once, and makes a new tag once', async () => {
    const { id } = await world.ticket({ teamId: team });

    await Promise.all([
      ada.run(TAG, { input: { ticketId: id, add: ['vip', 'printer'] } }),
      bob.run(TAG, { input: { ticketId: id, add: ['VIP', 'urgent'] } }),
    ]);
    const { ticketTag } = await ada.run(TAG, { input: { ticketId: id, remove: ['printer'] } });

    expect(ticketTag.ticket.tags.map((tag: { name: string }) => tag.name.toLowerCase())).toEqual(['urgent', 'vip']);
    const { tags } = await ada.run('{ tags { name } }');
    expect(tags.filter((tag: { name: string }) => tag.name.toLowerCase() === 'vip')).toHaveLength(1);
  });
});

describe('who sees and does what', () => {
  it('answers alike for a ticket that is missing, of another team, and of another workspace', async () => {
    const other = await world.ticket({ teamId: await world.team() });
    const foreign = await world.stranger();
    const ids = [other.id, foreign.ticketId, world.workspaceId, crypto.randomUUID()];

    for (const id of ids) expect(await ada.ask(TICKET, { id })).toEqual({ data: { ticket: null }, extensions: expect.anything() });
    const refusals = await Promise.all(ids.map((ticketId) => ada.run(EDIT, { input: { ticketId, subject: { from: '', to: 'x' } } })));
    for (const { ticketEdit } of refusals) expect(ticketEdit).toEqual(refusals[0].ticketEdit);
    expect(refusals[0].ticketEdit.userErrors).toMatchObject([{ __typename: 'TicketNotFound' }]);
  });

  it('finds a ticket by its number', async () => {
    const { number } = await world.ticket({ subject: 'By number', teamId: team });

    const { ticketByNumber } = await ada.run('query ($number: Int!) { ticketByNumber(number: $number) { subject } }', { number });

    expect(ticketByNumber.subject).toBe('By number');
  });

  it.each(['LIGHT_AGENT', 'GUEST'] as const)('lets a %s read and change nothing', async (role) => {
    const person = await world.person(role, { teams: [team] });
    const { id } = await world.ticket({ subject: 'Look', teamId: team });
    const before = (await ada.run(TICKET, { id })).ticket;

    const { ticket } = await person.run(TICKET, { id });
    const attempts = [
      (await person.run(EDIT, { input: { ticketId: id, subject: { from: 'Look', to: 'Touched' } } })).ticketEdit,
      (await person.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('CLOSED') } })).ticketSetStatus,
      (await person.run(ASSIGN, { input: { ticketId: id, from: null, to: person.id } })).ticketAssign,
      (await person.run(TAG, { input: { ticketId: id, add: ['x'] } })).ticketTag,
    ];

    expect(ticket).toMatchObject({
      subject: 'Look',
      viewerCan: { edit: false, assign: false, take: false, writeNotes: role === 'LIGHT_AGENT' },
    });
    for (const attempt of attempts) expect(attempt).toMatchObject({ ticket: null, userErrors: [{}] });
    expect((await ada.run(TICKET, { id })).ticket).toEqual(before);
  });

  it('refuses every question to nobody', async () => {
    const nobody = world.seat(ada.member, 'baton_wrong', 0);

    expect((await nobody.ask(TICKET, { id: world.workspaceId })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await nobody.ask('{ viewer { email } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('names statuses and topics in the language asked for', async () => {
    await world.topic('Printers');

    const { statuses, topics } = await ada.run('{ statuses { name(locale: "uk") names { locale text } } topics { name parent { name } } }');

    expect(statuses[0]).toMatchObject({
      name: 'Нова',
      names: [
        { locale: 'en', text: 'New' },
        { locale: 'uk', text: 'Нова' },
      ],
    });
    expect(topics).toEqual([{ name: 'Printers', parent: null }]);
  });
});

describe('a snoozed ticket', () => {
  const SNOOZE = `mutation ($input: TicketSnoozeInput!) { ticketSnooze(input: $input) { ticket { snoozedUntil } userErrors { ... on UserError { code field } } } }`;

  it('leaves the lists that leave snoozed ones out, and comes back when time comes, with no event', async () => {
    const person = await world.person('SUPERVISOR');
    const topic = await world.topic('Snoozing');
    const { id } = await world.ticket({ topicId: topic });
    const list = person.follow(`subscription ($filter: TicketFilterInput!) { ticketsChanged(filter: $filter) { kind ticketId } }`, {
      filter: { topicIds: [topic], snoozed: false },
    });
    const beat = () =>
      person.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
        input: { ticketId: id, add: [`beat ${Math.random()}`] },
      });
    await waitFor(async () => {
      await beat();
      return list.received.length > 0;
    });
    const until = new Date(Date.now() + 700);

    await person.run(SNOOZE, { input: { ticketId: id, until: until.toISOString() } });
    const kinds = () => list.received.map(({ ticketsChanged }) => ticketsChanged.kind as string);
    await waitFor(() => kinds().includes('LEFT') && kinds().lastIndexOf('ENTERED') > kinds().indexOf('LEFT'), 'the ticket to come back');

    expect(Date.now()).toBeGreaterThanOrEqual(until.getTime());
    expect(Date.now()).toBeLessThan(until.getTime() + 1000);
    const refused = await person.run(SNOOZE, { input: { ticketId: id, until: '2001-01-01T00:00:00Z' } });
    expect(refused.ticketSnooze.userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'until' }]);
  });
});
