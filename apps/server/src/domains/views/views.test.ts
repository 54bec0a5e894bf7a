import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priorities } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';
import { viewerOf } from '../identity/index.ts';
import { setTicketDue, topicsOf, type TicketFacets } from '../tickets/index.ts';
import { anchorsOf, filterSql, matchesFilter, type TicketFilter } from './ticket-filter.ts';

const PAGE = `query ($filter: TicketFilterInput!, $order: TicketOrder!, $orderFieldId: ID, $first: Int!, $after: String, $offset: Int) {
  tickets(filter: $filter, order: $order, orderFieldId: $orderFieldId, first: $first, after: $after, offset: $offset) { totalCount position edges { cursor node { id number } } pageInfo { hasNextPage endCursor } } }`;
const CHANGES = `subscription ($filter: TicketFilterInput!, $after: String) { ticketsChanged(filter: $filter, after: $after) { kind ticketId position ticket { subject } } }`;
const MAKE_FIELD = `mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id options { id } } } }`;
const SET_FIELDS = `mutation ($input: TicketSetFieldsInput!) { ticketSetFields(input: $input) { userErrors { ... on UserError { message } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { ... on UserError { code } } } }`;

let world: World;
let boss: Person;
const teams: string[] = [];

beforeAll(async () => {
  world = await World.open();
  teams.push(await world.team(), await world.team());
  boss = await world.person('SUPERVISOR', { teams: [teams[0] ?? ''] });
});
afterAll(() => world.close());

