import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person, type Stream } from '../../testing/world.ts';
import { TeamMember } from '../identity/index.ts';

// Everything that a screen asks of a ticket, with all that depends on who asks.
const SCREEN = `subscription ($id: ID!) { ticketChanged(id: $id) { subject version viewerIsWatching
  viewerCan { edit assign take writeNotes watch } assignee { name } requester { name email phone } watchers { name }
  notes { edges { node { body viewerCanEdit } } } activity { edges { node { type } } } } }`;
const TICKET = SCREEN.replace('subscription', 'query').replace('ticketChanged', 'ticketChanged: ticket');
const LIST = `subscription ($filter: TicketFilterInput!, $after: String) { ticketsChanged(filter: $filter, after: $after) { kind ticketId ticket { subject version viewerCan { edit take } } } }`;
const PAGE = `query ($filter: TicketFilterInput!) { tickets(filter: $filter, first: 100) { position totalCount edges { node { id } } } }`;
const COUNTS = `subscription { viewCountsChanged { viewId count } }`;

let world: World;
const people: Person[] = [];
const teams: string[] = [];

beforeAll(async () => {
  world = await World.open();
  teams.push(await world.team(), await world.team());
  const roles = ['OWNER', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST'] as const;
  for (const role of roles) for (const own of [[], [teams[0] ?? ''], teams]) people.push(await world.person(role, { teams: own }));
});
afterAll(() => world.close());

async function randomly(seed: number, change: (draw: <T>(values: readonly T[]) => T) => Promise<unknown>, times: number): Promise<void> {
  const numbers = fc.sample(fc.nat(), { numRuns: times * 8, seed });
  const draw = <T>(values: readonly T[]) => values[(numbers.shift() ?? 0) % values.length] as T;
  for (let round = 0; round < times; round++) await change(draw);
}

const settled = async () => {
  const waiting = () => world.sql<{ n: string }>('select count(*) as n from event where position is null');
  await waitFor(async () => (await waiting())[0]?.n === '0');
};

it('shows everybody the same as if they had asked alone, whoever they share the work with', async () => {
  const [owner = people[0]] = people;
  const contact = await owner?.run(`mutation { contactCreate(input: { name: "Client", email: "secret@example.org" }) { contact { id } } }`);
  const { id } = await world.ticket({ teamId: teams[0], requesterId: contact?.contactCreate.contact.id });
  const screens = new Map(people.map((person) => [person, person.follow(SCREEN, { id })]));
  await Promise.all([...screens.values()].map((screen) => screen.begun()));

  await randomly(
    11,
    async (draw) => {
      const kind = draw(['assign', 'team', 'watch', 'note'] as const);
      const person = draw(people);
      if (kind === 'assign') await world.sql('update ticket set assignee_id = ? where id = ?', [draw([null, person.id]), id]);
      else if (kind === 'team') await world.sql('update ticket set team_id = ? where id = ?', [draw([null, ...teams]), id]);
      else if (kind === 'watch') {
        await draw(people).ask(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { ticket { id } } }`, {
          input: { ticketId: id, memberId: person.id },
        });
      } else {
        await person.ask(`mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`, {
          input: { ticketId: id, body: `<p>By ${person.member.name}</p>` },
        });
      }
      // Whatever was done by hand becomes an event as well.
      await owner?.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
        input: { ticketId: id, add: [`t${draw([1, 2, 3, 4, 5])}-${Math.random()}`.slice(0, 20)] },
      });
      await settled();
      for (const [viewer, screen] of screens) {
        const alone = await viewer.run(TICKET, { id });
        await waitFor(() => JSON.stringify(screen.received.at(-1)) === JSON.stringify(alone), `the screen of ${viewer.member.name}`);
      }
    },
    20,
  );
});

it('keeps everybody’s lists and counts equal to a fresh load, through edits, moves, grants and changes of rights', async () => {
  const filters = [
    {},
    { mine: true },
    { unassigned: true, not: { priorities: ['LOW'] } },
    { any: [{ myTeams: true }, { teamIds: [teams[1]] }], categories: ['NEW', 'OPEN'] },
    { snoozed: false, all: [{ not: { tagIds: [] } }] },
  ];
  const tickets = await Promise.all(Array.from({ length: 12 }, () => world.ticket({ teamId: teams[0] })));
  interface Watching {
    person: Person;
    filter: object;
    ids: Set<string>;
    stream: Stream;
    read: number;
  }
  const watching: Watching[] = [];
  for (const person of people.filter((_, index) => index % 2 === 0)) {
    for (const filter of filters) {
      const { tickets: page } = await person.run(PAGE, { filter });
      const ids = new Set<string>(page.edges.map(({ node }: { node: { id: string } }) => node.id));
      watching.push({ person, filter, ids, stream: person.follow(LIST, { filter, after: page.position }), read: 0 });
    }
  }
  const counts = people.map((person) => ({ person, stream: person.follow(COUNTS) }));
  await Promise.all(counts.map(({ stream }) => stream.begun()));
  const [owner = people[0]] = people;

  await randomly(
    23,
    async (draw) => {
      const { id } = draw(tickets);
      const person = draw(people);
      const kind = draw(['assign', 'team', 'priority', 'close', 'watch', 'rights', 'snooze'] as const);
      const scope = world.desk.systemScope(world.workspaceId);
      const ticket = (await world.sql<Record<string, string>>('select * from ticket where id = ?', [id]))[0] ?? {};
      if (kind === 'assign') {
        const to = draw([
          null,
          ...people.filter(({ member }) => member.role !== 'GUEST' && member.role !== 'LIGHT_AGENT').map((one) => one.id),
        ]);
        await owner?.run(
          `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { ... on UserError { code } } } }`,
          {
            input: { ticketId: id, from: ticket.assignee_id, to },
          },
        );
      } else if (kind === 'team' || kind === 'priority') {
        const edit =
          kind === 'team'
            ? { teamId: { from: ticket.team_id, to: draw([null, ...teams]) } }
            : { priority: { from: ticket.priority, to: draw(['LOW', 'HIGH']) } };
        await owner?.run(`mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`, {
          input: { ticketId: id, ...edit },
        });
      } else if (kind === 'close') {
        const to = world.status(draw(['OPEN', 'WAITING', 'RESOLVED'] as const));
        await owner?.run(
          `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code } } } }`,
          {
            input: { ticketId: id, from: ticket.status_id, to },
          },
        );
      } else if (kind === 'watch') {
        await owner?.run(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { ticket { id } } }`, {
          input: { ticketId: id, memberId: person.id },
        });
      } else if (kind === 'snooze') {
        await owner?.run(
          `mutation ($input: TicketSnoozeInput!) { ticketSnooze(input: $input) { userErrors { ... on UserError { code } } } }`,
          {
            input: { ticketId: id, until: draw([null, new Date(Date.now() + 400).toISOString()]) },
          },
        );
      } else {
        const teamId = teams[0] ?? '';
        const removed = await scope.em.nativeDelete(TeamMember, { workspaceId: world.workspaceId, memberId: person.id, teamId });
        if (!removed) await scope.em.insert(TeamMember, { workspaceId: world.workspaceId, memberId: person.id, teamId });
      }
      await settled();
    },
    60,
  );

  const freshIds = async ({ person, filter }: Watching) =>
    (await person.run(PAGE, { filter })).tickets.edges.map(({ node }: { node: { id: string } }) => node.id).sort();
  for (const one of watching) {
    await waitFor(
      async () => {
        for (; one.read < one.stream.received.length; one.read++) {
          const { kind, ticketId } = one.stream.received[one.read].ticketsChanged;
          if (kind === 'RELOAD') one.ids = new Set(await freshIds(one));
          else if (kind === 'LEFT') one.ids.delete(ticketId);
          else if (kind === 'HEARTBEAT') continue;
          else one.ids.add(ticketId);
        }
        return JSON.stringify([...one.ids].sort()) === JSON.stringify(await freshIds(one));
      },
      `the list of ${one.person.member.name} by ${JSON.stringify(one.filter)}`,
    );
  }
  for (const { person, stream } of counts) {
    const fresh = async () => (await person.run('{ views { id count } }')).views;
    await waitFor(async () => {
      const shown = stream.received
        .at(-1)
        .viewCountsChanged.map(({ viewId, count }: { viewId: string; count: number }) => ({ id: viewId, count }));
      return JSON.stringify(shown) === JSON.stringify(await fresh());
    }, `the counts of ${person.member.name}`);
  }
});

/** Together more than the buffers of a connection hold; each less than the server holds back for one client. */
const [messages, messageBytes] = [30, 800_000];

it('tells a client that stopped reading only the newest when it reads again', async () => {
  const [owner] = people;
  if (!owner) throw new Error('nobody is there');
  const { id } = await world.ticket();
  const ask = `subscription ($id: ID!) { ticketChanged(id: $id) { version description subject } }`;
  // Few large messages fill the buffers of the connection well before the server would cut the client off for its silence.
  const describe = (version: number) =>
    world.sql('update ticket set description = ? where id = ?', [`<p>${version} ${'x'.repeat(messageBytes)}</p>`, id]);
  const slow = owner.follow(ask, { id });
  await slow.begun();
  slow.pause();

  for (let round = 0; round < messages; round++) {
    await describe(round);
    await owner.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, add: [`s${round}`] },
    });
  }
  await settled();
  slow.resume();

  const { ticket } = await owner.run(`query ($id: ID!) { ticket(id: $id) { version } }`, { id });
  await slow.until(({ ticketChanged }) => ticketChanged.version === ticket.version);
  expect(slow.received.length).toBeLessThan(ticket.version);
  expect(slow.faults).toEqual([]);
});
