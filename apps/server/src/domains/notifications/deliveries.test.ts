import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
// @ts-expect-error It brings no types.
import ece from 'http_ece';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { hashSecret } from '../../platform/keys.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const { decrypt } = ece as { decrypt(sealed: Buffer, options: object): Buffer };

const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;
const WATCH = `mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const LINK = `mutation ($input: LinkAddInput!) { linkAdd(input: $input) { userErrors { ... on UserError { code } } } }`;
const READ = `mutation ($input: NotificationsMarkReadInput!) { notificationsMarkRead(input: $input) { unreadCount } }`;
const LIST = `{ notifications(first: 50) { edges { node { id type kind reason count ticket { number } } } } }`;
const RULES = `rules { kind scope inApp email push }`;
const SETTINGS = `{ notificationSettings { timeZone quietFrom quietTo quietDays emailEvery teamIds topicIds ${RULES} devices { sessionId } } }`;
const SAVE = `mutation ($input: NotificationSettingsSaveInput!) {
  notificationSettingsSave(input: $input) { settings { emailEvery quietFrom ${RULES} } userErrors { ... on UserError { code field message } } }
}`;
const MUTE = `mutation ($input: NotificationMuteInput!) {
  notificationMute(input: $input) { before { kind scope inApp } after { kind scope inApp } userErrors { ... on UserError { code } } }
}`;
const ADD_DEVICE = `mutation ($input: PushDeviceAddInput!) {
  pushDeviceAdd(input: $input) { settings { devices { sessionId } } userErrors { ... on UserError { code field } } }
}`;
const REMOVE_DEVICE = `mutation ($input: PushDeviceRemoveInput!) { pushDeviceRemove(input: $input) { settings { devices { id } } } }`;

let world: World;
let boss: Person;
let service: Server;
let host: string;
const pushed: { path: string; body: Buffer; authorization: string }[] = [];
let answer = 201;

beforeAll(async () => {
  service = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      pushed.push({ path: request.url ?? '', body: Buffer.concat(parts), authorization: request.headers.authorization ?? '' });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(service.address() as { port: number }).port}`;
  world = await World.open({ nodes: 2, redis: true, pushServices: [host] });
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(async () => {
  await world.close();
  await new Promise((resolve) => service.close(resolve));
});
beforeEach(() => {
  world.time.now = new Date('2026-11-20T10:00:00Z');
  answer = 201;
});

const later = (minutes: number) => {
  world.time.now = new Date((world.time.now as Date).getTime() + minutes * 60_000);
};
const letters = ({ member }: Person) =>
  world.sql<{ subject: string; body: string }>('select subject, body from outgoing_mail where recipient = ? order by created_at, id', [
    member.email,
  ]);
const waiting = async (person: Person, channel = 'mail') =>
  (await world.sql(`select 1 from notification where member_id = ? and ${channel}_due_at is not null`, [person.id])).length;
const settled = (person: Person) => waitFor(async () => (await waiting(person)) === 0, 'what was due');
const told = async (person: Person) => (await person.run(LIST)).notifications.edges.map(({ node }: { node: object }) => node);
const rule = (kind: string, rest: object = {}) => ({ kind, scope: 'WATCHED', inApp: true, email: true, push: false, ...rest });
const save = async (person: Person, input: object) => (await person.run(SAVE, { input })).notificationSettingsSave;

it('writes one letter of all that came within a minute, and no second one for five minutes', async () => {
  const ada = await world.person('AGENT', { name: 'Ada One' });
  const first = await world.ticket({ subject: 'Printer' });
  const second = await world.ticket({ subject: 'Scanner' });

  await boss.run(ASSIGN, { input: { ticketId: first.id, from: null, to: ada.id } });
  await boss.run(ASSIGN, { input: { ticketId: second.id, from: null, to: ada.id } });
  later(1.1);
  await settled(ada);
  const third = await world.ticket();
  await boss.run(ASSIGN, { input: { ticketId: third.id, from: null, to: ada.id } });
  later(2);
  await waitFor(async () => {
    const put = `select 1 from notification where member_id = ? and mail_due_at = '2026-11-20T10:06:06Z'`;
    return (await world.sql(put, [ada.id])).length === 1;
  }, 'the letter to be put off');

  const written = await letters(ada);
  expect(written).toHaveLength(1);
  expect(written[0]?.subject).toBe('2 changes on 2 tickets');
  expect(written[0]?.body).toContain(
    `#${first.number} Printer\n- Boss changed who it is assigned to (it is assigned to you)\nhttp://desk.test/tickets/${first.number}`,
  );
  expect(written[0]?.body).toContain('http://desk.test/settings/notifications');
  later(5);
  await settled(ada);
  expect(await letters(ada)).toHaveLength(2);
});

