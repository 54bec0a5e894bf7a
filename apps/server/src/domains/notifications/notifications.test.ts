import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const LIST = `{ unreadNotificationCount notifications(first: 50) { edges { node { type reason readAt actor { name } ticket { id } } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { ... on UserError { code } } } }`;
const READ = `mutation ($input: NotificationsMarkReadInput!) { notificationsMarkRead(input: $input) { unreadCount } }`;
const WATCH = `mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;

let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

const told = async (person: Person) =>
  (await person.run(LIST)).notifications.edges.map(({ node }: { node: { type: string; reason: string } }) => `${node.type} ${node.reason}`);

it('tells the assignee, live, and lets them mark it read on every device', async () => {
  const ada = await world.person('AGENT', { name: 'Ada' });
  const bell = ada.follow(
    `subscription { notificationsChanged { unreadCount notification { type reason ticket { id } actor { name } } } }`,
  );
  await bell.begun();
  const { id } = await world.ticket();

  await boss.run(ASSIGN, { input: { ticketId: id, from: null, to: ada.id } });
  const { notificationsChanged } = await bell.until((data) => data.notificationsChanged.notification !== null);
  await ada.run(READ, { input: { ticketId: id } });

  expect(notificationsChanged).toMatchObject({
    unreadCount: 1,
    notification: { type: 'ticket.assigned', reason: 'ASSIGNEE', ticket: { id }, actor: { name: 'Boss' } },
  });
  await bell.until(
    (data) => data.notificationsChanged.unreadCount === 0 && data.notificationsChanged.notification === null && bell.received.length > 2,
  );
});

it('tells the previous assignee and the new one of a reassignment', async () => {
  const [before, after] = [await world.person('AGENT'), await world.person('AGENT')];
  const { id } = await world.ticket({ assigneeId: before.id });

  await boss.run(ASSIGN, { input: { ticketId: id, from: before.id, to: after.id } });
  expect([(await told(before))[0], (await told(after))[0]]).toEqual(['ticket.assigned PREVIOUS_ASSIGNEE', 'ticket.assigned ASSIGNEE']);
  await boss.run(ASSIGN, { input: { ticketId: id, from: after.id, to: null } });
  expect(await told(after)).toEqual(['ticket.assigned PREVIOUS_ASSIGNEE', 'ticket.assigned ASSIGNEE']);
  // Who hands over their own ticket is not told of it.
  const own = await world.ticket({ assigneeId: before.id });
  const count = (await told(before)).length;
  await before.run(ASSIGN, { input: { ticketId: own.id, from: before.id, to: null } });
  expect(await told(before)).toHaveLength(count);
});

it('marks the notifications of a ticket read when the member acts on it, on every device, and not when others do', async () => {
  const ada = await world.person('AGENT');
  const [{ id }, other] = [await world.ticket({ assigneeId: ada.id }), await world.ticket({ assigneeId: ada.id })];
  const bell = ada.follow(`subscription { notificationsChanged { unreadCount notification { id } } }`);
  await bell.begun();
  const unread = async () => (await ada.run(LIST)).unreadNotificationCount;
  const noteByBoss = (ticketId: string) => boss.run(NOTE, { input: { ticketId, body: '<p>news</p>' } });
  const acts: (() => Promise<unknown>)[] = [
    () => ada.run(NOTE, { input: { ticketId: id, body: '<p>seen</p>' } }),
    () => ada.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'HIGH' } } }),
    () => ada.run(WATCH, { input: { ticketId: id, memberId: ada.id } }),
    () => ada.run(ASSIGN, { input: { ticketId: id, from: ada.id, to: null } }),
  ];
  await noteByBoss(other.id);
  await ada.run(READ, { input: { ticketId: id } });
  const elsewhere = await unread();

  for (const act of acts) {
    await noteByBoss(id);
    expect(await unread()).toBe(elsewhere + 1);
    const seen = bell.received.length;
    await act();
    expect(await unread()).toBe(elsewhere);
    await waitFor(() =>
      bell.received
        .slice(seen)
        .some(({ notificationsChanged: { unreadCount, notification } }) => unreadCount === elsewhere && !notification),
    );
  }
  await noteByBoss(id);
  await boss.run(EDIT, { input: { ticketId: id, priority: { from: 'HIGH', to: 'LOW' } } });
  expect(await unread()).toBe(elsewhere + 2);
});

it('tells a person once of one event, for the reason that concerns them most', async () => {
  const ada = await world.person('AGENT');
  const { id } = await world.ticket({ assigneeId: ada.id });
  await ada.run(WATCH, { input: { ticketId: id, memberId: ada.id } });
  const before = (await told(ada)).length;

  await boss.run(NOTE, { input: { ticketId: id, body: `<p><span data-type="mention" data-id="${ada.id}">@Ada</span> hi</p>` } });

  expect(await told(ada)).toHaveLength(before + 1);
  expect((await told(ada))[0]).toBe('note.added MENTIONED');
});

it('keeps in the log what each notification was caused by', async () => {
  const ada = await world.person('AGENT');
  const { id } = await world.ticket();

  await boss.run(ASSIGN, { input: { ticketId: id, from: null, to: ada.id } });

  const chain = await world.sql<{ cause: string }>(
    `select c.type as cause from event e join event c on c.workspace_id = e.workspace_id and c.id = e.cause_id
     where e.type = 'notification.added' and c.ticket_id = ?`,
    [id],
  );
  expect(chain).toEqual([{ cause: 'ticket.assigned' }]);
});

it('tells nobody of what they did themselves', async () => {
  const ada = await world.person('AGENT');
  const { id } = await world.ticket({ assigneeId: ada.id });
  const before = await told(ada);

  await ada.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'HIGH' } } });

  expect(await told(ada)).toEqual(before);
});

it('tells a watcher who lost the ticket nothing more, and a guest of no note', async () => {
  const [team, other] = [await world.team(), await world.team()];
  const agent = await world.person('AGENT', { teams: [team] });
  const { id } = await world.ticket({ teamId: team });
  await agent.run(WATCH, { input: { ticketId: id, memberId: agent.id } });
  await boss.run(EDIT, { input: { ticketId: id, teamId: { from: team, to: other } } });
  const before = await told(agent);

  await boss.run(NOTE, { input: { ticketId: id, body: '<p>Secret</p>' } });

  expect(await told(agent)).toEqual(before);
  const { notifications } = await agent.run(LIST);
  for (const { node } of notifications.edges) if (node.ticket) expect(node.ticket.id).not.toBe(id);
});

it('pages through many', async () => {
  const ada = await world.person('AGENT');
  const { id } = await world.ticket({ assigneeId: ada.id });
  for (let index = 0; index < 5; index++) await boss.run(NOTE, { input: { ticketId: id, body: `<p>${index}</p>` } });
  const page = `query ($after: String) { notifications(first: 4, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;

  const first = (await ada.run(page)).notifications;
  const second = (await ada.run(page, { after: first.pageInfo.endCursor })).notifications;

  expect([first.edges.length, first.pageInfo.hasNextPage, second.edges.length]).toEqual([4, true, 2]);
});