it('means the same in memory and in SQL, for generated filters and tickets', async () => {
  const viewer = await viewerOf(world.desk.orm.em.fork(), boss.member);
  const now = new Date();
  const minutes = (distance: number | null) => (distance === null ? null : new Date(now.getTime() + distance * 60_000));
  const people = [boss.id, (await world.person('AGENT')).id];
  const categories = ['NEW', 'OPEN', 'WAITING', 'CLOSED'] as const;
  const waitingOnVendor = world.statuses.find(({ waitingOn }) => waitingOn === 'VENDOR')?.id;
  const tagNames = ['red', 'blue'];
  const fieldIds = [crypto.randomUUID(), crypto.randomUUID()];
  for (const id of fieldIds) {
    await world.sql(`insert into custom_field (workspace_id, id, key, type, name, place) values (?, ?, ?, 'TEXT', '{}', 0)`, [
      world.workspaceId,
      id,
      `f${id.slice(0, 8)}`,
    ]);
  }
  const shapes = fc.sample(
    fc.record({
      category: fc.constantFrom(...categories),
      priority: fc.constantFrom(...priorities),
      teamId: fc.constantFrom(null, ...teams),
      assigneeId: fc.constantFrom(null, ...people),
      tags: fc.subarray(tagNames),
      due: fc.constantFrom(null, -30, 10, 59, 60, 61, 300),
      since: fc.constantFrom(-100_000, -60, -59, 0),
      snoozed: fc.constantFrom(null, -5, 0, 5),
      created: fc.constantFrom(-1440, -60, 0),
      resolved: fc.constantFrom(null, -60, 0),
      source: fc.constantFrom('AGENT', 'API'),
      updated: fc.constantFrom(-1440, -60, 0),
      reopened: fc.constantFrom(0, 2),
      merged: fc.boolean(),
      vendor: fc.boolean(),
      watchers: fc.subarray(people),
      held: fc.tuple(...fieldIds.map(() => fc.subarray(['-3', '2', '10', '1e3', '9e999', 'a', 'Є', '2026-01-01'], { maxLength: 2 }))),
    }),
    { numRuns: 60, seed: 3 },
  );
  for (const { due, since, snoozed, created, resolved, source, updated, reopened, ...more } of shapes) {
    const { merged, vendor, watchers, category, tags, held, ...shape } = more;
    const { id } = await world.ticket(shape);
    if (tags.length > 0) await boss.run(TAG, { input: { ticketId: id, add: tags } });
    for (const [index, values] of held.entries()) {
      if (values.length === 0) continue;
      const row = [world.workspaceId, id, fieldIds[index], JSON.stringify(values)];
      await world.sql('insert into ticket_field (workspace_id, ticket_id, field_id, value) values (?, ?, ?, ?::jsonb)', row);
    }
    await world.sql(
      'update ticket set category = ?, status_id = ?, source = ?, created_at = ?, updated_at = ?, reopen_count = ?, resolved_at = ? where id = ?',
      [
        category,
        vendor && category === 'WAITING' ? waitingOnVendor : world.status(category),
        source,
        minutes(created),
        minutes(updated),
        reopened,
        minutes(resolved),
        id,
      ],
    );
    if (merged) await world.sql('update ticket set merged_into_id = id where id = ?', [id]);
    for (const memberId of watchers)
      await world.sql('insert into watcher (workspace_id, ticket_id, member_id, since) values (?, ?, ?, now())', [
        world.workspaceId,
        id,
        memberId,
      ]);
    await world.sql('update ticket set due_at = ?, status_since = ?, snoozed_until = ? where id = ?', [
      minutes(due),
      minutes(since),
      minutes(snoozed),
      id,
    ]);
  }
  const tagIds = (await world.sql<{ id: string }>('select id from tag where workspace_id = ?', [world.workspaceId])).map(({ id }) => id);
  const tickets = await world.sql<{ id: string; facets: TicketFacets }>(
    'select id, ticket_facets(t) as facets from ticket t where workspace_id = ?',
    [world.workspaceId],
  );
  // Most parts are left out of most filters: one that asks for everything at once matches nothing.
  const seldom = <T>(given: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: given });
  const some = <T>(values: readonly T[]) => seldom(fc.subarray([...values], { minLength: 1 }));
  const range = seldom(fc.record({ from: fc.constantFrom(null, minutes(-60)), to: fc.constantFrom(null, minutes(-59), minutes(0)) }));
  const { filter: filterShape } = fc.letrec<{ filter: TicketFilter }>((tie) => ({
    filter: fc.record(
      {
        categories: some(categories),
        statusIds: some(categories.map((category) => world.status(category))),
        priorities: some(priorities),
        sources: some(['AGENT', 'API'] as const),
        created: range,
        resolved: range,
        createdWithinMinutes: seldom(fc.constantFrom(0, 60, 1440)),
        withoutTeam: seldom(fc.boolean()),
        withoutTopic: seldom(fc.boolean()),
        mine: seldom(fc.boolean()),
        unassigned: seldom(fc.boolean()),
        assigneeIds: some(people),
        myTeams: seldom(fc.boolean()),
        teamIds: some(teams),
        tagIds: some(tagIds),
        withoutTags: seldom(fc.boolean()),
        withoutRequester: seldom(fc.boolean()),
        watched: seldom(fc.boolean()),
        watcherIds: some(people),
        reopened: seldom(fc.boolean()),
        merged: seldom(fc.boolean()),
        waitingOn: some(['CUSTOMER', 'VENDOR'] as const),
        updated: range,
        updatedWithinMinutes: seldom(fc.constantFrom(0, 60, 1440)),
        dueWithinMinutes: seldom(fc.constantFrom(0, 60, 1000)),
        inStatusMinutes: seldom(fc.constantFrom(0, 60)),
        snoozed: seldom(fc.boolean()),
        fields: seldom(
          fc.array(
            fc.record(
              {
                fieldId: fc.constantFrom(...fieldIds),
                values: fc.subarray(['2', '10', 'a', 'none']),
                atLeast: fc.constantFrom('2', '-4', '1e999', 'a', '2026'),
                atMost: fc.constantFrom('10', '1000.0', 'b', 'Є'),
                empty: fc.boolean(),
              },
              { requiredKeys: ['fieldId'] },
            ),
            { minLength: 1, maxLength: 2 },
          ),
        ),
        all: fc.option(fc.array(tie('filter'), { maxLength: 2 }), { depthIdentifier: 'filter', maxDepth: 2 }),
        any: fc.option(fc.array(tie('filter'), { minLength: 1, maxLength: 3 }), { depthIdentifier: 'filter', maxDepth: 2 }),
        not: fc.option(tie('filter'), { depthIdentifier: 'filter', maxDepth: 2 }),
      },
      { requiredKeys: [] },
    ),
  }));

  let matched = 0;
  for (const filter of fc.sample(filterShape, { numRuns: 700, seed: 5 })) {
    const { sql, parameters } = filterSql(filter, viewer, now);
    const listed = await world.sql<{ id: string }>(`select id from ticket t where workspace_id = ? and ${sql}`, [
      world.workspaceId,
      ...parameters,
    ]);
    const matching = tickets.filter(({ facets }) => matchesFilter(filter, viewer, now.getTime(), facets));
    matched += matching.length;
    expect(listed.map(({ id }) => id).sort(), JSON.stringify(filter)).toEqual(matching.map(({ id }) => id).sort());
    // What finds the filter among others must not miss a ticket that matches.
    const anchors = anchorsOf(filter);
    for (const { id, facets } of matching) {
      expect(topicsOf({ ticketId: id, memberIds: [], facetsBefore: null, facets } as never)).toEqual(
        expect.arrayContaining([expect.toSatisfy((topic: string) => anchors.includes(topic))]),
      );
    }
  }
  expect(matched).toBeGreaterThan(1000);
});