it('writes no letter of what was read in time, nor of what its reader may not see any more', async () => {
  const team = await world.team();
  const ada = await world.person('AGENT', { teams: [team] });
  const read = await world.ticket();
  const lost = await world.ticket({ teamId: team });
  await save(ada, { rules: [rule('CHANGED')] });
  await ada.run(WATCH, { input: { ticketId: lost.id, memberId: ada.id } });

  await boss.run(ASSIGN, { input: { ticketId: read.id, from: null, to: ada.id } });
  await ada.run(READ, { input: { ticketId: read.id } });
  await (await world.person('ADMIN')).run(EDIT, { input: { ticketId: lost.id, priority: { from: 'NORMAL', to: 'HIGH' } } });
  await world.sql('delete from team_member where member_id = ?', [ada.id]);
  expect(await waiting(ada)).toBe(2);
  later(2);
  await settled(ada);

  expect(await letters(ada)).toEqual([]);
});

it('is still in quiet hours, but for the promise about something critical', async () => {
  const ada = await world.person('AGENT');
  await save(ada, { timeZone: 'Europe/Kyiv', quietFrom: 60 * 12, quietTo: 60 * 13 });
  const { id } = await world.ticket();

  await boss.run(ASSIGN, { input: { ticketId: id, from: null, to: ada.id } });

  const [row] = await world.sql<{ due: string }>('select mail_due_at as due from notification where member_id = ?', [ada.id]);
  expect(new Date(row?.due ?? '').toISOString()).toBe('2026-11-20T11:00:00.000Z');
  // Told of by the clock of a critical ticket, it does not wait.
  await world.sql(`update notification set kind = 'SLA', mail_due_at = '2026-11-20T10:00:01Z' where member_id = ?`, [ada.id]);
  later(1);
  await waitFor(
    async () =>
      (await world.sql(`select 1 from notification where member_id = ? and mail_due_at = '2026-11-20T11:00:00Z'`, [ada.id])).length === 1,
    'the quiet',
  );
  await world.sql(`update ticket set priority = 'CRITICAL' where id = ?`, [id]);
  await world.sql(`update notification set mail_due_at = '2026-11-20T10:00:01Z' where member_id = ?`, [ada.id]);
  await settled(ada);
  expect(await letters(ada)).toHaveLength(1);
});

it('tells of a kind by the channels and of the tickets that somebody chose', async () => {
  const team = await world.team();
  const other = await world.team();
  const ada = await world.person('AGENT', { teams: [team, other] });
  const mine = await world.ticket({ teamId: team, assigneeId: ada.id });
  const watched = await world.ticket({ teamId: team });
  const ours = await world.ticket({ teamId: team });
  const theirs = await world.ticket({ teamId: other });
  const admin = await world.person('ADMIN');
  await ada.run(WATCH, { input: { ticketId: watched.id, memberId: ada.id } });
  const changeAll = async (from: string, to: string) => {
    for (const { id } of [mine, watched, ours, theirs]) await admin.run(EDIT, { input: { ticketId: id, priority: { from, to } } });
  };
  const reasons = async () =>
    (await told(ada)).filter(({ kind }: { kind: string }) => kind === 'CHANGED').map(({ reason }: { reason: string }) => reason);

  await save(ada, { rules: [rule('CHANGED', { scope: 'MINE', email: false })] });
  await changeAll('NORMAL', 'HIGH');
  expect(await reasons()).toEqual(['ASSIGNEE']);
  await save(ada, { rules: [rule('CHANGED', { scope: 'TEAM', email: false })], teamIds: [team] });
  await changeAll('HIGH', 'LOW');
  expect((await reasons()).sort()).toEqual(['ASSIGNEE', 'ASSIGNEE', 'TEAM', 'WATCHING']);
  await save(ada, { rules: [rule('CHANGED', { inApp: false, email: false })] });
  await changeAll('LOW', 'NORMAL');
  expect(await reasons()).toHaveLength(4);
});

