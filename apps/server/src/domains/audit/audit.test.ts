import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const LOG = `query ($id: ID!, $last: Int!, $before: String) { ticket(id: $id) { activity(last: $last, before: $before) {
  edges { cursor node { type at actor { name } changes { field from { text } to { text names { locale text } } } } } pageInfo { hasPreviousPage startCursor } } } }`;

let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

it('tells who changed what from what to what, with the names people know', async () => {
  const { id } = await world.ticket({ subject: 'Old' });
  const edit = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;
  await boss.run(edit, { input: { ticketId: id, subject: { from: 'Old', to: 'New' }, priority: { from: 'NORMAL', to: 'HIGH' } } });
  await boss.run(`mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id } } }`, {
    input: { ticketId: id, from: world.status('NEW'), to: world.status('OPEN') },
  });
  await boss.run(`mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } } }`, {
    input: { ticketId: id, from: null, to: boss.id },
  });

  const { activity } = (await boss.run(LOG, { id, last: 10 })).ticket;

  const [created, edited, moved, assigned] = activity.edges.map(({ node }: { node: object }) => node);
  expect(created).toMatchObject({ type: 'ticket.created', actor: null });
  expect(edited).toMatchObject({
    type: 'ticket.edited',
    actor: { name: 'Boss' },
    changes: [
      { field: 'subject', from: { text: 'Old' }, to: { text: 'New' } },
      { field: 'priority', from: { text: 'NORMAL' }, to: { text: 'HIGH' } },
    ],
  });
  expect(moved.changes).toMatchObject([
    { from: { text: 'New' }, to: { text: 'Open', names: [{ locale: 'en' }, { locale: 'uk', text: 'Відкрита' }] } },
  ]);
  expect(assigned.changes).toMatchObject([{ from: null, to: { text: 'Boss' } }]);
});

it('names the access token that acted, also for what its job does later and once it is revoked', async () => {
  const ticket = await world.ticket();
  const browser = new Browser(world);
  await browser.signIn(boss.member.email);
  const TOKEN = 'mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { accessToken { id name } secret } }';
  const { accessToken, secret } = (await browser.run(TOKEN, { input: { name: 'Nightly sync' } })).accessTokenCreate;
  const program = world.seat(boss.member, secret, 0);
  const tag = (name: string) => ({
    query: 'mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }',
    variables: { input: { ticketId: ticket.id, add: [name] } },
  });
  const entries = async () =>
    (
      await browser.run(
        'query ($id: ID!) { ticket(id: $id) { activity(last: 10) { edges { node { type actor { name } token { id name } } } } } }',
        {
          id: ticket.id,
        },
      )
    ).ticket.activity.edges.map(({ node }: { node: object }) => node);

  await browser.run(tag('a').query, tag('a').variables);
  await program.run(tag('b').query, tag('b').variables);
  await program.run('mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } } }', {
    input: { ticketIds: [ticket.id], action: { priority: 'HIGH' } },
  });
  await waitFor(async () => (await entries()).length === 4, 'the job to change the ticket');
  await browser.run('mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { accessToken { id } } }', {
    input: { id: accessToken.id },
  });

  const actor = { name: 'Boss' };
  expect((await entries()).slice(1)).toEqual([
    { type: 'ticket.tagged', actor, token: null },
    { type: 'ticket.tagged', actor, token: accessToken },
    { type: 'ticket.edited', actor, token: accessToken },
  ]);
});

it('pages back to the beginning', async () => {
  const { id } = await world.ticket();
  for (const name of ['a', 'b', 'c']) {
    await boss.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, add: [name] },
    });
  }
  const page = async (before?: string) => (await boss.run(LOG, { id, last: 2, before })).ticket.activity;

  const newest = await page();
  const oldest = await page(newest.pageInfo.startCursor);

  expect(newest.edges).toHaveLength(2);
  expect(newest.pageInfo.startCursor).toBe(newest.edges[0].cursor);
  expect(oldest.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual(['ticket.created', 'ticket.tagged']);
  expect((await boss.ask(LOG, { id, last: 2, before: 'x' })).errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
});

it('shows only some kinds of it, or what some people did', async () => {
  const { id } = await world.ticket();
  const other = await world.person('SUPERVISOR');
  for (const [person, tag] of [
    [boss, 'a'],
    [other, 'b'],
  ] as const)
    await person.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, add: [tag] },
    });
  const typesOf = async (more: object) =>
    (
      await boss.run(
        'query ($id: ID!, $types: [String!], $actorIds: [ID!]) { ticket(id: $id) { activity(types: $types, actorIds: $actorIds) { edges { node { type } } } } }',
        { id, ...more },
      )
    ).ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type);

  expect(await typesOf({ types: ['ticket.created'] })).toEqual(['ticket.created']);
  expect(await typesOf({ actorIds: [other.id] })).toEqual(['ticket.tagged']);
  expect(await typesOf({ types: ['ticket.tagged'], actorIds: [boss.id, other.id, crypto.randomUUID()] })).toEqual([
    'ticket.tagged',
    'ticket.tagged',
  ]);
});

