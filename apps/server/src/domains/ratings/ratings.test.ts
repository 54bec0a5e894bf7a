import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../../testing/world.ts';

const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { message } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { message } } } }`;
const LOOK = `query ($id: ID!) { ticket(id: $id) { status { id } ratings { id score comment } publicLink { url } activity { edges { node { type byClient changes { from { text } to { text } } } } } } }`;
const RATE = `mutation ($input: ClientRatingInput!) { ratingGive(input: $input) { rating { score comment } refusal } }`;
const REMOVE = `mutation ($input: RatingRemoveInput!) { ratingRemove(input: $input) { ticket { ratings { id } } userErrors { ... on UserError { code } } } }`;

let world: World;
let owner: Person;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
  ada = await world.person('SUPERVISOR', { name: 'Ada' });
});
afterAll(() => world.close());

const ask = async (askForRating: boolean) => {
  const { lifecycle } = await owner.run('{ lifecycle { reopenDays lifecycleVersion } }');
  const SAVE = `mutation ($input: LifecycleSaveInput!) { lifecycleSave(input: $input) { userErrors { ... on UserError { message } } } }`;
  expect((await owner.run(SAVE, { input: { ...lifecycle, askForRating } })).lifecycleSave.userErrors).toEqual([]);
};
const look = async (id: string, person = ada) => (await person.run(LOOK, { id })).ticket;
async function move(id: string, to: 'OPEN' | 'RESOLVED' | 'CLOSED') {
  const { status } = await look(id);
  const { ticketSetStatus } = await ada.run(STATUS, { input: { ticketId: id, from: status.id, to: world.status(to) } });
  expect(ticketSetStatus.userErrors).toEqual([]);
}
async function talked() {
  const client = await world.contact();
  const { id } = await world.ticket({ requesterId: client.id });
  await ada.run(REPLY, { input: { ticketId: id, body: '<p>Here you are</p>' } });
  const [, token = ''] = (await look(id)).publicLink.url.split('#');
  const asClient = async (query: string, variables: object = {}): Promise<Reply> => {
    const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Reply;
  };
  const rate = async (score: number, comment = '') => (await asClient(RATE, { input: { score, comment } })).data.ratingGive;
  const rating = async () => (await asClient('{ ticket { rating { score comment } } }')).data.ticket.rating;
  const letters = async () =>
    (
      await world.sql<{ body: string }>(`select body from outgoing_mail where recipient = ? and body like ?`, [
        client.email,
        '%How were we%',
      ])
    ).length;
  return { id, rate, rating, letters };
}

describe('a client whose ticket is resolved', () => {
  it('is asked once for each resolution, says it on the page of their link, and may say otherwise', async () => {
    await ask(true);
    const { id, rate, rating, letters } = await talked();
    expect(await rating()).toBeNull();
    await move(id, 'RESOLVED');
    expect([await letters(), await rating()]).toEqual([1, { score: null, comment: '' }]);
    await move(id, 'CLOSED');
    expect(await letters()).toBe(1);

    expect(await rate(2, 'Slow')).toEqual({ rating: { score: 2, comment: 'Slow' }, refusal: null });
    expect(await rate(4, ' It works now ')).toEqual({ rating: { score: 4, comment: 'It works now' }, refusal: null });
    expect((await look(id)).ratings).toMatchObject([{ score: 4, comment: 'It works now' }]);

    await move(id, 'OPEN');
    expect(await rating()).toBeNull();
    await move(id, 'RESOLVED');
    expect([await letters(), await rating()]).toEqual([2, { score: null, comment: '' }]);
    await rate(5);
    await rate(5, 'Quick');
    expect((await look(id)).ratings.map(({ score }: { score: number }) => score)).toEqual([4, 5]);
    const told = (await look(id)).activity.edges.map(({ node }: { node: { type: string } }) => node);
    expect(told.filter(({ type }: { type: string }) => type.startsWith('rating.'))).toEqual([
      { type: 'rating.asked', byClient: false, changes: [] },
      { type: 'rating.given', byClient: true, changes: [{ from: null, to: { text: '2' } }] },
      { type: 'rating.given', byClient: true, changes: [{ from: { text: '2' }, to: { text: '4' } }] },
      { type: 'rating.asked', byClient: false, changes: [] },
      { type: 'rating.given', byClient: true, changes: [{ from: null, to: { text: '5' } }] },
      // Why comes after: it was not rated twice.
      { type: 'rating.commented', byClient: true, changes: [] },
    ]);
  });

  it('is not asked where the workspace does not want it, nor about a ticket that they know nothing of', async () => {
    await ask(false);
    const quiet = await talked();
    await move(quiet.id, 'RESOLVED');
    expect([await quiet.letters(), await quiet.rating()]).toEqual([0, null]);
    expect(await quiet.rate(5)).toMatchObject({ rating: null, refusal: expect.stringContaining('resolved') });

    await ask(true);
    const client = await world.contact();
    const { id } = await world.ticket({ requesterId: client.id });
    await move(id, 'RESOLVED');
    expect(await world.sql('select 1 from outgoing_mail where recipient = ?', [client.email])).toEqual([]);
  });

  it('rates what is resolved alone, from 1 to 5', async () => {
    await ask(true);
    const { id, rate } = await talked();
    expect((await rate(5)).refusal).toContain('once it is resolved');
    await move(id, 'RESOLVED');
    for (const score of [0, 6]) expect((await rate(score)).refusal).toContain('1 to 5');
    expect((await rate(3, 'x'.repeat(2001))).refusal).toContain('2000');
  });
});

it('takes a rating away with an entry, for those who may delete tickets', async () => {
  await ask(true);
  const { id, rate } = await talked();
  await move(id, 'RESOLVED');
  await rate(1, 'You fools');
  const [rating] = (await look(id)).ratings;
  const remove = async (person: Person, ratingId: string) => (await person.run(REMOVE, { input: { ratingId } })).ratingRemove;

  expect((await remove(ada, rating.id)).userErrors).toEqual([{ code: 'NOT_PERMITTED' }]);
  expect(await remove(owner, rating.id)).toEqual({ ticket: { ratings: [] }, userErrors: [] });
  expect((await look(id)).activity.edges.at(-1).node).toEqual({
    type: 'rating.removed',
    byClient: false,
    changes: [{ from: { text: '1' }, to: null }],
  });
  expect((await remove(owner, crypto.randomUUID())).userErrors).toEqual([{ code: 'RATING_NOT_FOUND' }]);
});