describe('a list', () => {
  it.each(['UPDATED', 'DUE', 'NUMBER', 'PRIORITY', 'QUEUE', 'FIELD', 'FIELD_DESCENDING'] as const)(
    'walks through every ticket once in the order %s, by cursor and by offset',
    async (order) => {
      const filter = {};
      const [held] = await world.sql<{ field_id: string }>('select field_id from ticket_field group by field_id order by count(*) limit 1');
      const orderFieldId = held?.field_id;
      const walked: string[] = [];
      let after: string | undefined;
      let total: number;
      do {
        const { tickets } = await boss.run(PAGE, { filter, order, orderFieldId, first: 7, after });
        walked.push(...tickets.edges.map(({ node }: { node: { id: string } }) => node.id));
        after = tickets.pageInfo.hasNextPage ? tickets.pageInfo.endCursor : undefined;
        total = tickets.totalCount;
      } while (after);
      const jumps = await Promise.all(
        [0, 20, 29, 41, total - 2].map(async (offset) => {
          const { tickets } = await boss.run(PAGE, { filter, order, orderFieldId, first: 5, offset });
          return [offset, tickets.edges.map(({ node }: { node: { id: string } }) => node.id)];
        }),
      );

      expect(walked).toHaveLength(total);
      expect(new Set(walked).size).toBe(total);
      for (const [offset, ids] of jumps) expect(ids).toEqual(walked.slice(offset, offset + 5));
    },
  );

  it('puts numbers by their value, texts after them, choices as they are offered, and what has nothing last', async () => {
    const teamId = await world.team();
    const options = [{ names: [{ locale: 'en', text: 'Small' }] }, { names: [{ locale: 'en', text: 'Large' }] }];
    const owner = await world.person('OWNER', { teams: [teamId] });
    const make = async (key: string, type: string, more: object = {}) =>
      (await owner.run(MAKE_FIELD, { input: { key, type, names: [{ locale: 'en', text: key }], ...more } })).fieldCreate.field;
    const [size, code, hidden, several] = [
      await make('size', 'SELECT', { options }),
      await make('code', 'TEXT', { forLightAgents: false }),
      crypto.randomUUID(),
      await make('several', 'MULTI_SELECT', { options }),
    ];
    const [small, large] = size.options.map(({ id }: { id: string }) => id);
    const rows: { id: string; code: string | null; size: string | null }[] = [];
    for (const [code, size] of [
      ['10', large],
      ['9', small],
      ['b', null],
      [null, large],
      ['A', small],
    ]) {
      rows.push({ id: (await world.ticket({ teamId })).id, code: code ?? null, size: size ?? null });
    }
    for (const row of rows) {
      const fields = [
        { fieldId: size.id, to: row.size ? [row.size] : [] },
        { fieldId: code.id, to: row.code ? [row.code] : [] },
      ];
      await owner.run(SET_FIELDS, { input: { ticketId: row.id, fields } });
    }
    const listed = async (order: string, orderFieldId: string) =>
      (await owner.run(PAGE, { filter: { teamIds: [teamId] }, order, orderFieldId, first: 9 })).tickets.edges.map(
        ({ node }: { node: { id: string } }) => rows.find(({ id }) => id === node.id),
      );

    expect((await listed('FIELD', code.id)).map((row: { code: string }) => row.code)).toEqual(['9', '10', 'A', 'b', null]);
    expect((await listed('FIELD_DESCENDING', code.id)).map((row: { code: string }) => row.code)).toEqual(['b', 'A', '10', '9', null]);
    expect((await listed('FIELD', size.id)).map((row: { size: string }) => row.size)).toEqual([small, small, large, large, null]);

    // An order would say what is in a field that somebody does not see.
    const light = await world.person('LIGHT_AGENT', { teams: [teamId] });
    const ask = async (person: Person, orderFieldId?: string) =>
      (await person.ask(PAGE, { filter: {}, order: 'FIELD', orderFieldId, first: 5 })).errors?.[0]?.extensions.code ?? null;
    expect(await ask(light, size.id)).toBeNull();
    expect([await ask(light, code.id), await ask(owner, hidden), await ask(owner, several.id), await ask(owner)]).toEqual(
      Array.from({ length: 4 }, () => 'INVALID_INPUT'),
    );
  });

  it('says how many there are of each kind, of those that the viewer sees', async () => {
    const [mine, other] = [await world.team(), await world.team()];
    const agent = await world.person('AGENT', { teams: [mine] });
    await world.ticket({ teamId: mine, priority: 'HIGH' });
    await world.ticket({ teamId: mine, priority: 'HIGH', assigneeId: agent.id });
    await world.ticket({ teamId: mine, priority: 'LOW' });
    await world.ticket({ teamId: other, priority: 'LOW' });
    const groups = async (by: string) =>
      (
        await agent.run(
          'query ($filter: TicketFilterInput!, $by: TicketGrouping!) { ticketGroups(filter: $filter, by: $by) { key count } }',
          {
            filter: { teamIds: [mine, other] },
            by,
          },
        )
      ).ticketGroups;

    expect(new Set(await groups('PRIORITY'))).toEqual(
      new Set([
        { key: 'HIGH', count: 2 },
        { key: 'LOW', count: 1 },
      ]),
    );
    expect(new Set(await groups('ASSIGNEE'))).toEqual(
      new Set([
        { key: agent.id, count: 1 },
        { key: null, count: 2 },
      ]),
    );
    expect(await groups('TEAM')).toEqual([{ key: mine, count: 3 }]);
    expect(await groups('TOPIC')).toEqual([{ key: null, count: 3 }]);
    expect(await groups('STATUS')).toHaveLength(1);
  });

  it('refuses a cursor that is not its own, and pages that are too long', async () => {
    const ask = (variables: object) => boss.ask(PAGE, { filter: {}, order: 'NUMBER', first: 5, ...variables });
    const { tickets } = await boss.run(PAGE, { filter: {}, order: 'UPDATED', first: 1 });

    for (const refused of [
      await ask({ after: 'nonsense' }),
      await ask({ after: tickets.edges[0].cursor }),
      await ask({ first: 101 }),
      await ask({ offset: -1 }),
    ]) {
      expect(refused.errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    }
  });

  it('counts and lists a view under the rights of who asks', async () => {
    const agent = await world.person('AGENT', { teams: [teams[1] ?? ''] });
    const { views, view } = await agent.run(
      '{ views { key count names { text } } view(key: "open") { count order tickets(first: 100) { totalCount edges { node { team { id } } } } } }',
    );

    expect(views.map(({ key }: { key: string }) => key)).toEqual([
      'mine',
      'unassigned',
      'my-team',
      'queue',
      'watched',
      'open',
      'waiting',
      'snoozed',
      'breaching',
      'overdue',
      'closed',
      'spam',
    ]);
    expect(view.count).toBe(view.tickets.totalCount);
    const seen = new Set(view.tickets.edges.map(({ node }: { node: { team: { id: string } | null } }) => node.team?.id ?? null));
    expect(seen).toEqual(new Set([null, teams[1]]));
  });
});

describe('a live list', () => {
  const filter = () => ({ priorities: ['CRITICAL'], teamIds: [teams[0]] });

  it('tells of a ticket that enters, changes and leaves', async () => {
    const { id } = await world.ticket({ subject: 'Watch me', teamId: teams[0] });
    const { tickets } = await boss.run(PAGE, { filter: filter(), order: 'NUMBER', first: 1 });
    const stream = boss.follow(CHANGES, { filter: filter(), after: tickets.position });
    const change = (kind: string) => stream.until(({ ticketsChanged }) => ticketsChanged.kind === kind && ticketsChanged.ticketId === id);

    await boss.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'CRITICAL' } } });
    const entered = await change('ENTERED');
    await boss.run(EDIT, { input: { ticketId: id, subject: { from: 'Watch me', to: 'Watched' } } });
    const changed = await change('CHANGED');
    await boss.run(EDIT, { input: { ticketId: id, priority: { from: 'CRITICAL', to: 'LOW' } } });
    const left = await change('LEFT');

    expect(entered.ticketsChanged.ticket.subject).toBe('Watch me');
    expect(changed.ticketsChanged.ticket.subject).toBe('Watched');
    expect(left.ticketsChanged.ticket).toBeNull();
  });

  it('tells of a ticket that somebody watches, or that changes at all, where it goes by that', async () => {
    const { id } = await world.ticket({ teamId: teams[0] });
    const [watching, changing] = [{ watched: true }, { updated: { from: new Date().toISOString() }, teamIds: [teams[0]] }].map((wanted) => {
      const stream = boss.follow(CHANGES, { filter: wanted });
      return (kind: string) => stream.until(({ ticketsChanged: told }) => told.kind === kind && told.ticketId === id);
    });
    const counts = boss.follow('subscription { viewCountsChanged { viewId count } }');
    const { view } = await boss.run('{ view(key: "watched") { id count } }');
    const countIs = (wanted: number) =>
      counts.until(({ viewCountsChanged }) => viewCountsChanged.find((one: { viewId: string }) => one.viewId === view.id).count === wanted);
    await countIs(view.count);
    const input = { ticketId: id, memberId: boss.id };

    await boss.run('mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { ticket { id } } }', { input });
    await Promise.all([watching!('ENTERED'), changing!('ENTERED'), countIs(view.count + 1)]);
    await boss.run('mutation ($input: WatcherRemoveInput!) { watcherRemove(input: $input) { ticket { id } } }', { input });
    await Promise.all([watching!('LEFT'), changing!('CHANGED'), countIs(view.count)]);
  });

  it('resumes after the position it is given, and misses nothing', async () => {
    const { tickets } = await boss.run(PAGE, { filter: filter(), order: 'NUMBER', first: 1 });
    const created = [];
    for (let index = 0; index < 5; index++) created.push((await world.ticket({ priority: 'CRITICAL', teamId: teams[0] })).id);

    const stream = boss.follow(CHANGES, { filter: filter(), after: tickets.position });

    await waitFor(() => stream.received.length >= 5);
    expect(stream.received.map(({ ticketsChanged }) => ticketsChanged.ticketId).sort()).toEqual(created.sort());
  });

  it('says to load again after a position of another time', async () => {
    const stream = boss.follow(CHANGES, { filter: filter(), after: `${crypto.randomUUID()}:12` });

    expect((await stream.begun()).ticketsChanged).toMatchObject({ kind: 'RELOAD', ticketId: null });
  });

  it('shows an agent a ticket leave when it goes to a team that is not theirs', async () => {
    const agent = await world.person('AGENT', { teams: [teams[0] ?? ''] });
    const { id } = await world.ticket({ priority: 'CRITICAL', teamId: teams[0] });
    const stream = agent.follow(CHANGES, { filter: { priorities: ['CRITICAL'] } });
    await waitFor(async () => (await boss.run(PAGE, { filter: {}, order: 'NUMBER', first: 1 })).tickets.edges.length > 0);
    await boss.run(EDIT, {
      input: {
        ticketId: id,
        subject: {
          from: (await world.sql<{ subject: string }>('select subject from ticket where id = ?', [id]))[0]?.subject,
          to: 'Before',
        },
      },
    });
    await stream.until(({ ticketsChanged }) => ticketsChanged.kind === 'CHANGED' && ticketsChanged.ticketId === id);

    await boss.run(EDIT, { input: { ticketId: id, subject: { from: 'Before', to: 'Secret' }, teamId: { from: teams[0], to: teams[1] } } });

    const { ticketsChanged } = await stream.until((data) => data.ticketsChanged.kind === 'LEFT');
    expect(ticketsChanged).toMatchObject({ ticketId: id, ticket: null });
    expect(JSON.stringify(stream.received)).not.toContain('Secret');
  });

  it('follows a view, and its count, by its own filter', async () => {
    const { view } = await boss.run('{ view(key: "mine") { id count tickets(first: 1) { position } } }');
    const rows = boss.follow('subscription ($id: ID!, $after: String) { viewChanged(viewId: $id, after: $after) { kind ticketId } }', {
      id: view.id,
      after: view.tickets.position,
    });
    const counts = boss.follow('subscription { viewCountsChanged { viewId count } }');
    const countIs = (wanted: number) =>
      counts.until(({ viewCountsChanged }) => viewCountsChanged.find((one: { viewId: string }) => one.viewId === view.id).count === wanted);
    await countIs(view.count);
    const { id } = await world.ticket();

    await boss.run(ASSIGN, { input: { ticketId: id, from: null, to: boss.id } });

    await rows.until(({ viewChanged }) => viewChanged.kind === 'ENTERED' && viewChanged.ticketId === id);
    await countIs(view.count + 1);
  });

  it('lets time alone bring a ticket into a list by due time', async () => {
    const { id } = await world.ticket({ teamId: teams[1] });
    const filterByDue = { teamIds: [teams[1]], dueWithinMinutes: 60 };
    await world.desk.systemScope(world.workspaceId).transaction(async (tx) => {
      await setTicketDue(tx, id, new Date(Date.now() + 60 * 60_000 + 900));
      tx.record(domainEvent('sla.test', id));
    });

    const stream = boss.follow(CHANGES, { filter: filterByDue });

    const { ticketsChanged } = await stream.until((data) => data.ticketsChanged.ticketId === id);
    expect(ticketsChanged.kind).toBe('ENTERED');
  });
});
