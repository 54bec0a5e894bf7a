import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const CONVERSATION =
  'conversation { id channel closedAt contact { id name } ticket { id } messages { edges { node { body direction authorName } } } } userErrors { __typename ... on UserError { code } ... on ConversationLinked { ticketId } ... on MessageMeanwhile { version message } }';
const mutations = {
  conversationOpen: `mutation ($input: ConversationOpenInput!) { conversationOpen(input: $input) { ${CONVERSATION} } }`,
  conversationReceive: `mutation ($input: ConversationMessageInput!) { conversationReceive(input: $input) { ${CONVERSATION} } }`,
  conversationReply: `mutation ($input: ConversationMessageInput!) { conversationReply(input: $input) { ${CONVERSATION} } }`,
  conversationLink: `mutation ($input: ConversationLinkInput!) { conversationLink(input: $input) { ${CONVERSATION} } }`,
  conversationUnlink: `mutation ($input: ConversationUnlinkInput!) { conversationUnlink(input: $input) { ${CONVERSATION} } }`,
  conversationClose: `mutation ($input: ConversationCloseInput!) { conversationClose(input: $input) { ${CONVERSATION} } }`,
};
const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id requester { id } messages { edges { node { body channel } } } activity { edges { node { type } } } }
  userErrors { __typename ... on UserError { code } } } }`;
const OPEN = '{ conversations { edges { node { id } } } }';
const CHANGED = 'subscription { conversationChanged { id ticket { id } } }';

let world: World;
let team: string;
let agent: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  agent = await world.person('AGENT', { teams: [team], name: 'Ada' });
});
afterAll(() => world.close());

const call = async (name: keyof typeof mutations, input: object, person = agent) => (await person.run(mutations[name], { input }))[name];
const begin = async (more: object = {}, person = agent) => {
  const contactId = (await world.contact()).id;
  return call('conversationOpen', { contactId, body: '<p>Hello?</p>', ...more }, person);
};
const say = (name: 'conversationReceive' | 'conversationReply', conversationId: string, body: string, more: object = {}) =>
  call(name, { conversationId, body, ...more });
const open = async (person = agent) => (await person.run(OPEN)).conversations.edges.map(({ node }: { node: { id: string } }) => node.id);
const link = (conversationId: string, ticketId: string) => call('conversationLink', { conversationId, ticketId });
const close = (conversationId: string) => call('conversationClose', { conversationId });
const make = async (input: object) =>
  (await agent.run(CREATE, { input: { subject: 'Made of talk', teamId: team, ...input } })).ticketCreate;

describe('a conversation without a ticket', () => {
  it('is begun by a program, answered, done, and open again when the client writes, before the eyes of those who work', async () => {
    const watching = agent.follow(CHANGED);
    await watching.begun();
    const key = crypto.randomUUID();
    const contactId = (await world.contact()).id;
    const [first, again] = [await begin({ contactId, idempotencyKey: key }), await begin({ contactId, idempotencyKey: key })];
    const { id } = first.conversation;
    expect(again.conversation.id).toBe(id);
    await watching.until(({ conversationChanged }) => conversationChanged?.id === id);
    const second = (await begin()).conversation.id;
    expect((await open()).slice(0, 2)).toEqual([second, id]);

    const answered = await say('conversationReply', id, '<p>Here I am</p><script>x</script>');
    expect(answered.conversation.messages.edges.map(({ node }: { node: object }) => node)).toMatchObject([
      { body: '<p>Hello?</p>', direction: 'IN' },
      { body: '<p>Here I am</p>', direction: 'OUT', authorName: 'Ada' },
    ]);
    // The one in which something was said last stands first.
    expect((await open()).slice(0, 2)).toEqual([id, second]);
    expect((await close(id)).conversation.closedAt).not.toBeNull();
    expect(await open()).not.toContain(id);
    expect((await say('conversationReceive', id, '<p>One more thing</p>')).conversation.closedAt).toBeNull();
    expect(await open()).toContain(id);
  });

  it('is for those who work on tickets alone', async () => {
    const { id } = (await begin()).conversation;
    for (const role of ['LIGHT_AGENT', 'GUEST'] as const) {
      const person = await world.person(role, { teams: [team] });
      const watching = person.follow(CHANGED);
      await watching.begun();
      expect(await open(person)).toEqual([]);
      expect((await person.run('query ($id: ID!) { conversation(id: $id) { id } }', { id })).conversation).toBeNull();
      expect((await begin({}, person)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
      await say('conversationReply', id, '<p>x</p>');
      await watching.until(({ conversationChanged }) => conversationChanged === null);
    }
  });

  it('refuses what is nothing, and clients that are not there', async () => {
    expect((await begin({ contactId: crypto.randomUUID() })).userErrors).toMatchObject([{ __typename: 'ReferenceNotFound' }]);
    expect((await begin({ body: '<p> </p>' })).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    expect((await close(crypto.randomUUID())).userErrors).toMatchObject([{ code: 'CONVERSATION_NOT_FOUND' }]);
    const made = (await begin({ contactId: null, newContact: { name: 'Nora New', email: `nora-${crypto.randomUUID()}@example.org` } }))
      .conversation;
    expect(made.contact.name).toBe('Nora New');
  });
});

describe('a ticket of a conversation', () => {
  it('is made for its client, has what was said, and answers by its channel; the conversation stays what it is', async () => {
    const { id, contact } = (await begin({ body: '<p>My zebra printer smokes</p>' })).conversation;
    const { ticket } = await make({ conversationId: id });

    expect(ticket.requester.id).toBe(contact.id);
    expect(ticket.messages.edges).toMatchObject([{ node: { body: '<p>My zebra printer smokes</p>', channel: 'API' } }]);
    expect(ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type)).toContain('conversation.linked');
    expect(await open()).not.toContain(id);
    const found = (await agent.run('{ search(text: "zebra smokes", first: 5) { edges { node { ticket { id } } } } }')).search.edges;
    expect(found).toEqual([{ node: { ticket: { id: ticket.id } } }]);

    // It is answered on the ticket from then on, and heard there.
    expect((await say('conversationReply', id, '<p>x</p>')).userErrors).toMatchObject([
      { code: 'CONVERSATION_LINKED', ticketId: ticket.id },
    ]);
    const heard = await say('conversationReceive', id, '<p>Still smokes</p>');
    expect(heard.conversation.ticket.id).toBe(ticket.id);
    expect(heard.conversation.messages.edges).toHaveLength(2);
    expect((await make({ conversationId: id })).userErrors).toMatchObject([{ code: 'CONVERSATION_LINKED' }]);
    expect((await close(id)).userErrors).toMatchObject([{ code: 'CONVERSATION_LINKED' }]);
    // Who does not see the ticket is not told that there is one.
    const stranger = await world.person('AGENT', { teams: [await world.team()] });
    expect((await call('conversationClose', { conversationId: id }, stranger)).userErrors).toMatchObject([
      { code: 'CONVERSATION_NOT_FOUND' },
    ]);
  });

  it('can be one that there is already, of the same client or of none yet', async () => {
    const { id, contact } = (await begin()).conversation;
    const [without, other] = [
      await world.ticket({ teamId: team }),
      await world.ticket({ teamId: team, requesterId: (await world.contact()).id }),
    ];

    expect((await link(id, other.id)).userErrors).toMatchObject([{ code: 'CONVERSATION_OF_ANOTHER' }]);
    expect((await make({ conversationId: id, requesterId: (await world.contact()).id })).userErrors).toMatchObject([
      { code: 'CONVERSATION_OF_ANOTHER' },
    ]);
    expect((await link(id, without.id)).conversation.ticket.id).toBe(without.id);
    const { ticket } = await agent.run('query ($id: ID!) { ticket(id: $id) { requester { id } } }', { id: without.id });
    expect(ticket.requester.id).toBe(contact.id);
  });
});

it('is taken away from a ticket again, with an entry, and linked to another; what began on its ticket stays there', async () => {
  const { contact, id } = (await begin()).conversation;
  const wrong = await world.ticket({ teamId: team, requesterId: contact.id });
  const right = await world.ticket({ teamId: team, requesterId: contact.id });
  await link(id, wrong.id);
  const LOOK = `query ($id: ID!) { ticket(id: $id) { conversations { id channel } messages { edges { node { body } } } activity(last: 1) { edges { node { type } } } } }`;

  const unlinked = await call('conversationUnlink', { conversationId: id });
  const left = (await agent.run(LOOK, { id: wrong.id })).ticket;
  const again = await link(id, right.id);
  const now = (await agent.run(LOOK, { id: right.id })).ticket;

  expect(unlinked).toMatchObject({ conversation: { ticket: null }, userErrors: [] });
  expect(left).toMatchObject({
    conversations: [],
    messages: { edges: [] },
    activity: { edges: [{ node: { type: 'conversation.unlinked' } }] },
  });
  expect(again.userErrors).toEqual([]);
  expect(now).toMatchObject({ conversations: [{ id, channel: 'API' }], messages: { edges: [{ node: { body: '<p>Hello?</p>' } }] } });

  await agent.run(
    `mutation ($id: ID!) { replySend(input: { ticketId: $id, body: "x" }) { userErrors { ... on UserError { message } } } }`,
    {
      id: wrong.id,
    },
  );
  const [own] = (await agent.run(LOOK, { id: wrong.id })).ticket.conversations;
  expect((await call('conversationUnlink', { conversationId: own.id })).userErrors).toMatchObject([{ code: 'CONVERSATION_OF_TICKET' }]);
});

it('stands in one list with those of tickets, for those who see the tickets, and moves up with every message', async () => {
  const ALL = '{ conversations(all: true, first: 100) { edges { node { id ticket { number } } } } }';
  const all = async (person: Person) =>
    (await person.run(ALL)).conversations.edges.map(({ node }: { node: { id: string; ticket: { number: number } | null } }) => node);
  const stranger = await world.person('AGENT', { teams: [await world.team()] });
  const alone = (await begin()).conversation.id;
  const { conversation: talked } = await begin();
  const ticket = await world.ticket({ teamId: team, requesterId: talked.contact.id });
  await link(talked.id, ticket.id);
  await close(alone);
  const watching = agent.follow(CHANGED);
  await watching.begun();

  const REPLY = `mutation ($id: ID!) { replySend(input: { ticketId: $id, body: "x" }) { userErrors { ... on UserError { message } } } }`;
  await agent.run(REPLY, { id: ticket.id });
  await watching.until(({ conversationChanged }) => conversationChanged?.id === talked.id);

  expect((await all(agent)).slice(0, 2)).toEqual([
    { id: talked.id, ticket: { number: ticket.number } },
    { id: alone, ticket: null },
  ]);
  const seen = (await all(stranger)).map(({ id }: { id: string }) => id);
  expect(seen).toContain(alone);
  expect(seen).not.toContain(talked.id);
  expect(await open()).not.toContain(talked.id);
});

it('lists the conversations of one customer, with and without a ticket, to those who see the tickets', async () => {
  const OF = `query ($contactId: ID!, $after: String) { conversations(contactId: $contactId, all: true, first: 2, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
  const of = async (contactId: string, person = agent, after: string | null = null) => {
    const { edges, pageInfo } = (await person.run(OF, { contactId, after })).conversations;
    return { ids: edges.map(({ node }: { node: { id: string } }) => node.id), pageInfo };
  };
  const { contact, id: first } = (await begin()).conversation;
  const second = (await begin({ contactId: contact.id })).conversation.id;
  const third = (await begin({ contactId: contact.id })).conversation.id;
  await begin();
  await link(first, (await world.ticket({ teamId: team, requesterId: contact.id })).id);
  await close(second);
  const stranger = await world.person('AGENT', { teams: [await world.team()] });
  const guest = await world.person('GUEST', { teams: [team] });

  const newest = await of(contact.id);
  expect(newest.ids).toEqual([third, second]);
  expect((await of(contact.id, agent, newest.pageInfo.endCursor)).ids).toEqual([first]);
  expect(await of(contact.id, stranger)).toMatchObject({ ids: [third, second], pageInfo: { hasNextPage: false } });
  expect((await of(contact.id, guest)).ids).toEqual([]);
});

