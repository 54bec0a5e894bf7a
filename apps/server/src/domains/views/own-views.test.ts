import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const CREATE = `mutation ($input: ViewCreateInput!) { viewCreate(input: $input) { view { id key text columns audience team { id } viewerCanSave version count names { text } } userErrors { __typename ... on UserError { code field message } } } }`;
const EDIT = `mutation ($input: ViewEditInput!) { viewEdit(input: $input) { view { version count audience } userErrors { ... on UserError { code } ... on SettingsConflict { version } } } }`;
const DELETE = `mutation ($input: ViewDeleteInput!) { viewDelete(input: $input) { viewId userErrors { ... on UserError { code } } } }`;
const ORDER = `mutation ($input: ViewsOrderInput!) { viewsOrder(input: $input) { views { id } userErrors { ... on UserError { code } } } }`;
const VIEWS = '{ views { id names { text } } }';
const VIEW = 'query ($key: String!) { view(key: $key) { id tickets { position edges { node { id } } } } }';
const CHANGED = 'subscription ($viewId: ID!, $after: String) { viewChanged(viewId: $viewId, after: $after) { kind ticketId } }';
const COUNTS = 'subscription ($viewIds: [ID!]) { viewCountsChanged(viewIds: $viewIds) { viewId count } }';

let world: World;
let team: string;
let boss: Person;
let ada: Person;
let bob: Person;
let stranger: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  boss = await world.person('SUPERVISOR', { teams: [team] });
  ada = await world.person('AGENT', { teams: [team] });
  bob = await world.person('AGENT', { teams: [team] });
  stranger = await world.person('AGENT', { teams: [await world.team()] });
});
afterAll(() => world.close());

const wanted = { name: 'Urgent', filter: { priorities: ['CRITICAL'] }, text: 'priority:critical', order: 'DUE', audience: 'PRIVATE' };
const create = async (person: Person, more: object = {}) =>
  (await person.run(CREATE, { input: { ...wanted, name: `Urgent ${crypto.randomUUID()}`, ...more } })).viewCreate;
const edit = async (person: Person, viewId: string, more: object = {}) =>
  (await person.run(EDIT, { input: { viewId, version: 1, ...wanted, name: `Urgent ${viewId}`, ...more } })).viewEdit;
const has = async (person: Person, id: string) =>
  (await person.run(VIEWS)).views.some((view: { id: string }) => view.id === id) && (await person.run(VIEW, { key: id })).view !== null;

