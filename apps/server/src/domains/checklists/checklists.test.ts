import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const LIST =
  'ticket { checklist { id text doneAt doneBy { id } } } userErrors { __typename ... on UserError { code field message } ... on ChecklistConflict { theirs } }';
const mutations = {
  checklistAdd: `mutation ($input: ChecklistAddInput!) { checklistAdd(input: $input) { ${LIST} } }`,
  checklistItemEdit: `mutation ($input: ChecklistItemEditInput!) { checklistItemEdit(input: $input) { ${LIST} } }`,
  checklistItemRemove: `mutation ($input: ChecklistItemRemoveInput!) { checklistItemRemove(input: $input) { ${LIST} } }`,
  checklistOrder: `mutation ($input: ChecklistOrderInput!) { checklistOrder(input: $input) { ${LIST} } }`,
};
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code field message } } } }`;
const LOG = `query ($id: ID!) { ticket(id: $id) { checklist { text } activity { edges { node { type changes { from { text } to { text } } } } } } }`;

let world: World;
let team: string;
let owner: Person;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  owner = await world.person('OWNER');
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
});
afterAll(() => world.close());

const call = async (name: keyof typeof mutations, input: object, person = ada) => (await person.run(mutations[name], { input }))[name];
const texts = (answer: { ticket: { checklist: { text: string }[] } }) => answer.ticket.checklist.map(({ text }) => text);
const requireAll = async (checklistRequired: boolean) => {
  const { lifecycle } = await owner.run('{ lifecycle { reopenDays lifecycleVersion } }');
  const SAVE = `mutation ($input: LifecycleSaveInput!) { lifecycleSave(input: $input) { userErrors { ... on UserError { message } } } }`;
  expect((await owner.run(SAVE, { input: { ...lifecycle, checklistRequired } })).lifecycleSave.userErrors).toEqual([]);
};
const resolve = async ({ id }: { id: string }) =>
  (await ada.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('RESOLVED') } })).ticketSetStatus.userErrors;

describe('a checklist', () => {
  it('is written, ticked, said in other words, put in order and shortened, live and with an entry for each', async () => {
    const { id } = await world.ticket({ teamId: team });
    const watching = ada.follow(`subscription { ticketChanged(id: "${id}") { checklist { text doneAt } } }`);
    await watching.begun();
    const added = await call('checklistAdd', { ticketId: id, texts: ['Ask for the invoice', ' Check it ', 'Pay'] });
    const [first, second, third] = added.ticket.checklist;
    expect(texts(added)).toEqual(['Ask for the invoice', 'Check it', 'Pay']);

    const ticked = await call('checklistItemEdit', { itemId: second.id, done: true });
    expect(ticked.ticket.checklist[1]).toMatchObject({ doneAt: expect.any(String), doneBy: { id: ada.id } });
    await call('checklistItemEdit', { itemId: second.id, done: true });
    await watching.until(({ ticketChanged }) => ticketChanged.checklist[1]?.doneAt != null);
    await call('checklistItemEdit', { itemId: second.id, done: false });
    await call('checklistItemEdit', { itemId: third.id, text: { from: 'Pay', to: 'Pay it' } });
    expect(texts(await call('checklistOrder', { ticketId: id, itemIds: [third.id, first.id] }))).toEqual([
      'Pay it',
      'Ask for the invoice',
      'Check it',
    ]);
    expect(texts(await call('checklistItemRemove', { itemId: first.id }))).toEqual(['Pay it', 'Check it']);

    const { activity } = (await ada.run(LOG, { id })).ticket;
    expect(activity.edges.map(({ node }: { node: { type: string } }) => node.type).slice(1)).toEqual([
      'checklist.added',
      'checklist.added',
      'checklist.added',
      'checklist.done',
      'checklist.undone',
      'checklist.renamed',
      'checklist.ordered',
      'checklist.removed',
    ]);
    expect(activity.edges.at(-1).node.changes).toEqual([{ from: { text: 'Ask for the invoice' }, to: null }]);
  });

  it('loses nobody’s words, and is written by those who work on the ticket', async () => {
    const { id } = await world.ticket({ teamId: team });
    const [item] = (await call('checklistAdd', { ticketId: id, texts: ['Call'] })).ticket.checklist;
    await call('checklistItemEdit', { itemId: item.id, text: { from: 'Call', to: 'Call the bank' } });
    const late = await call('checklistItemEdit', { itemId: item.id, text: { from: 'Call', to: 'Call the shop' } });
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const stranger = await world.person('AGENT', { teams: [await world.team()] });

    expect(late.userErrors).toMatchObject([{ code: 'CHECKLIST_CONFLICT', theirs: 'Call the bank' }]);
    expect((await call('checklistAdd', { ticketId: id, texts: ['x'] }, light)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await call('checklistItemRemove', { itemId: item.id }, stranger)).userErrors).toMatchObject([
      { code: 'CHECKLIST_ITEM_NOT_FOUND' },
    ]);
    expect((await call('checklistAdd', { ticketId: id, texts: [' '] })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: 'text' },
    ]);
    expect((await call('checklistAdd', { ticketId: id, texts: Array(100).fill('x') })).userErrors).toMatchObject([{ field: 'texts' }]);
  });

  it('keeps a ticket from being done where the workspace wants it so, and says what is open', async () => {
    const ticket = await world.ticket({ teamId: team });
    const [item] = (await call('checklistAdd', { ticketId: ticket.id, texts: ['Wipe the disk'] })).ticket.checklist;
    await requireAll(true);

    expect(await resolve(ticket)).toMatchObject([
      { code: 'INVALID_INPUT', field: 'statusId', message: expect.stringContaining('"Wipe the disk"') },
    ]);
    await call('checklistItemEdit', { itemId: item.id, done: true });
    expect(await resolve(ticket)).toEqual([]);

    await requireAll(false);
    const other = await world.ticket({ teamId: team });
    await call('checklistAdd', { ticketId: other.id, texts: ['Wipe the disk'] });
    expect(await resolve(other)).toEqual([]);
  });

  it('comes with a new ticket, from a template too, and goes along with a merge and back', async () => {
    const { templateCreate } = await owner.run(
      `mutation ($input: TemplateCreateInput!) { templateCreate(input: $input) { template { checklist } userErrors { ... on UserError { message } } } }`,
      { input: { name: 'Leaver', checklist: ['Take the badge', ' ', 'Close the account'] } },
    );
    const { ticketCreate } = await ada.run(
      `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id checklist { text } } } }`,
      { input: { subject: 'A leaver', internal: true, teamId: team, checklist: templateCreate.template.checklist } },
    );
    const made = ticketCreate.ticket;
    expect(made.checklist).toEqual([{ text: 'Take the badge' }, { text: 'Close the account' }]);

    const into = await world.ticket({ teamId: team });
    await call('checklistAdd', { ticketId: into.id, texts: ['Own'] });
    const names = async (id: string) => (await ada.run(LOG, { id })).ticket.checklist.map(({ text }: { text: string }) => text).sort();
    await requireAll(true);
    await ada.run(`mutation ($i: TicketMergeInput!) { ticketMerge(input: $i) { userErrors { ... on UserError { message } } } }`, {
      i: { sourceId: made.id, destinationId: into.id },
    });
    await requireAll(false);
    expect(await names(into.id)).toEqual(['Close the account', 'Own', 'Take the badge']);
    await ada.run(`mutation ($i: TicketUnmergeInput!) { ticketUnmerge(input: $i) { userErrors { ... on UserError { message } } } }`, {
      i: { ticketId: made.id },
    });
    expect(await names(into.id)).toEqual(['Own']);
    expect(await names(made.id)).toEqual(['Close the account', 'Take the badge']);
  });
});