it('holds a reply when another agent replied or the customer wrote meanwhile, and sends it once that was read', async () => {
  const bob = await world.person('AGENT', { teams: [team], name: 'Bob' });
  const { id } = (await begin()).conversation;
  const version = async () => (await agent.run('query ($id: ID!) { conversation(id: $id) { version } }', { id })).conversation.version;
  const reply = (person: Person, body: string, seenVersion: number) =>
    call('conversationReply', { conversationId: id, body, seenVersion }, person);
  const seen = await version();
  expect((await reply(bob, '<p>I have it</p>', seen)).userErrors).toEqual([]);

  const second = await reply(agent, '<p>Me too</p>', seen);
  expect(second).toMatchObject({
    conversation: null,
    userErrors: [{ code: 'MESSAGE_MEANWHILE', version: 2, message: expect.stringMatching(/^Somebody else replied/) }],
  });
  await say('conversationReceive', id, '<p>Thanks</p>');
  const third = await reply(agent, '<p>Me too</p>', second.userErrors[0].version);
  expect(third.userErrors).toMatchObject([{ code: 'MESSAGE_MEANWHILE', version: 3, message: expect.stringMatching(/^The client wrote/) }]);
  expect((await reply(agent, '<p>You are welcome</p>', third.userErrors[0].version)).userErrors).toEqual([]);
  // The writer's own messages hold no reply.
  expect((await reply(agent, '<p>Bye</p>', third.userErrors[0].version)).userErrors).toEqual([]);
  expect(await version()).toBe(5);
});

