import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const POLICY = `mutation ($input: SlaPolicySaveInput!) { slaPolicySave(input: $input) { policy { id } userErrors { ... on UserError { code message } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code message } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { code message } } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { code message } } } }`;
const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { userErrors { ... on UserError { code message } } } }`;
const UNMERGE = `mutation ($input: TicketUnmergeInput!) { ticketUnmerge(input: $input) { userErrors { ... on UserError { code message } } } }`;
const CONTACT = `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;
const CLOCKS = `query ($id: ID!) { ticket(id: $id) { slaClocks { metric state cycle dueAt stoppedAt targetMs elapsedMs policy } activity(last: 100) { edges { node { type } } } } }`;

const minute = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
  const target = (metric: string, amount: number, priority = 'NORMAL') => ({ metric, priority, amount, unit: 'HOURS' });
  const save = async (name: string, conditions: object, targets: object[]) => {
    const { slaPolicySave } = await admin.run(POLICY, {
      input: { name, conditions, targets, warning: { share: 0.75, beforeMinutes: 15 } },
    });
    expect(slaPolicySave.userErrors).toEqual([]);
  };
  await save('Gold', { organizations: ['ACME'] }, [target('RESOLUTION', 1)]);
  await save('Usual', { priorities: ['NORMAL', 'HIGH'] }, [
    target('FIRST_RESPONSE', 1),
    target('NEXT_RESPONSE', 2),
    target('UPDATE', 4),
    target('RESOLUTION', 10),
    target('RESOLUTION', 3, 'HIGH'),
  ]);
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

const at = (minutes: number) => (world.time.now = new Date(start + minutes * minute));
const instant = (minutes: number) => new Date(start + minutes * minute).toISOString();

/** The answer of a mutation that must succeed. */
async function change(document: string, input: object, person = admin): Promise<void> {
  const [payload] = Object.values(await person.run(document, { input })) as { userErrors: object[] }[];
  expect(payload?.userErrors).toEqual([]);
}

async function look(id: string) {
  const { ticket } = await admin.run(CLOCKS, { id });
  return {
    of: (metric: string) => ticket.slaClocks.find((clock: { metric: string }) => clock.metric === metric),
    events: ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type) as string[],
  };
}

const move = (ticketId: string, from: 'NEW' | 'RESOLVED', to: 'OPEN' | 'RESOLVED' | 'WAITING') =>
  change(STATUS, { ticketId, from: world.status(from), to: world.status(to) });

it('does not count the reply of a service account as a response of any kind', async () => {
  const program = await world.person('AGENT');
  await world.sql(`update member set kind = 'MACHINE', account_id = null where id = ?`, [program.id]);
  at(0);
  const { id } = await world.ticket({ requesterId: (await world.contact()).id });
  at(10);
  await change(REPLY, { ticketId: id, body: '<p>We got your request.</p>' }, program);
  const automatic = await look(id);
  at(20);
  await change(REPLY, { ticketId: id, body: '<p>Hello, I am Ada.</p>' });
  at(30);
  await change(RECEIVE, { ticketId: id, body: '<p>And?</p>' });
  at(40);
  await change(REPLY, { ticketId: id, body: '<p>We are working on it.</p>' }, program);
  const later = await look(id);

  expect(automatic.of('FIRST_RESPONSE')).toMatchObject({ state: 'RUNNING', dueAt: instant(60), stoppedAt: null });
  expect(automatic.of('UPDATE')).toBeUndefined();
  expect(automatic.events).not.toContain('sla.responded');
  expect(later.of('FIRST_RESPONSE')).toMatchObject({ state: 'MET', stoppedAt: instant(20) });
  expect(later.of('NEXT_RESPONSE')).toMatchObject({ state: 'RUNNING', dueAt: instant(150) });
  expect(later.of('UPDATE')).toMatchObject({ state: 'RUNNING', cycle: 1, dueAt: instant(260) });
});

it('keeps the outcome of a resolved ticket when its priority changes, and measures by the new priority once it is reopened', async () => {
  at(0);
  const { id } = await world.ticket();
  at(240);
  await move(id, 'NEW', 'RESOLVED');
  await change(EDIT, { ticketId: id, priority: { from: 'NORMAL', to: 'HIGH' } });
  const resolved = await look(id);
  at(500);
  await move(id, 'RESOLVED', 'OPEN');
  const reopened = await look(id);

  expect(resolved.of('RESOLUTION')).toMatchObject({ state: 'MET', targetMs: 600 * minute });
  expect(reopened.of('RESOLUTION')).toMatchObject({ state: 'BREACHED', targetMs: 180 * minute, dueAt: instant(180), cycle: 1 });
});

it('pauses the resolution of a resolved ticket that waits for the customer again', async () => {
  at(0);
  const { id } = await world.ticket();
  at(60);
  await move(id, 'NEW', 'RESOLVED');
  at(100);
  await move(id, 'RESOLVED', 'WAITING');

  expect((await look(id)).of('RESOLUTION')).toMatchObject({ state: 'PAUSED', stoppedAt: null, elapsedMs: 60 * minute });
});

it('selects the policy again when the organization of the customer changes (rule 7)', async () => {
  at(0);
  const contact = await world.contact({ name: 'Lin' });
  const { id } = await world.ticket({ requesterId: contact.id });
  at(30);
  const card = { contactId: contact.id, name: 'Lin', emails: [], phones: [], notes: '' };
  await change(CONTACT, { ...card, version: contact.version, organization: 'ACME' });
  const changed = await look(id);

  expect(changed.of('RESOLUTION')).toMatchObject({ policy: 'Gold', elapsedMs: 30 * minute, dueAt: instant(60) });
  expect(changed.events.filter((type) => type === 'sla.policy_changed')).toHaveLength(1);
});

it('owes the answer that the source of a merge owed, also where the source had no reply yet, until the merge is undone (rule 10)', async () => {
  at(0);
  const contact = await world.contact();
  const [source, destination] = [await world.ticket({ requesterId: contact.id }), await world.ticket({ requesterId: contact.id })];
  await change(REPLY, { ticketId: destination.id, body: '<p>Hello</p>' });
  at(10);
  await change(RECEIVE, { ticketId: source.id, body: '<p>First</p>' });
  at(40);
  await change(RECEIVE, { ticketId: destination.id, body: '<p>Second</p>' });
  at(50);
  await change(MERGE, { sourceId: source.id, destinationId: destination.id });
  const merged = await look(destination.id);
  at(60);
  await change(UNMERGE, { ticketId: source.id });
  const undone = await look(destination.id);

  expect(merged.of('NEXT_RESPONSE')).toMatchObject({ state: 'RUNNING', dueAt: instant(130) });
  expect(undone.of('NEXT_RESPONSE')).toMatchObject({ state: 'RUNNING', dueAt: instant(160) });
  expect((await look(source.id)).of('FIRST_RESPONSE')).toMatchObject({ state: 'RUNNING', dueAt: instant(70), elapsedMs: 50 * minute });
});