it('tells watchers of links', async () => {
  const ada = await world.person('AGENT');
  const [first, second] = [await world.ticket({ assigneeId: ada.id }), await world.ticket()];

  await boss.run(LINK, { input: { ticketId: first.id, otherId: second.id, role: 'RELATED' } });

  expect(await told(ada)).toMatchObject([{ type: 'ticket.linked', kind: 'CHANGED', reason: 'ASSIGNEE' }, { kind: 'CREATED' }]);
});

it('changes with one click exactly the setting because of which it told', async () => {
  const ada = await world.person('AGENT');
  const watched = await world.ticket();
  const mine = await world.ticket({ assigneeId: ada.id });
  await ada.run(WATCH, { input: { ticketId: watched.id, memberId: ada.id } });
  const note = (id: string) => boss.run(NOTE, { input: { ticketId: id, body: '<p>hello</p>' } });
  await note(watched.id);
  const [{ id }] = await told(ada);

  const { notificationMute } = await ada.run(MUTE, { input: { notificationId: id } });

  expect(notificationMute).toMatchObject({
    before: { kind: 'NOTE', scope: 'WATCHED' },
    after: { kind: 'NOTE', scope: 'MINE', inApp: true },
  });
  await note(watched.id);
  await note(mine.id);
  const list = await told(ada);
  expect(list.map(({ kind, reason }: Record<string, string>) => `${kind} ${reason}`)).toEqual([
    'NOTE ASSIGNEE',
    'NOTE WATCHING',
    'CREATED ASSIGNEE',
  ]);
  const again = await ada.run(MUTE, { input: { notificationId: list[0].id } });
  expect(again.notificationMute.after).toEqual({ kind: 'NOTE', scope: 'MINE', inApp: false });
  // Nobody else's.
  const refused = await boss.run(MUTE, { input: { notificationId: id } });
  expect(refused.notificationMute.userErrors).toEqual([{ code: 'INVALID_INPUT' }]);
});

it('tells once of what a job did to many tickets', async () => {
  const ada = await world.person('AGENT');
  const tickets = [await world.ticket(), await world.ticket(), await world.ticket()];
  await boss.run(`mutation ($input: BulkStartInput!) { bulkStart(input: $input) { userErrors { ... on UserError { message } } } }`, {
    input: { ticketIds: tickets.map(({ id }) => id), action: { assigneeId: ada.id } },
  });
  await waitFor(async () => (await told(ada))[0]?.count === 3, 'the job');

  expect(await told(ada)).toMatchObject([{ kind: 'ASSIGNED', count: 3 }]);
});

it.each([
  [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
  [{ quietFrom: 60 }, 'quietFrom'],
  [{ quietFrom: 60, quietTo: 1440 }, 'quietTo'],
  [{ quietFrom: 60, quietTo: 60 }, 'quietTo'],
  [{ quietDays: [0] }, 'quietDays'],
  [{ quietDays: [1, 2, 3, 4, 5, 6, 7] }, 'quietDays'],
  [{ teamIds: [crypto.randomUUID()] }, 'teamIds'],
  [{ topicIds: [crypto.randomUUID()] }, 'topicIds'],
])('refuses settings that make no sense: %o', async (input, field) => {
  expect(await save(boss, input)).toMatchObject({ settings: null, userErrors: [{ code: 'INVALID_INPUT', field }] });
});

it('shows what holds while nothing was chosen, and keeps what was', async () => {
  const ada = await world.person('AGENT');

  await save(ada, { rules: [rule('NOTE', { push: true })], emailEvery: 'DAY' });

  const { notificationSettings } = await ada.run(SETTINGS);
  expect(notificationSettings).toMatchObject({ timeZone: 'UTC', quietFrom: null, emailEvery: 'DAY', devices: [] });
  expect(notificationSettings.rules).toHaveLength(11);
  expect(notificationSettings.rules).toContainEqual(rule('NOTE', { push: true }));
  expect(notificationSettings.rules).toContainEqual(rule('MENTION', { push: true }));
});

const resultsStored = () =>
  waitFor(async () => (await world.sql('select 1 from work_attempt where lease_id is not null')).length === 0, 'the results of attempts');

/** A browser: its keys, and a session of its person. */
async function browser(person: Person) {
  const session = `session_${crypto.randomUUID()}`;
  await world.sql(
    `insert into session (workspace_id, id, member_id, account_id, token_hash, user_agent, address, created_at, expires_at, confirmed_at)
     values (?, ?, ?, ?, ?, 'Firefox', '', now(), now() + interval '1 year', now())`,
    [world.workspaceId, crypto.randomUUID(), person.id, person.member.accountId, hashSecret(session)],
  );
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const path = `/push/${crypto.randomUUID()}`;
  return {
    path,
    signedIn: world.seat(person.member, session, 1),
    input: { endpoint: `http://${host}${path}`, publicKey: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    received: () =>
      pushed
        .filter((one) => one.path === path)
        .map(({ body }) => JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth }).toString()) as object),
  };
}

