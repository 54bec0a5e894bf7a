import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const LOG = `query ($id: ID!, $kinds: [ActorKind!]) { ticket(id: $id) { subject description priority snoozedUntil status { id } assignee { id } tags { name } watchers { id }
  fields { field { id } values } activity(actorKinds: $kinds) { edges { node { id type undo bulkJobId } } } } }`;
const UNDO = `mutation ($input: ActivityUndoInput!) { activityUndo(input: $input) { ticket { id } userErrors { ... on UserError { code message } } } }`;

let world: World;
let team: string;
let boss: Person;
let agent: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  boss = await world.person('SUPERVISOR', { teams: [team] });
  agent = await world.person('AGENT', { teams: [team] });
});
afterAll(() => world.close());

const mutate = async (person: Person, name: string, type: string, input: object) =>
  (await person.run(`mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { ... on UserError { message } } } }`, { input }))[
    name
  ];
const look = async (id: string, person = boss) => (await person.run(LOG, { id })).ticket;
const entryOf = async (id: string, type: string) =>
  (await look(id)).activity.edges
    .map(({ node }: { node: { type: string } }) => node)
    .findLast((node: { type: string }) => node.type === type);
const undo = async (entryId: string, person = boss) => (await person.run(UNDO, { input: { entryId } })).activityUndo;