describe('a view of one’s own', () => {
  it('is there for its owner alone, whatever it is asked by', async () => {
    await world.ticket({ teamId: team, priority: 'CRITICAL' });
    const { view, userErrors } = await create(ada, { columns: ['PRIORITY', 'TAGS', 'PRIORITY'] });

    expect(userErrors).toEqual([]);
    expect(view).toMatchObject({
      text: 'priority:critical',
      columns: ['PRIORITY', 'TAGS'],
      audience: 'PRIVATE',
      team: null,
      viewerCanSave: true,
      version: 1,
      count: 1,
    });
    expect([await has(ada, view.id), await has(bob, view.id), await has(boss, view.id)]).toEqual([true, false, false]);
    expect((await edit(boss, view.id)).userErrors).toMatchObject([{ code: 'VIEW_NOT_FOUND' }]);
    expect((await boss.run(DELETE, { input: { viewId: view.id } })).viewDelete.userErrors).toMatchObject([{ code: 'VIEW_NOT_FOUND' }]);
    const stream = boss.follow(CHANGED, { viewId: view.id });
    await expect(stream.begun()).rejects.toThrow();
    const counts = bob.follow(COUNTS, { viewIds: [view.id] });
    expect((await counts.begun()).viewCountsChanged).toEqual([]);
  });

  it('is given to a team or to everybody by those who may share', async () => {
    const refused = await create(ada, { audience: 'WORKSPACE' });
    const foreign = await create(boss, { audience: 'TEAM', teamId: crypto.randomUUID() });
    const shared = (await create(boss, { audience: 'TEAM', teamId: team })).view;

    expect(refused).toMatchObject({ view: null, userErrors: [{ code: 'NOT_PERMITTED', field: 'audience' }] });
    expect(foreign.userErrors).toMatchObject([{ __typename: 'ReferenceNotFound', field: 'teamId' }]);
    expect([await has(ada, shared.id), await has(stranger, shared.id)]).toEqual([true, false]);
    expect((await edit(ada, shared.id)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await edit(boss, shared.id, { audience: 'WORKSPACE' })).view).toMatchObject({ version: 2, audience: 'WORKSPACE' });
    expect(await has(stranger, shared.id)).toBe(true);
  });

  it('is saved once with one key, and never over what somebody else saved', async () => {
    const input = { idempotencyKey: crypto.randomUUID(), name: 'Once' };
    const [first, again] = [await create(ada, input), await create(ada, input)];
    await edit(ada, first.view.id, { name: 'Twice' });

    expect(again.view.id).toBe(first.view.id);
    expect((await edit(ada, first.view.id, { name: 'Thrice' })).userErrors).toEqual([{ code: 'SETTINGS_CONFLICT', version: 2 }]);
    expect((await create(ada, { name: ' ' })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'name' }]);
    expect((await create(ada, { filter: { updatedWithinMinutes: 99_999_999 } })).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });

  it('keeps instants of its filter', async () => {
    const { view } = await create(ada, { filter: { created: { from: '2100-01-01T00:00:00Z' } } });

    expect(view.count).toBe(0);
    expect((await edit(ada, view.id, { filter: { created: { from: '2000-01-01T00:00:00Z' } } })).view.count).toBeGreaterThan(0);
  });

  it('keeps the fields that it shows and goes by, and its groups', async () => {
    const owner = await world.person('OWNER');
    const input = { key: 'depth', type: 'NUMBER', names: [{ locale: 'en', text: 'Depth' }], forLightAgents: false };
    const { field } = (await owner.run('mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id } } }', { input }))
      .fieldCreate;
    const { view } = await create(boss, {
      audience: 'WORKSPACE',
      filter: {},
      order: 'FIELD_DESCENDING',
      orderFieldId: field.id,
      fieldIds: [field.id, field.id],
      grouping: 'PRIORITY',
    });
    const LISTED = `query ($key: String!, $within: TicketFilterInput) { view(key: $key) { order orderFieldId fieldIds grouping groups(by: PRIORITY) { key count }
      tickets(within: $within) { totalCount edges { node { priority } } } } }`;
    const shown = async (person: Person, within: object | null = null) => (await person.run(LISTED, { key: view.id, within })).view;
    await world.ticket({ teamId: team, priority: 'LOW' });

    const all = await shown(ada);
    expect(all).toMatchObject({ order: 'FIELD_DESCENDING', orderFieldId: field.id, fieldIds: [field.id], grouping: 'PRIORITY' });
    const low = await shown(ada, { priorities: ['LOW'] });
    expect(low.tickets.totalCount).toBe(all.groups.find(({ key }: { key: string }) => key === 'LOW').count);
    expect(low.tickets.edges.every(({ node }: { node: { priority: string } }) => node.priority === 'LOW')).toBe(true);

    // Who does not see the field still gets the list; and so does everybody when it is gone.
    expect((await shown(await world.person('LIGHT_AGENT', { teams: [team] }))).tickets.totalCount).toBe(all.tickets.totalCount);
    await owner.run('mutation ($input: FieldRemoveInput!) { fieldRemove(input: $input) { field { id } } }', {
      input: { fieldId: field.id },
    });
    expect((await shown(ada)).tickets.totalCount).toBe(all.tickets.totalCount);
    expect((await create(ada, { fieldIds: [field.id] })).userErrors).toMatchObject([{ field: 'fieldIds' }]);
    expect((await create(ada, { order: 'FIELD' })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'orderFieldId' }]);
  });

  it('stands where its owner put it, and nobody else’s order changes', async () => {
    const before = (await bob.run(VIEWS)).views.map(({ id }: { id: string }) => id);
    const [first, second] = [(await create(ada)).view.id, (await create(ada)).view.id];
    const { views } = (await ada.run(ORDER, { input: { viewIds: [second, first, second, crypto.randomUUID()] } })).viewsOrder;

    expect(views.slice(0, 2).map(({ id }: { id: string }) => id)).toEqual([second, first]);
    expect((await ada.run(VIEWS)).views.map(({ id }: { id: string }) => id)).toEqual(views.map(({ id }: { id: string }) => id));
    expect((await bob.run(VIEWS)).views.map(({ id }: { id: string }) => id)).toEqual(before);
  });

  it('changes before the eyes of everybody who has it, with what it lists and counts', async () => {
    const { view } = await create(boss, { audience: 'TEAM', teamId: team, filter: { priorities: ['LOW'] } });
    const { tickets } = (await ada.run(VIEW, { key: view.id })).view;
    const rows = ada.follow(CHANGED, { viewId: view.id, after: tickets.position });
    const views = ada.follow('subscription { viewsChanged { id version } }');
    await views.begun();

    await edit(boss, view.id, { audience: 'TEAM', teamId: team, filter: { priorities: ['HIGH'] } });
    await rows.until(({ viewChanged }) => viewChanged.kind === 'RELOAD');
    await views.until(({ viewsChanged }) =>
      viewsChanged.some((one: { id: string; version: number }) => one.id === view.id && one.version === 2),
    );

    // Anew, after a position: what matches now comes, what matched before does not.
    const { position } = (await ada.run(VIEW, { key: view.id })).view.tickets;
    const anew = ada.follow(CHANGED, { viewId: view.id, after: position });
    const counts = ada.follow(COUNTS, { viewIds: [view.id] });
    const begun = (await counts.begun()).viewCountsChanged[0].count;
    await world.ticket({ teamId: team, priority: 'LOW' });
    const { id } = await world.ticket({ teamId: team, priority: 'HIGH' });
    await anew.until(({ viewChanged }) => viewChanged.kind === 'ENTERED');
    expect(anew.received.map(({ viewChanged }) => viewChanged.ticketId).filter(Boolean)).toEqual([id]);
    await counts.until(({ viewCountsChanged }) => viewCountsChanged[0].count === begun + 1);

    await boss.run(DELETE, { input: { viewId: view.id } });
    await waitFor(async () => !(await has(ada, view.id)));
    await views.until(({ viewsChanged }) => viewsChanged.every((one: { id: string }) => one.id !== view.id));
  });
});