it('refuses two rules of one kind and saves none of them', async () => {
  const ada = await world.person('AGENT', { name: 'Ada' });

  const { userErrors } = await save(ada, { rules: [rule('CHANGED', { inApp: false }), rule('CHANGED', { email: false })] });

  expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'rules', message: expect.stringContaining('CHANGED') }]);
  expect(await world.sql('select * from notification_rule where member_id = ?', [ada.id])).toEqual([]);
});

it('pushes to the browsers of a person, sealed for them and signed as the desk, until one is gone or signed out', async () => {
  const ada = await world.person('AGENT', { name: 'Ada Push' });
  const [laptop, phone] = [await browser(ada), await browser(ada)];
  for (const { signedIn, input } of [laptop, phone]) {
    expect((await signedIn.run(ADD_DEVICE, { input })).pushDeviceAdd.userErrors).toEqual([]);
  }
  const first = await world.ticket({ subject: 'Printer' });

  await boss.run(ASSIGN, { input: { ticketId: first.id, from: null, to: ada.id } });
  later(0.2);
  await waitFor(() => phone.received().length === 1, 'a push');

  expect(laptop.received()).toEqual([
    {
      title: `#${first.number} Printer`,
      body: 'Boss changed who it is assigned to (it is assigned to you)',
      url: `http://desk.test/tickets/${first.number}`,
      tag: `ticket ${first.number}`,
    },
  ]);
  const { pushKey } = await ada.run('{ pushKey }');
  expect(pushed.find(({ path }) => path === phone.path)?.authorization).toContain(`k=${pushKey}`);

  // One push service says that its browser is no more; the other browser is signed out.
  answer = 410;
  await world.sql(`delete from session where token_hash = ?`, [hashSecret(laptop.signedIn.secret)]);
  later(2);
  await boss.run(ASSIGN, { input: { ticketId: (await world.ticket()).id, from: null, to: ada.id } });
  later(0.2);
  await waitFor(() => phone.received().length === 2, 'the push');
  await waitFor(async () => (await ada.run(SETTINGS)).notificationSettings.devices.length === 0, 'the end of the device');
  expect(laptop.received()).toHaveLength(1);
});

it('tries a push again when the service could not be reached, and stops when it is told to', async () => {
  const ada = await world.person('AGENT');
  const phone = await browser(ada);
  await phone.signedIn.run(ADD_DEVICE, { input: phone.input });
  answer = 503;
  await boss.run(ASSIGN, { input: { ticketId: (await world.ticket()).id, from: null, to: ada.id } });
  later(0.2);
  await waitFor(() => phone.received().length === 1, 'a push');
  await resultsStored();
  answer = 201;
  later(1.1);
  await waitFor(() => phone.received().length === 2, 'the push again');

  await phone.signedIn.run(REMOVE_DEVICE, { input: { endpoint: phone.input.endpoint } });
  expect((await ada.run(SETTINGS)).notificationSettings.devices).toEqual([]);
});

