import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person, type Reply } from '../../testing/world.ts';

const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { message { id direction authorName author { name } channel body } userErrors { __typename ... on UserError { code message } ... on MessageMeanwhile { version } } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { message { id direction authorName author { name } channel } userErrors { ... on UserError { code } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { version status { id category } reopenCount messages { edges { node { direction body authorName } } } slaClocks { metric state cycle } } }`;
const DRAFT = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { body } } }`;
const DRAFTS = `query ($ticketId: ID!) { reply: draft(ticketId: $ticketId, kind: REPLY) { body } note: draft(ticketId: $ticketId, kind: NOTE) { body } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { message } } } }`;
const LINK = `mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`;
const REVOKE = `mutation ($id: ID!) { ticketLinkRevoke(input: { ticketId: $id }) { ticket { id } } }`;
const WRITE = `mutation ($input: ClientMessageSendInput!) { messageSend(input: $input) { sent refusal followUpUrl } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [team] });
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

async function asked(overrides: { email?: string | null } = {}) {
  const client = await world.contact({ name: 'Wilma', ...overrides });
  const { id } = await world.ticket({ teamId: team, requesterId: client.id, subject: 'Broken kettle' });
  return { id, client };
}

const reply = async (person: Person, input: object) => (await person.run(REPLY, { input })).replySend;
const hear = async (ticketId: string, more: object = {}) =>
  (await ada.run(RECEIVE, { input: { ticketId, body: '<p>Any news?</p>', ...more } })).messageReceive;
const ticketOf = async (id: string) => (await ada.run(TICKET, { id })).ticket;

const requesterOf = async (id: string) =>
  (await ada.run('query ($id: ID!) { ticket(id: $id) { requester { id } } }', { id })).ticket.requester.id;

async function move(ticketId: string, to: 'WAITING' | 'RESOLVED' | 'CLOSED'): Promise<void> {
  const { status } = await ticketOf(ticketId);
  const { ticketSetStatus } = await ada.run(STATUS, { input: { ticketId, from: status.id, to: world.status(to) } });
  expect(ticketSetStatus.userErrors).toEqual([]);
}

async function askAsClient(token: string, query: string, variables: object = {}): Promise<Reply> {
  const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Reply;
}

async function linkTo(id: string): Promise<string> {
  const { ticketLinkOpen } = await ada.run(LINK, { id });
  return ticketLinkOpen.ticket.publicLink.url.split('#')[1];
}

describe('a reply', () => {
  it('is kept, sent by e-mail in the same transaction, and answers the promise of a first response', async () => {
    const { id, client } = await asked();

    const { message, userErrors } = await reply(ada, {
      ticketId: id,
      body: '<p>Try the <b>other</b> plug &amp; wait</p><script>x</script>',
    });
    const letters = await world.sql('select recipient, subject, body from outgoing_mail where recipient = ?', [client.email]);
    const { slaClocks } = await ticketOf(id);

    expect(userErrors).toEqual([]);
    expect(message).toMatchObject({ direction: 'OUT', authorName: 'Ada', author: { name: 'Ada' }, channel: 'EMAIL' });
    expect(message.body).toBe('<p>Try the <strong>other</strong> plug &amp; wait</p>');
    expect(letters).toEqual([
      {
        recipient: client.email,
        subject: expect.stringMatching(/^Re: Broken kettle \[#\d+\]$/),
        body: expect.stringMatching(/^Try the other plug & wait\n\n--\nRead everything .*:\nhttp:\/\/desk\.test\/follow#ticket_\S+$/),
      },
    ]);
    expect(slaClocks).toContainEqual({ metric: 'FIRST_RESPONSE', state: 'MET', cycle: 1 });
  });

  it('leads to the page of the ticket’s link, in the client’s language, and never brings back a link that was taken away', async () => {
    const client = await world.contact({ name: 'Василь' });
    await world.sql(`update contact set locale = 'uk' where id = ?`, [client.id]);
    const { id } = await world.ticket({ teamId: team, requesterId: client.id });
    await reply(ada, { ticketId: id, body: '<p>Один</p>' });
    const url = (await ada.run('query ($id: ID!) { ticket(id: $id) { publicLink { url } } }', { id })).ticket.publicLink.url;
    await ada.run('mutation ($id: ID!) { ticketLinkRevoke(input: { ticketId: $id }) { ticket { id } } }', { id });
    await reply(ada, { ticketId: id, body: '<p>Два</p>' });

    const [first, second] = await world.sql<{ body: string }>(
      'select body from outgoing_mail where recipient = ? order by created_at, id',
      [client.email],
    );

    expect(first?.body).toBe(`Один\n\n--\nУсе про це звернення, і місце для відповіді, тут:\n${url}`);
    expect(second?.body).toBe('Два');
    expect((await ada.run('query ($id: ID!) { ticket(id: $id) { publicLink { url } } }', { id })).ticket.publicLink).toBeNull();
  });

  it('takes the ticket to a status in the same transaction, and goes nowhere where it cannot', async () => {
    const { id } = await asked();
    const waiting = await reply(ada, { ticketId: id, body: '<p>Which plug?</p>', thenStatusId: world.status('WAITING') });
    const impossible = await reply(ada, { ticketId: id, body: '<p>x</p>', thenStatusId: world.status('NEW') });

    expect(waiting.userErrors).toEqual([]);
    expect(impossible.userErrors).toMatchObject([{ code: 'STATUS_MOVE_REFUSED' }]);
    expect(await ticketOf(id)).toMatchObject({ status: { category: 'WAITING' }, messages: { edges: [{ node: { direction: 'OUT' } }] } });
  });

  it('goes out once, however often it is asked with one key, and ends its draft but not the note’s', async () => {
    const { id } = await asked();
    const draft = crypto.randomUUID();
    for (const [kind, draftId] of [
      ['REPLY', draft],
      ['NOTE', crypto.randomUUID()],
    ] as const)
      await ada.run(DRAFT, { input: { ticketId: id, kind, id: draftId, body: `<p>${kind}</p>`, revision: 1 } });
    const input = { ticketId: id, body: '<p>Once</p>', draftId: draft, idempotencyKey: draft };
    const answers = await Promise.all([reply(ada, input), reply(ada, input), reply(ada, input)]);
    const late = await ada.run(DRAFT, { input: { ticketId: id, kind: 'REPLY', id: draft, body: '<p>late</p>', revision: 9 } });

    expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
    expect((await ticketOf(id)).messages.edges).toHaveLength(1);
    expect(late.draftSave.draft).toBeNull();
    expect(await ada.run(DRAFTS, { ticketId: id })).toEqual({ reply: null, note: { body: '<p>NOTE</p>' } });
  });

  it('is held back when a colleague replied or the client wrote meanwhile, and goes out when that was read', async () => {
    const { id } = await asked();
    const { version } = await ticketOf(id);
    await reply(bob, { ticketId: id, body: '<p>I have it</p>' });
    const second = await reply(ada, { ticketId: id, body: '<p>Me too</p>', seenVersion: version });
    await hear(id);
    const third = await reply(bob, { ticketId: id, body: '<p>More</p>', seenVersion: second.userErrors[0].version });
    const fourth = await reply(bob, { ticketId: id, body: '<p>More</p>', seenVersion: third.userErrors[0].version });

    expect(second.userErrors).toMatchObject([{ __typename: 'MessageMeanwhile', message: expect.stringMatching(/^Somebody else replied/) }]);
    expect(third.userErrors).toMatchObject([{ __typename: 'MessageMeanwhile', message: expect.stringMatching(/^The client wrote/) }]);
    expect(fourth.userErrors).toEqual([]);
    expect((await ticketOf(id)).messages.edges.map(({ node }: { node: { body: string } }) => node.body)).toEqual([
      '<p>I have it</p>',
      '<p>Any news?</p>',
      '<p>More</p>',
    ]);
  });

  it('is not written by light agents, nor by agents on a colleague’s ticket, nor to nobody, nor empty', async () => {
    const { id } = await asked();
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const nobodys = await world.ticket({ teamId: team });
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, id]);

    expect((await reply(light, { ticketId: id, body: '<p>x</p>' })).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await reply(ada, { ticketId: id, body: '<p>x</p>' })).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await reply(ada, { ticketId: nobodys.id, body: '<p>x</p>' })).userErrors).toMatchObject([{ code: 'NO_CLIENT' }]);
    expect((await reply(bob, { ticketId: id, body: '<p> </p>' })).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    expect((await ticketOf(id)).messages.edges).toEqual([]);
  });
});

describe('a message of the client', () => {
  it('opens a ticket again that was waiting, done, or closed a short while ago, counts it, and tells its people', async () => {
    const { id } = await asked();
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, id]);
    await world.sql('update ticket set assignee_id = ? where id = ?', [ada.id, id]);
    const begin = Date.now();
    for (const to of ['WAITING', 'RESOLVED', 'CLOSED'] as const) {
      await move(id, to);
      world.time.now = new Date(begin + 13 * 86_400_000);
      const { message } = await hear(id);
      world.time.now = null;
      expect(message).toMatchObject({ direction: 'IN', authorName: 'Wilma', author: null, channel: 'API' });
      expect((await ticketOf(id)).status.category).toBe('OPEN');
    }
    expect((await ticketOf(id)).reopenCount).toBe(2);

    await move(id, 'CLOSED');
    world.time.now = new Date(Date.now() + 15 * 86_400_000);
    const late = await hear(id);
    world.time.now = null;
    expect(late.userErrors).toEqual([]);
    expect(await ticketOf(id)).toMatchObject({
      status: { category: 'CLOSED' },
      messages: { edges: expect.objectContaining({ length: 3 }) },
    });
    const { links } = (await ada.run('query ($id: ID!) { ticket(id: $id) { links { role ticket { id } } } }', { id })).ticket;
    expect(links).toMatchObject([{ role: 'FOLLOW_UP' }]);
    expect(await ticketOf(links[0].ticket.id)).toMatchObject({
      status: { category: 'NEW' },
      messages: { edges: [{ node: { direction: 'IN', body: '<p>Any news?</p>' } }] },
    });
  });

  it('wakes a ticket that was put aside', async () => {
    const { id } = await asked();
    await ada.run('mutation ($input: TicketSnoozeInput!) { ticketSnooze(input: $input) { ticket { id } } }', {
      input: { ticketId: id, until: new Date(Date.now() + 86_400_000).toISOString() },
    });
    await hear(id);

    expect((await ada.run('query ($id: ID!) { ticket(id: $id) { snoozedUntil } }', { id })).ticket.snoozedUntil).toBeNull();
  });

  it('is told to the assignee, once', async () => {
    const { id } = await asked();
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, id]);
    const admin = await world.person('ADMIN');
    await admin.run(RECEIVE, { input: { ticketId: id, body: '<p>Hello</p>', idempotencyKey: 'the-same-key' } });
    await admin.run(RECEIVE, { input: { ticketId: id, body: '<p>Hello</p>', idempotencyKey: 'the-same-key' } });

    expect(await world.sql('select reason, type from notification where member_id = ? and ticket_id = ?', [bob.id, id])).toEqual([
      { reason: 'ASSIGNEE', type: 'message.received' },
    ]);
  });
});

describe('the page of a public link', () => {
  it('shows what was said and no name of the desk’s people, live, and takes what the client writes, once', async () => {
    const { id } = await asked({ email: null });
    const token = await linkTo(id);
    await move(id, 'WAITING');
    const messageId = crypto.randomUUID();
    const write = (text: string, message = messageId) => askAsClient(token, WRITE, { input: { id: message, text } });
    const [first, again] = await Promise.all([write('Still <broken>\n\nReally'), write('Still <broken>\n\nReally')]);
    await reply(ada, { ticketId: id, body: '<p>We look at it</p>' });
    const { data } = await askAsClient(token, '{ ticket { state messages { mine body } } }');
    const empty = await write('  ', crypto.randomUUID());

    expect([first, again].map((answer) => answer.data.messageSend)).toEqual([
      { sent: true, refusal: null, followUpUrl: null },
      { sent: true, refusal: null, followUpUrl: null },
    ]);
    expect(data.ticket).toEqual({
      state: 'OPEN',
      messages: [
        { mine: true, body: '<p>Still &lt;broken&gt;</p><p>Really</p>' },
        { mine: false, body: '<p>We look at it</p>' },
      ],
    });
    expect(empty.data.messageSend).toMatchObject({ sent: false, refusal: expect.stringContaining('empty') });
    // Without an address nothing is mailed: they read it where they wrote.
    expect(await world.sql(`select id from outgoing_mail where subject like 'Re: Broken kettle%' and recipient is null`)).toEqual([]);
    const { messages } = await ticketOf(id);
    expect(messages.edges.map(({ node }: { node: { authorName: string } }) => node.authorName)).toEqual(['Wilma', 'Ada']);
  });

  it('is answered on the channel that it came by, which is the link’s own after a conversation by e-mail', async () => {
    const { id, client } = await asked();
    await reply(ada, { ticketId: id, body: '<p>By e-mail</p>' });
    await askAsClient(await linkTo(id), WRITE, { input: { id: crypto.randomUUID(), text: 'On the page' } });
    const answer = await reply(ada, { ticketId: id, body: '<p>On the page too</p>' });
    const { ticket } = await ada.run('query ($id: ID!) { ticket(id: $id) { messages { edges { node { channel } } } } }', { id });
    const letters = await world.sql<{ body: string }>('select body from outgoing_mail where recipient = ? order by created_at', [
      client.email,
    ]);

    expect(answer.message).toMatchObject({ channel: 'LINK' });
    expect(ticket.messages.edges.map(({ node }: { node: { channel: string } }) => node.channel)).toEqual(['EMAIL', 'LINK', 'LINK']);
    // Whoever wrote on the page has left it: the answer is in their post as well.
    expect(letters.map(({ body }) => body.split('\n')[0])).toEqual(['By e-mail', 'On the page too']);
  });

  it('is told in the log to have been the client’s doing', async () => {
    const { id } = await asked();
    const token = await linkTo(id);
    await move(id, 'WAITING');
    await askAsClient(token, WRITE, { input: { id: crypto.randomUUID(), text: 'I am here' } });
    const { ticket } = await ada.run(
      'query ($id: ID!) { ticket(id: $id) { activity { edges { node { type byClient actor { id } } } } } }',
      { id },
    );

    expect(ticket.activity.edges.slice(-2).map(({ node }: { node: object }) => node)).toEqual([
      { type: 'ticket.status_changed', byClient: true, actor: null },
      { type: 'message.received', byClient: true, actor: null },
    ]);
  });

  it('takes no more than somebody would write, and nothing by the id of another ticket’s message', async () => {
    const { id } = await asked();
    const other = await asked();
    const token = await linkTo(id);
    const foreign = await hear(other.id);
    const outcomes: boolean[] = [];
    for (let index = 0; index < 22; index++)
      outcomes.push((await askAsClient(token, WRITE, { input: { id: crypto.randomUUID(), text: `${index}` } })).data.messageSend.sent);
    const taken = await askAsClient(await linkTo(other.id), WRITE, { input: { id: (await hear(id)).message.id, text: 'mine' } });

    expect(outcomes.filter(Boolean)).toHaveLength(20);
    expect(foreign.userErrors).toEqual([]);
    expect(taken.data?.messageSend?.sent ?? false).toBe(false);
    expect((await ticketOf(other.id)).messages.edges).toHaveLength(1);
  });

  it('leads on to the ticket that follows up one closed too long ago, the same however often it is asked', async () => {
    const { id } = await asked();
    const token = await linkTo(id);
    await move(id, 'CLOSED');
    world.time.now = new Date(Date.now() + 20 * 86_400_000);
    const input = { id: crypto.randomUUID(), text: 'It leaks again' };
    const first = (await askAsClient(token, WRITE, { input })).data.messageSend;
    const again = (await askAsClient(token, WRITE, { input })).data.messageSend;
    const next = await askAsClient(first.followUpUrl.split('#')[1], '{ ticket { state subject messages { body } } }');

    expect(first).toMatchObject({ sent: true, followUpUrl: expect.stringContaining('/follow#ticket_') });
    expect(again).toEqual(first);
    expect(next.data.ticket).toEqual({ state: 'NEW', subject: 'Broken kettle', messages: [{ body: '<p>It leaks again</p>' }] });
    expect((await askAsClient(token, '{ ticket { state messages { body } } }')).data.ticket).toEqual({ state: 'CLOSED', messages: [] });
  });

  it('repeats the first answer to a message that is sent again, also after the link of the follow-up ticket was revoked', async () => {
    const { id } = await asked();
    const token = await linkTo(id);
    await move(id, 'CLOSED');
    world.time.now = new Date(Date.now() + 20 * 86_400_000);
    const input = { id: crypto.randomUUID(), text: 'It leaks again' };
    const send = async (value = token) => (await askAsClient(value, WRITE, { input })).data.messageSend;
    const state = async (url: string) => (await askAsClient(url.split('#')[1] ?? '', '{ ticket { state } }')).data?.ticket ?? null;
    const first = await send();
    const followUpId = (await ada.run('query ($id: ID!) { ticket(id: $id) { links { ticket { id } } } }', { id })).ticket.links[0].ticket
      .id;
    await ada.run(REVOKE, { id: followUpId });

    const afterRevoke = await send();
    const reopened = await linkTo(followUpId);
    const afterReopen = await send();

    expect(first.followUpUrl).toContain('#ticket_');
    expect([afterRevoke, afterReopen]).toEqual([first, first]);
    expect(await state(first.followUpUrl)).toBeNull();
    // A link that an agent created later is never returned to the customer.
    expect(await state(`x#${reopened}`)).toEqual({ state: 'NEW' });
    expect((await ticketOf(followUpId)).messages.edges).toHaveLength(1);
  });

  it('repeats the first answer also after an agent moved the message to another ticket or gave the ticket another customer', async () => {
    const { id } = await asked();
    const token = await linkTo(id);
    const other = await asked();
    const inputs = ['Split me', 'Keep me'].map((text) => ({ id: crypto.randomUUID(), text }));
    const send = async (input: object) => (await askAsClient(token, WRITE, { input })).data.messageSend;
    const first = await Promise.all(inputs.map(send));
    const { ticketSplit } = await ada.run(
      'mutation ($input: TicketSplitInput!) { ticketSplit(input: $input) { ticket { id publicLink { url } } userErrors { ... on UserError { message } } } }',
      { input: { ticketId: id, subject: 'Part', messageIds: [inputs[0]?.id], noteIds: [] } },
    );
    await ada.run('mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } } }', {
      input: { ticketId: id, requesterId: { from: await requesterOf(id), to: other.client.id } },
    });

    const again = await Promise.all(inputs.map(send));

    expect(ticketSplit.userErrors).toEqual([]);
    expect(first).toEqual(inputs.map(() => ({ sent: true, refusal: null, followUpUrl: null })));
    expect(again).toEqual(first);
    expect(
      (await ada.run('query ($id: ID!) { ticket(id: $id) { publicLink { url } } }', { id: ticketSplit.ticket.id })).ticket.publicLink,
    ).toBeNull();
  });

  it('hears of a reply at once', async () => {
    const { id } = await asked();
    const events: string[] = [];
    const stream = ada.follow('subscription ($id: ID!) { ticketChanged(id: $id) { messages { edges { node { body } } } } }', { id });
    await stream.begun();
    await reply(bob, { ticketId: id, body: '<p>Live</p>' });
    await stream.until(({ ticketChanged }) => {
      events.push(JSON.stringify(ticketChanged));
      return ticketChanged.messages.edges.length === 1;
    });
    await waitFor(() => events.length > 0);
  });
});