it('holds all that a ticket is: its state can be rebuilt from the log alone', async () => {
  const admin = await world.person('ADMIN');
  const [team, topic] = [await world.team(), await world.topic('Rebuilt')];
  const [client, watcher] = [await world.contact(), await world.person('AGENT', { teams: [team] })];
  const mutate = (name: string, type: string, input: object) =>
    admin.run(`mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { ... on UserError { message } } } }`, { input });
  const { field } = (
    await admin.run(`mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id } } }`, {
      input: { key: 'rebuilt', type: 'NUMBER', names: [{ locale: 'en', text: 'Rebuilt' }], defaultValues: ['1'] },
    })
  ).fieldCreate;
  const make = async (subject: string): Promise<string> =>
    (
      await admin.run(`mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } } }`, {
        input: { subject, internal: true, description: '<p>x</p>', teamId: team, watcherIds: [watcher.id] },
      })
    ).ticketCreate.ticket.id;
  const [ticketId, into] = [await make('Begun'), await make('Into')];
  const edit = (fields: object) => mutate('ticketEdit', 'TicketEditInput', { ticketId, ...fields });
  await edit({ subject: { from: 'Begun', to: 'Grown' }, priority: { from: 'NORMAL', to: 'HIGH' }, topicId: { from: null, to: topic } });
  await edit({
    requesterId: { from: null, to: client.id },
    description: { from: '<p>x</p>', to: '<p>y</p>' },
    teamId: { from: team, to: null },
  });
  await mutate('ticketTag', 'TicketTagInput', { ticketId, add: ['one', 'two', 'three'] });
  await mutate('ticketTag', 'TicketTagInput', { ticketId, add: [], remove: ['two'] });
  await mutate('ticketAssign', 'TicketAssignInput', { ticketId, from: null, to: watcher.id });
  await mutate('watcherAdd', 'WatcherAddInput', { ticketId, memberId: admin.id });
  await mutate('watcherRemove', 'WatcherRemoveInput', { ticketId, memberId: watcher.id });
  await mutate('ticketSetFields', 'TicketSetFieldsInput', { ticketId, fields: [{ fieldId: field.id, from: ['1'], to: ['2.5'] }] });
  await mutate('ticketSnooze', 'TicketSnoozeInput', { ticketId, until: new Date(Date.now() + 86_400_000) });
  await mutate('ticketSetStatus', 'TicketSetStatusInput', { ticketId, from: world.status('NEW'), to: world.status('WAITING') });
  await mutate('ticketMerge', 'TicketMergeInput', { sourceId: ticketId, destinationId: into });
  await mutate('ticketUnmerge', 'TicketUnmergeInput', { ticketId });

  for (const id of [ticketId, into]) {
    const events = await world.sql<{ ticket_version: number; changes: { field: string; from: unknown; to: unknown }[] }>(
      'select ticket_version, changes from event where ticket_id = ? order by ticket_version',
      [id],
    );
    // Nothing is missing between.
    expect(events.map(({ ticket_version: version }) => version)).toEqual(events.map((_, index) => index + 1));
    const held: Record<string, unknown> = {};
    const sets: Record<string, Set<unknown>> = { tag: new Set(), watcher: new Set() };
    for (const { field: name, from, to } of events.flatMap(({ changes }) => changes)) {
      const set = sets[name];
      if (set && from !== null) set.delete(from);
      if (set && to !== null) set.add(to);
      else held[name] = to;
    }
    const [row] = await world.sql<Record<string, unknown>>('select * from ticket where id = ?', [id]);
    const tags = await world.sql<{ name: string }>('select g.name from ticket_tag k join tag g on g.id = k.tag_id where k.ticket_id = ?', [
      id,
    ]);
    const watchers = await world.sql<{ member_id: string }>('select member_id from watcher where ticket_id = ?', [id]);
    const [value] = await world.sql<{ value: string[] }>('select value from ticket_field where ticket_id = ?', [id]);

    expect({
      subject: held.subject,
      description: held.description,
      status_id: held.statusId,
      priority: held.priority,
      topic_id: held.topicId ?? null,
      team_id: held.teamId ?? null,
      assignee_id: held.assigneeId ?? null,
      requester_id: held.requesterId ?? null,
      snoozed_until: held.snoozedUntil ? new Date(held.snoozedUntil as string).getTime() : null,
    }).toEqual({
      subject: row?.subject,
      description: row?.description,
      status_id: row?.status_id,
      priority: row?.priority,
      topic_id: row?.topic_id,
      team_id: row?.team_id,
      assignee_id: row?.assignee_id,
      requester_id: row?.requester_id,
      snoozed_until: row?.snoozed_until ? new Date(row.snoozed_until as string).getTime() : null,
    });
    expect([...(sets.tag ?? [])].sort()).toEqual(tags.map(({ name }) => name).sort());
    expect([...(sets.watcher ?? [])].sort()).toEqual(watchers.map(({ member_id: memberId }) => memberId).sort());
    expect(held[`field:${field.id}`]).toEqual(value?.value);
  }
});