it('gives a push up after five attempts, lists it for administrators, and pushes later notifications all the same', async () => {
  const ada = await world.person('AGENT');
  const admin = await world.person('ADMIN');
  const phone = await browser(ada);
  await phone.signedIn.run(ADD_DEVICE, { input: phone.input });
  answer = 503;
  await boss.run(ASSIGN, { input: { ticketId: (await world.ticket()).id, from: null, to: ada.id } });
  later(0.2);
  for (const [index, minutes] of [1, 5, 30, 120].entries()) {
    await waitFor(() => phone.received().length === index + 1, `attempt ${index + 1}`);
    await resultsStored();
    later(minutes + 0.1);
  }
  const failed = async () => (await admin.run('{ failedJobs { edges { node { kind attempts error member { id } } } } }')).failedJobs.edges;
  await waitFor(async () => (await failed()).length > 0, 'the last attempt');

  expect(phone.received()).toHaveLength(5);
  expect(await failed()).toEqual([
    { node: { kind: 'PUSH', attempts: 5, error: `The push service ${host} responded with status 503.`, member: { id: ada.id } } },
  ]);
  answer = 201;
  await boss.run(ASSIGN, { input: { ticketId: (await world.ticket()).id, from: null, to: ada.id } });
  later(2);
  await waitFor(() => phone.received().length === 6, 'the next push');
});

it('pushes to all other members while one device has keys that cannot be used', async () => {
  const [ada, bob] = [await world.person('AGENT'), await world.person('AGENT')];
  const [broken, phone] = [await browser(ada), await browser(bob)];
  await broken.signedIn.run(ADD_DEVICE, { input: broken.input });
  await phone.signedIn.run(ADD_DEVICE, { input: phone.input });
  await world.sql('update push_device set public_key = ? where member_id = ?', [Buffer.alloc(65).toString('base64url'), ada.id]);

  for (const { id } of [ada, bob]) await boss.run(ASSIGN, { input: { ticketId: (await world.ticket()).id, from: null, to: id } });
  later(0.2);

  await waitFor(() => phone.received().length === 1, 'the push to the other device');
  await waitFor(async () => (await ada.run(SETTINGS)).notificationSettings.devices.length === 0, 'the end of the device');
  expect(broken.received()).toEqual([]);
});

it('delivers every other notification while one fails, and lists that one for administrators', async () => {
  const ada = await world.person('AGENT');
  const admin = await world.person('ADMIN');
  const tickets = [await world.ticket(), await world.ticket(), await world.ticket()];
  for (const { id } of tickets) await boss.run(ASSIGN, { input: { ticketId: id, from: null, to: ada.id } });
  // No use case stores such a row.
  await world.sql(`update notification set kind = 'NO SUCH KIND' where member_id = ? and ticket_id = ?`, [ada.id, tickets[1]?.id]);
  const failed = async () =>
    (await admin.run('{ failedJobs { edges { node { kind ticket { id } member { id } } } } }')).failedJobs.edges.filter(
      ({ node }: { node: { member: { id: string } } }) => node.member.id === ada.id,
    );
  const passingTime = (condition: () => Promise<boolean>, what: string) =>
    waitFor(async () => {
      later(3);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return condition();
    }, what);
  await passingTime(async () => {
    const text = (await letters(ada)).map(({ body }) => body).join();
    return text.includes(`#${tickets[0]?.number} `) && text.includes(`#${tickets[2]?.number} `);
  }, 'the other notifications');
  await passingTime(async () => (await failed()).length > 0, 'the last attempt');

  expect(await failed()).toEqual([{ node: { kind: 'EMAIL_NOTIFICATION', ticket: { id: tickets[1]?.id }, member: { id: ada.id } } }]);
});

it('pushes to no address that is no push service’s, and to no program', async () => {
  const ada = await world.person('AGENT');
  const phone = await browser(ada);
  const add = async (person: Person, input: object) => (await person.run(ADD_DEVICE, { input })).pushDeviceAdd.userErrors;

  for (const endpoint of [
    'http://169.254.169.254/latest',
    'https://evil.test/push',
    'http://127.0.0.1:5432/',
    `http://x@${host}/`,
    'nonsense',
  ]) {
    expect(await add(phone.signedIn, { ...phone.input, endpoint })).toEqual([{ code: 'INVALID_INPUT', field: 'endpoint' }]);
  }
  const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url');
  for (const publicKey of [Buffer.alloc(65).toString('base64url'), offCurve, phone.input.publicKey.slice(0, 40), '%%%', '']) {
    expect(await add(phone.signedIn, { ...phone.input, publicKey })).toEqual([{ code: 'INVALID_INPUT', field: 'publicKey' }]);
  }
  expect(await add(phone.signedIn, { ...phone.input, auth: 'short' })).toEqual([{ code: 'INVALID_INPUT', field: 'publicKey' }]);
  expect(await add(ada, phone.input)).toEqual([{ code: 'INVALID_INPUT', field: null }]);
});
