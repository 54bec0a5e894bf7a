import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';
import { Member, viewerOf } from '../identity/index.ts';
import { findTicket, letIn, visibleTickets } from './index.ts';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

it('sees in a list exactly the tickets it sees one by one, for generated people and tickets', async () => {
  const teams = [await world.team(), await world.team()];
  const topics = [await world.topic('Hardware'), await world.topic('Printers'), await world.topic('Billing')];
  await world.sql('update topic set parent_id = ? where id = ?', [topics[0], topics[1]]);
  const roles = ['OWNER', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST'] as const;
  const people: Person[] = [];
  for (const role of roles) for (const own of [[], [teams[0] ?? ''], teams]) people.push(await world.person(role, { teams: own }));
  for (const [topicIds, scope] of [
    [[topics[0]], 'ANY'],
    [[topics[1], topics[2]], 'OWN_AND_UNASSIGNED'],
    [[], 'OWN_AND_UNASSIGNED'],
    [[], 'OWN'],
  ] as const)
    for (const role of ['ADMIN', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT'] as const) {
      const limited = await world.person(role, { teams: [teams[0] ?? ''] });
      await world.sql('update member set topic_ids = ?::uuid[], assignment_scope = ? where id = ?', [
        `{${topicIds.join(',')}}`,
        scope,
        limited.id,
      ]);
      people.push(limited);
    }
  const tickets: string[] = [];
  const ticketShape = fc.record({
    teamId: fc.constantFrom(null, ...teams),
    assigneeId: fc.constantFrom(null, ...people.map(({ id }) => id)),
    topicId: fc.constantFrom(null, ...topics),
    letIn: fc.subarray(people.map(({ id }) => id)),
    deleted: fc.boolean(),
  });
  for (const shape of fc.sample(ticketShape, { numRuns: 120, seed: 7 })) {
    const { id } = await world.ticket({ teamId: shape.teamId, topicId: shape.topicId, assigneeId: shape.assigneeId });
    await world.desk.systemScope(world.workspaceId).transaction((tx) => letIn(tx, id, shape.letIn, 'test'));
    if (shape.deleted) await world.sql('update ticket set deleted_at = now() where id = ?', [id]);
    tickets.push(id);
  }

  for (const { id: memberId, member } of people) {
    const em = world.desk.orm.em.fork();
    const viewer = await viewerOf(em, await em.findOneOrFail(Member, { workspaceId: world.workspaceId, id: memberId }));
    const scope = world.desk.scopeFor(viewer);
    const { sql, parameters } = visibleTickets(viewer);
    const listed = await world.sql<{ id: string }>(`select t.id from ticket t where t.workspace_id = ? and ${sql}`, [
      world.workspaceId,
      ...parameters,
    ]);
    const seen = await Promise.all(tickets.map(async (id) => ((await findTicket(scope, id)) ? [id] : [])));
    expect(listed.map(({ id }) => id).sort(), member.name).toEqual(seen.flat().sort());
  }
});

it('limits a member to topics and to their own and unassigned tickets in every list, count, search and subscription', async () => {
  const owner = await world.person('OWNER');
  const topics = { mine: await world.topic('Mine'), under: await world.topic('Under'), other: await world.topic('Other') };
  await world.sql('update topic set parent_id = ? where id = ?', [topics.mine, topics.under]);
  const team = await world.team();
  const agent = await world.person('AGENT', { teams: [team] });
  const colleague = await world.person('AGENT', { teams: [team] });
  const EDIT = `mutation ($input: MemberEditInput!) { memberEdit(input: $input) { person { topicIds assignmentScope } userErrors { ... on UserError { code message } } } }`;
  const limit = async (input: object, by = owner) => (await by.run(EDIT, { input: { memberId: agent.id, ...input } })).memberEdit;
  const make = (topicId: string | null, assigneeId: string | null) =>
    world.ticket({ teamId: team, topicId, assigneeId, subject: 'Zebra question' });
  const mine = await make(topics.mine, null);
  const under = await make(topics.under, colleague.id);
  const other = await make(topics.other, null);
  const none = await make(null, null);
  const own = await make(topics.other, agent.id);
  const all = [mine, under, other, none, own];
  const names = new Map(Object.entries({ mine, under, other, none, own }).map(([name, { id }]) => [id, name]));
  const named = (ids: readonly string[]) => ids.map((id) => names.get(id)).sort();
  const READ = `query ($filter: TicketFilterInput!) { tickets(filter: $filter, first: 50) { totalCount edges { node { id } } }
    search(text: "zebra", first: 50) { edges { node { ticket { id } } } } }`;
  const filter = { teamIds: [team] };
  const read = async () => {
    const data = await agent.run(READ, { filter });
    const single = await Promise.all(all.map(({ id }) => agent.run('query ($id: ID!) { ticket(id: $id) { id } }', { id })));
    return {
      counted: data.tickets.totalCount as number,
      listed: named(data.tickets.edges.map(({ node }: { node: { id: string } }) => node.id)),
      found: named(data.search.edges.map(({ node }: { node: { ticket: { id: string } } }) => node.ticket.id)),
      single: named(single.flatMap(({ ticket }) => ticket?.id ?? [])),
    };
  };
  const sees = (...expected: string[]) => ({ counted: expected.length, listed: expected, found: expected, single: expected });
  const shown = agent.follow('subscription ($id: ID!) { ticketChanged(id: $id) { id } }', { id: other.id });
  await shown.until(({ ticketChanged }) => ticketChanged !== null);

  expect(await limit({ topicIds: [topics.mine] })).toEqual({ person: { topicIds: [topics.mine], assignmentScope: 'ANY' }, userErrors: [] });
  expect(await read()).toEqual(sees('mine', 'own', 'under'));
  expect((await limit({ assignmentScope: 'OWN_AND_UNASSIGNED' })).userErrors).toEqual([]);
  expect(await read()).toEqual(sees('mine', 'own'));
  await limit({ topicIds: [] });
  expect(await read()).toEqual(sees('mine', 'none', 'other', 'own'));
  await limit({ assignmentScope: 'OWN' });
  expect(await read()).toEqual(sees('own'));

  const TAG = 'mutation ($input: TicketTagInput!) { ticketTag(input: $input) { userErrors { ... on UserError { code } } } }';
  await limit({ assignmentScope: 'ANY', topicIds: [topics.mine] });
  const open = agent.follow('subscription { eventsStreamed { kind ticketId } }');
  await open.begun();
  await owner.run(TAG, { input: { ticketId: other.id, add: ['hidden'] } });
  await owner.run(TAG, { input: { ticketId: under.id, add: ['shown'] } });
  await open.until(({ eventsStreamed }) => eventsStreamed.ticketId === under.id);
  expect(open.received.some(({ eventsStreamed }) => eventsStreamed.ticketId === other.id)).toBe(false);

  // A subscription from before the limit loses the ticket.
  await waitFor(async () => {
    await owner.run(TAG, { input: { ticketId: other.id, add: ['again'], remove: [] } });
    await owner.run(TAG, { input: { ticketId: other.id, add: [], remove: ['again'] } });
    return shown.received.some(({ ticketChanged }) => ticketChanged === null);
  });

  expect((await limit({ topicIds: [crypto.randomUUID()] })).userErrors).toMatchObject([{ code: 'REFERENCE_NOT_FOUND' }]);
});

it('does not let a member give a wider scope than their own', async () => {
  const owner = await world.person('OWNER');
  const topicId = await world.topic('Narrow');
  const team = await world.team();
  const ROLE = `mutation ($input: RoleCreateInput!) { roleCreate(input: $input) { role { id } } }`;
  const { role } = (
    await owner.run(ROLE, { input: { name: 'Team admin', permissions: ['ticket.read', 'people.read', 'people.manage', 'settings.save'] } })
  ).roleCreate;
  const manager = await world.person('GUEST', { teams: [team] });
  await world.sql(
    `update member set role = 'CUSTOM', custom_role_id = ?, topic_ids = array[?::uuid], assignment_scope = 'OWN_AND_UNASSIGNED' where id = ?`,
    [role.id, topicId, manager.id],
  );
  const INVITE = `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) { userErrors { ... on UserError { code } } } }`;
  const invite = async (scope: object) => {
    const email = `${crypto.randomUUID()}@invited.test`;
    return (await manager.run(INVITE, { input: { name: 'New', email, role: 'GUEST', teamIds: [team], ...scope } })).memberInvite.userErrors;
  };
  const refused = [{ code: 'NOT_PERMITTED' }];

  expect(await invite({})).toEqual(refused);
  expect(await invite({ topicIds: [topicId] })).toEqual(refused);
  expect(await invite({ topicIds: [topicId, await world.topic('Wider')], assignmentScope: 'OWN' })).toEqual(refused);
  expect(await invite({ topicIds: [topicId], assignmentScope: 'OWN_AND_UNASSIGNED' })).toEqual([]);
  expect(await invite({ topicIds: [topicId], assignmentScope: 'OWN' })).toEqual([]);
});
