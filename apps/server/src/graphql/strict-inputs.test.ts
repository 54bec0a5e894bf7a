import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../testing/world.ts';

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
});
afterAll(() => world.close());

async function post(query: string, variables: object = {}): Promise<{ status: number; body: Reply }> {
  const response = await fetch(`http://${world.node(0).url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${owner.secret}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as Reply };
}

const policy = { name: 'x', conditions: { topicIds: ['x'] }, targets: [], warning: { share: 0.75, beforeMinutes: 15 } };

describe('an ID that is no UUID', () => {
  it.each<[string, string, object]>([
    ['draft', 'query ($ticketId: ID!) { draft(ticketId: $ticketId, kind: NOTE) { id } }', { ticketId: 'x' }],
    ['ticket', 'query ($id: ID!) { ticket(id: $id) { id } }', { id: 7 }],
    [
      'accessTokenRevoke',
      'mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { userErrors { ... on UserError { code } } } }',
      { input: { id: '' } },
    ],
    [
      'slaPolicyTry',
      'mutation ($input: SlaPolicySaveInput!) { slaPolicyTry(input: $input) { userErrors { ... on UserError { code } } } }',
      { input: policy },
    ],
    ['a filter', 'query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }', { filter: { teamIds: ['x'] } }],
  ])('is refused with the reason: %s', async (_, query, variables) => {
    const { status, body } = await post(query, variables);

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('An ID is a UUID') }]);
  });

  it('is refused in the text of a document too, and shown no longer than a line', async () => {
    const { status, body } = await post(`{ ticket(id: "${'x'.repeat(5000)}") { id } }`);

    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(/^.{0,50}Invalid ID: "x{50}".*UUID.{0,60}$/);
  });

  it('in capitals is the same ID', async () => {
    const { id } = await world.ticket();
    const { body } = await post('query ($id: ID!) { ticket(id: $id) { id } }', { id: id.toUpperCase() });

    expect(body.data.ticket).toEqual({ id });
  });
});

describe('a list that is null', () => {
  it('is no fault where the schema lets it be null', async () => {
    const agent = await world.person('AGENT');
    const member = await owner.ask(
      'mutation ($input: MemberEditInput!) { memberEdit(input: $input) { userErrors { ... on UserError { code } } } }',
      { input: { memberId: agent.id, teamIds: null, name: null, role: null, active: null, allTeams: null } },
    );
    const settings = await owner.ask(
      'mutation ($input: NotificationSettingsSaveInput!) { notificationSettingsSave(input: $input) { userErrors { ... on UserError { code } } } }',
      { input: { teamIds: null, topicIds: null, quietDays: null, rules: null } },
    );
    const filtered = await owner.ask('query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }', {
      filter: { teamIds: null, tagIds: null, all: null, any: null, fields: null, statusIds: null, priorities: null },
    });
    const tried = await owner.ask(
      'mutation ($input: SlaPolicySaveInput!) { slaPolicyTry(input: $input) { userErrors { ... on UserError { code } } } }',
      {
        input: {
          ...policy,
          conditions: { topicIds: null, teamIds: null, tagIds: null, priorities: null, organizations: null, sources: null },
        },
      },
    );

    expect([member, settings, filtered, tried].map(({ errors }) => errors)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a priority', () => {
  const CREATE = 'mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { priority } } }';

  it.each([
    ['medium', 'NORMAL'],
    ['MEDIUM', 'NORMAL'],
    ['Urgent', 'CRITICAL'],
    ['high', 'HIGH'],
    ['LOW', 'LOW'],
  ])('is read by its name or its usual other name: %s', async (priority, stored) => {
    const { ticketCreate } = await owner.run(CREATE, { input: { subject: 'x', internal: true, priority } });
    const literal = await owner.run(
      `mutation { ticketCreate(input: { subject: "x", internal: true, priority: ${priority} }) { ticket { priority } } }`,
    );

    expect([ticketCreate.ticket.priority, literal.ticketCreate.ticket.priority]).toEqual([stored, stored]);
  });

  it('is read so in filters and edits as well', async () => {
    const { id } = await world.ticket({ priority: 'CRITICAL' });
    const { tickets } = await owner.run('{ tickets(filter: { priorities: [urgent] }) { edges { node { id } } } }');
    const { ticketEdit } = await owner.run(
      'mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { priority } userErrors { ... on UserError { code } } } }',
      { input: { ticketId: id, priority: { from: 'urgent', to: 'Medium' } } },
    );

    expect(tickets.edges.map(({ node }: { node: { id: string } }) => node.id)).toContain(id);
    expect(ticketEdit).toEqual({ ticket: { priority: 'NORMAL' }, userErrors: [] });
  });

  it('of another name is refused with those that are allowed', async () => {
    const { status, body } = await post(CREATE, { input: { subject: 'x', priority: 'blocker' } });

    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain('Allowed: LOW, NORMAL or MEDIUM, HIGH, CRITICAL or URGENT');
  });
});
