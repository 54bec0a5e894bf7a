import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person, type Reply } from '../../testing/world.ts';

const CHANGES = `subscription ($after: String) { ticketsChanged(filter: {}, after: $after) { kind ticketId position } }`;
const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { reload position } }`;
const PAGE = `{ tickets(filter: {}, first: 100) { position } }`;
const EDIT = `mutation ($input: MemberEditInput!) { memberEdit(input: $input) { userErrors { ... on UserError { message } } } }`;

let world: World;
let owner: Person;
let agent: Person;
let colleague: Person;
let teams: string[];

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  teams = [await world.team(), await world.team()];
  owner = await world.person('OWNER');
  agent = await world.person('AGENT', { teams });
  colleague = await world.person('AGENT', { teams });
  for (const teamId of teams) await world.ticket({ teamId });
});
afterAll(() => world.close());

const placeOf = (cursor: string) => Number(cursor.split(':')[1]);

async function moveToTeams(person: Person, teamIds: readonly string[]): Promise<void> {
  expect((await owner.run(EDIT, { input: { memberId: person.id, teamIds } })).memberEdit.userErrors).toEqual([]);
}

async function positionAfterAll(): Promise<string> {
  await waitFor(async () => (await world.sql('select 1 from event where position is null')).length === 0, 'the relay');
  return (await owner.run(PAGE)).tickets.position;
}

it.each([
  ['left', () => teams.slice(0, 1)],
  ['joined', () => teams],
])('reloads a client that resumes after its agent %s a team, at any node', async (_what, teamIds) => {
  const after = await positionAfterAll();
  await moveToTeams(agent, teamIds());
  await world.ticket();
  await positionAfterAll();

  for (const node of [0, 1]) {
    const at = (person: Person) => world.seat(person.member, person.secret, node);
    const [list, program, other] = [
      at(agent).follow(CHANGES, { after }),
      at(agent).follow(EVENTS, { after }),
      at(colleague).follow(CHANGES, { after }),
    ];

    expect((await list.begun()).ticketsChanged.kind).toBe('RELOAD');
    expect((await program.begun()).eventsStreamed.reload).toBe(true);
    expect((await other.begun()).ticketsChanged.kind).toBe('ENTERED');
    for (const stream of [list, program, other]) stream.close();
  }
});

it('reloads a client that resumes after its role changed, and not after its team was renamed', async () => {
  const errors = 'userErrors { ... on UserError { message } }';
  const { roleCreate } = await owner.run(
    `mutation ($input: RoleCreateInput!) { roleCreate(input: $input) { role { id version } ${errors} } }`,
    {
      input: { name: 'Reader', permissions: ['note.read'] },
    },
  );
  const { id: roleId, version } = roleCreate.role;
  await owner.run(EDIT, { input: { memberId: colleague.id, role: 'CUSTOM', customRoleId: roleId } });
  const beforeRename = await positionAfterAll();
  await owner.run(`mutation ($input: TeamRenameInput!) { teamRename(input: $input) { ${errors} } }`, {
    input: { teamId: teams[0], name: 'Renamed' },
  });
  const beforeEdit = await positionAfterAll();
  await owner.run(`mutation ($input: RoleEditInput!) { roleEdit(input: $input) { ${errors} } }`, {
    input: { roleId, version, name: 'Reader', permissions: ['note.read', 'note.write'] },
  });
  await world.ticket({ teamId: teams[0] ?? null });
  await positionAfterAll();

  const afterEdit = colleague.follow(CHANGES, { after: beforeEdit });
  const afterRename = agent.follow(CHANGES, { after: beforeRename });

  expect((await afterEdit.begun()).ticketsChanged.kind).toBe('RELOAD');
  expect((await afterRename.begun()).ticketsChanged.kind).toBe('ENTERED');
});

it('gives a client no position after a change of its permissions before the reload', async () => {
  const stream = agent.follow(EVENTS, { after: await positionAfterAll() });
  await world.ticket();
  await stream.begun();
  const reached = () => Math.max(...stream.received.map(({ eventsStreamed }) => placeOf(eventsStreamed.position)));
  for (let round = 0; round < 6; round++) {
    // Committed together, so a node may read both in one batch.
    await Promise.all([moveToTeams(agent, teams.slice(0, 1 + (round % 2))), world.ticket()]);
    const end = placeOf(await positionAfterAll());
    await world.ticket();
    await waitFor(() => reached() > end, 'the next event');
  }

  const changed = await world.sql<{ position: string }>(
    `select position from event where type = 'access.changed' and member_ids = array[?]::uuid[] order by position`,
    [agent.id],
  );
  const received: Reply['data'][] = stream.received.map(({ eventsStreamed }) => eventsStreamed);
  let before = -1;
  for (const { position } of changed) {
    const first = received.findIndex((message) => placeOf(message.position) >= Number(position));
    if (first > before && first > 0) expect(received.slice(before + 1, first + 1).some(({ reload }) => reload)).toBe(true);
    before = first;
  }
});