describe('an entry of the log', () => {
  it('is undone: each kind of change goes back to what it was, and says so in the log', async () => {
    const owner = await world.person('OWNER');
    const { field } = (
      await owner.run('mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id } } }', {
        input: { key: 'undone', type: 'NUMBER', names: [{ locale: 'en', text: 'Undone' }] },
      })
    ).fieldCreate;
    const { id: ticketId } = await world.ticket({ teamId: team, subject: 'Was', priority: 'LOW' });
    const before = await look(ticketId);
    await mutate(boss, 'ticketEdit', 'TicketEditInput', {
      ticketId,
      subject: { from: 'Was', to: 'Is' },
      priority: { from: 'LOW', to: 'HIGH' },
      description: { from: before.description, to: '<p>new</p>' },
    });
    await mutate(boss, 'ticketTag', 'TicketTagInput', { ticketId, add: ['red', 'blue'] });
    await mutate(boss, 'ticketAssign', 'TicketAssignInput', { ticketId, from: null, to: agent.id });
    await mutate(boss, 'ticketSetStatus', 'TicketSetStatusInput', { ticketId, from: before.status.id, to: world.status('RESOLVED') });
    await mutate(boss, 'ticketSnooze', 'TicketSnoozeInput', { ticketId, until: new Date(Date.now() + 86_400_000) });
    await mutate(boss, 'watcherAdd', 'WatcherAddInput', { ticketId, memberId: agent.id });
    await mutate(boss, 'ticketSetFields', 'TicketSetFieldsInput', { ticketId, fields: [{ fieldId: field.id, to: ['5'] }] });
    const changed = await look(ticketId);
    expect(changed).toMatchObject({ subject: 'Is', priority: 'HIGH', assignee: { id: agent.id }, fields: [{ values: ['5'] }] });

    for (const { node } of changed.activity.edges) {
      expect([node.type, node.undo]).toEqual([node.type, node.type === 'ticket.created' ? null : 'CHANGES']);
      if (node.undo) expect([node.type, (await undo(node.id)).userErrors]).toEqual([node.type, []]);
    }
    const { activity: _, ...after } = await look(ticketId);
    const { activity: __, ...began } = before;
    expect(after).toEqual(began);
    await owner.run('mutation ($input: FieldRemoveInput!) { fieldRemove(input: $input) { field { id } } }', {
      input: { fieldId: field.id },
    });
  });

  it('is left alone where somebody changed any of it since, and by those who may not change the ticket', async () => {
    const { id: ticketId } = await world.ticket({ teamId: team, subject: 'One', priority: 'LOW' });
    const both = { ticketId, subject: { from: 'One', to: 'Two' }, priority: { from: 'LOW', to: 'HIGH' } };
    await mutate(boss, 'ticketEdit', 'TicketEditInput', both);
    const entry = await entryOf(ticketId, 'ticket.edited');
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const stranger = await world.person('AGENT', { teams: [await world.team()] });

    expect((await undo(entry.id, light)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await undo(entry.id, stranger)).userErrors).toMatchObject([{ code: 'ENTRY_NOT_FOUND' }]);
    await mutate(agent, 'ticketEdit', 'TicketEditInput', { ticketId, priority: { from: 'HIGH', to: 'CRITICAL' } });
    expect((await undo(entry.id)).userErrors).toMatchObject([{ code: 'UNDO_REFUSED' }]);
    expect(await look(ticketId)).toMatchObject({ subject: 'Two', priority: 'CRITICAL' });
    expect((await undo((await entryOf(ticketId, 'ticket.created')).id)).userErrors).toMatchObject([{ code: 'UNDO_REFUSED' }]);
    expect((await undo(crypto.randomUUID())).userErrors).toMatchObject([{ code: 'ENTRY_NOT_FOUND' }]);
  });

  it('of a merge undoes it whole, from either ticket, once', async () => {
    const [source, destination] = [await world.ticket({ teamId: team }), await world.ticket({ teamId: team })];
    await mutate(boss, 'ticketTag', 'TicketTagInput', { ticketId: source.id, add: ['moved'] });
    await mutate(boss, 'ticketMerge', 'TicketMergeInput', { sourceId: source.id, destinationId: destination.id });
    const received = await entryOf(destination.id, 'ticket.received_merge');

    expect(received.undo).toBe('MERGE');
    // What came with it goes back with it, and not by itself.
    expect((await entryOf(destination.id, 'ticket.tagged')).undo).toBeNull();
    expect((await undo(received.id)).userErrors).toEqual([]);
    expect((await look(destination.id)).tags).toEqual([]);
    expect((await look(source.id)).tags).toEqual([{ name: 'moved' }]);
    expect((await entryOf(source.id, 'ticket.merged')).undo).toBeNull();
    expect((await undo(received.id)).userErrors).toMatchObject([{ code: 'UNDO_REFUSED' }]);
  });

  it('says of which bulk job it was a part, and by what kind of actor', async () => {
    const { id } = await world.ticket({ teamId: team, priority: 'LOW' });
    const { job } = (
      await boss.run('mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } } }', {
        input: { ticketIds: [id], action: { priority: 'HIGH' } },
      })
    ).bulkStart;
    await waitFor(async () => (await entryOf(id, 'ticket.edited'))?.bulkJobId === job.id);

    const kinds = async (kind: string) => (await boss.run(LOG, { id, kinds: [kind] })).ticket.activity.edges.length;
    expect([await kinds('MEMBER'), await kinds('CLIENT'), await kinds('IMPORT')]).toEqual([1, 0, 0]);
  });

  it('of a deletion restores the ticket, once, for members who may delete', async () => {
    const owner = await world.person('OWNER');
    const DELETED = `{ deletedTickets(first: 50) { edges { node { id deletion { id type undo } } } } }`;
    const { id: ticketId } = await world.ticket({ teamId: team });
    const deletion = async () => {
      const { deletedTickets } = await owner.run(DELETED);
      const found = deletedTickets.edges.find(({ node }: { node: { id: string } }) => node.id === ticketId);
      return found.node.deletion;
    };

    await mutate(owner, 'ticketDelete', 'TicketRefInput', { ticketId });
    const first = await deletion();
    expect(first).toMatchObject({ type: 'ticket.deleted', undo: 'DELETION' });
    expect((await undo(first.id, agent)).userErrors).toMatchObject([{ code: 'ENTRY_NOT_FOUND' }]);
    expect(await undo(first.id, owner)).toEqual({ ticket: { id: ticketId }, userErrors: [] });
    expect((await entryOf(ticketId, 'ticket.deleted')).undo).toBeNull();
    expect((await entryOf(ticketId, 'ticket.restored')).undo).toBeNull();

    // A later deletion has its own entry; the entry of the first does not undo it.
    await mutate(owner, 'ticketDelete', 'TicketRefInput', { ticketId });
    expect((await undo(first.id, owner)).userErrors).toHaveLength(1);
    expect((await undo((await deletion()).id, owner)).userErrors).toEqual([]);
  });
});