describe('a client who was blocked', () => {
  const BLOCK = `mutation ($input: ContactBlockInput!) { contactBlock(input: $input) { contact { blockedAt version } userErrors { ... on UserError { code } } } }`;
  const block = async (contactId: string, blocked: boolean, person = ada) =>
    (await person.run(BLOCK, { input: { contactId, blocked } })).contactBlock;

  it('reaches nobody by any way, until they are let in again', async () => {
    const { id, client } = await asked();
    const token = await linkTo(id);
    await move(id, 'WAITING');
    expect((await block(client.id, true)).contact.blockedAt).not.toBeNull();

    expect((await hear(id)).userErrors).toEqual([{ code: 'SENDER_BLOCKED' }]);
    const written = await askAsClient(token, WRITE, { input: { id: crypto.randomUUID(), text: 'Buy this' } });
    expect(written.data.messageSend).toMatchObject({ sent: false, refusal: expect.stringContaining('not taken') });
    const opened = await ada.run(
      `mutation ($input: ConversationOpenInput!) { conversationOpen(input: $input) { userErrors { ... on UserError { code } } } }`,
      { input: { contactId: client.id, body: 'Buy this' } },
    );
    expect(opened.conversationOpen.userErrors).toEqual([{ code: 'SENDER_BLOCKED' }]);
    expect((await ticketOf(id)).status.category).toBe('WAITING');

    expect((await block(client.id, false)).contact.blockedAt).toBeNull();
    expect((await hear(id)).userErrors).toEqual([]);
    expect((await ticketOf(id)).status.category).toBe('OPEN');
  });

  it('is blocked by those who may change clients', async () => {
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const client = await world.contact();

    expect((await block(client.id, true, light)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await block(crypto.randomUUID(), true)).userErrors).toMatchObject([{ code: 'CONTACT_NOT_FOUND' }]);
  });
});