it('tells why something happened, back to who began it, as far as the viewer may read', async () => {
  const team = await world.team();
  const agent = await world.person('AGENT', { teams: [team] });
  const tickets = [await world.ticket({ teamId: team }), await world.ticket({ teamId: team })];
  const { bulkStart } = await boss.run(`mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } } }`, {
    input: { ticketIds: tickets.map(({ id }) => id), action: { priority: 'HIGH' } },
  });
  const BULK = 'query ($id: ID!) { bulkJob(id: $id) { finishedAt } }';
  await waitFor(async () => (await boss.run(BULK, { id: bulkStart.job.id })).bulkJob.finishedAt !== null);
  const WHY = `query ($id: ID!) { ticket(id: $id) { activity(last: 1) { edges { node { type isCaused causes { type actor { id } ticket { id } } } } } } }`;

  const why = async (person: Person) => (await person.run(WHY, { id: tickets[0]?.id })).ticket.activity.edges[0].node;

  expect(await why(boss)).toEqual({
    type: 'ticket.edited',
    isCaused: true,
    causes: [{ type: 'bulk.started', actor: { id: boss.id }, ticket: null }],
  });
  expect((await why(agent)).causes).toHaveLength(1);
  const [{ id: entryId }] = (await world.sql<{ id: string }>(
    'select id from event where ticket_id = ? order by ticket_version desc limit 1',
    [tickets[0]?.id],
  )) as [{ id: string }];
  const ENTRY = 'query ($id: ID!) { activityEntry(id: $id) { type } }';
  const stranger = await world.person('AGENT', { teams: [await world.team()] });
  expect((await agent.run(ENTRY, { id: entryId })).activityEntry).toEqual({ type: 'ticket.edited' });
  expect((await stranger.run(ENTRY, { id: entryId })).activityEntry).toBeNull();
  // Of another ticket, which the agent does not see, nothing is told, nor of what led to it.
  const [hidden, shown] = [await world.ticket({ teamId: await world.team() }), await world.ticket({ teamId: team })];
  await world.rewriteLog(
    `update event set cause_id = (select id from event where ticket_id = ? limit 1) where ticket_id = ? and type = 'ticket.created'`,
    [hidden.id, shown.id],
  );
  const asked = async (person: Person) => (await person.run(WHY, { id: shown.id })).ticket.activity.edges[0].node.causes;
  expect(await asked(boss)).toMatchObject([{ ticket: { id: hidden.id } }]);
  expect(await asked(agent)).toEqual([]);
});

it('knows everybody who has a part in a ticket, and not who only noted something to those who read no notes', async () => {
  const team = await world.team();
  const [anna, bert, cora, guest] = await Promise.all([
    world.person('AGENT', { name: 'Anna', teams: [team] }),
    world.person('AGENT', { name: 'Bert', teams: [team] }),
    world.person('LIGHT_AGENT', { name: 'Cora', teams: [team] }),
    world.person('GUEST', { teams: [team] }),
  ]);
  const { id } = await world.ticket({ teamId: team, assigneeId: bert?.id ?? '' });
  await bert?.run(`mutation ($i: TicketTagInput!) { ticketTag(input: $i) { ticket { id } } }`, { i: { ticketId: id, add: ['x'] } });
  await cora?.run(`mutation ($i: NoteAddInput!) { noteAdd(input: $i) { note { id } } }`, { i: { ticketId: id, body: '<p>x</p>' } });
  await anna?.run(`mutation ($i: WatcherAddInput!) { watcherAdd(input: $i) { ticket { id } } }`, {
    i: { ticketId: id, memberId: anna.id },
  });
  const names = async (person: Person | undefined) =>
    (await person?.run('query ($id: ID!) { ticket(id: $id) { participants { name } } }', { id }))?.ticket.participants.map(
      ({ name }: { name: string }) => name,
    );

  expect(await names(anna)).toEqual(['Anna', 'Bert', 'Cora']);
  expect(await names(guest)).toEqual(['Anna', 'Bert']);
});