it('shows who has a conversation open and who writes in it, to agents who may read it', async () => {
  const PRESENCE = 'subscription ($id: ID!) { presenceChanged(conversationId: $id) { activity member { name } } }';
  const SET = 'mutation ($input: PresenceSetInput!) { presenceSet(input: $input) { shown } }';
  const cleo = await world.person('AGENT', { teams: [team], name: 'Cleo' });
  const { id } = (await begin()).conversation;
  const watching = agent.follow(PRESENCE, { id });
  await watching.begun();
  const joined = cleo.follow(PRESENCE, { id });
  await joined.begun();
  await watching.until(({ presenceChanged }) => presenceChanged.length === 2);

  const input = { conversationId: id, activity: 'WRITING_REPLY' };
  expect((await cleo.run(SET, { input })).presenceSet).toEqual({ shown: true });
  await watching.until(({ presenceChanged }) =>
    presenceChanged.some(
      (one: { activity: string; member: { name: string } }) => one.activity === 'WRITING_REPLY' && one.member.name === 'Cleo',
    ),
  );
  joined.close();
  await watching.until(({ presenceChanged }) => presenceChanged.length === 1);
  const guest = await world.person('GUEST', { teams: [team] });
  const refused = guest.follow(PRESENCE, { id });
  await waitFor(() => refused.faults.length > 0, 'the refusal');
  expect((await cleo.ask(SET, { input: { activity: 'VIEWING' } })).errors).toHaveLength(1);
});
