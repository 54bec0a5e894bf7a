import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { waitFor, World, type Person } from '../../testing/world.ts';

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { email workspace { name } member { name role } permissions } userErrors { __typename ... on UserError { code message } ... on TooManyAttempts { retryAfterSeconds } } } }`;
const CREATE = `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { accessToken { id name hint expiresAt } secret userErrors { ... on UserError { code field } } } }`;
const REVOKE = `mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { accessToken { id } userErrors { ... on UserError { code } } } }`;

let world: World;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  ada = await world.person('AGENT', { name: 'Ada' });
});
afterAll(() => world.close());

async function post(query: string, variables: object, headers: Record<string, string> = {}) {
  const response = await fetch(`http://${world.node(0).url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { body: (await response.json()) as Awaited<ReturnType<Person['ask']>>, cookie: response.headers.get('set-cookie') };
}

describe('signing in', () => {
  it('opens a session in a cookie that scripts cannot read, and ends it', async () => {
    const { body, cookie } = await post(SIGN_IN, { input: { email: 'ADA@desk.test ', password: 'correct horse' } });
    const session = { cookie: cookie?.split(';')[0] ?? '' };
    const during = await post('{ viewer { email } }', {}, session);
    const out = await post('mutation { signOut { signedOut } }', {}, session);
    const after = await post('{ viewer { email } }', {}, session);

    expect(body.data.signIn.viewer).toMatchObject({
      email: 'ada@desk.test',
      workspace: { name: 'Desk' },
      member: { name: 'Ada', role: 'AGENT' },
    });
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(during.body.data.viewer).toEqual({ email: 'ada@desk.test' });
    expect(out.body.data.signOut.signedOut).toBe(true);
    expect(after.body.data.viewer).toBeNull();
  });

  it('gives one answer for a wrong password and an unknown address', async () => {
    const wrong = await post(SIGN_IN, { input: { email: 'ada@desk.test', password: 'wrong' } });
    const unknown = await post(SIGN_IN, { input: { email: 'nobody@desk.test', password: 'wrong' } });

    expect(wrong.body.data.signIn.userErrors).toMatchObject([{ __typename: 'SignInRefused' }]);
    expect(unknown.body.data).toEqual(wrong.body.data);
    expect(wrong.cookie).toBeNull();
  });

  it('stops guessing after ten attempts on one account from one address, the right password among them', async () => {
    await world.person('AGENT', { name: 'Target' });
    const guess = (password: string) => post(SIGN_IN, { input: { email: 'target@desk.test', password } });
    for (let attempt = 0; attempt < 10; attempt++) await guess('guess');

    const { body } = await guess('correct horse');

    expect(body.data.signIn.userErrors).toMatchObject([{ __typename: 'TooManyAttempts', retryAfterSeconds: expect.any(Number) }]);
  });

  it('keeps passwords as argon2id and secrets as hashes only', async () => {
    const rows = await world.sql<{ password_hash: string }>('select password_hash from account');
    const tokens = await world.sql<{ token_hash: string }>('select token_hash from session union select token_hash from access_token');

    for (const { password_hash } of rows) expect(password_hash).toMatch(/^argon2id\$/);
    for (const { token_hash } of tokens) expect(token_hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('access tokens', () => {
  it('act as their maker until they are revoked', async () => {
    const { accessTokenCreate } = await ada.run(CREATE, { input: { name: 'Sync job', days: 30 } });
    const program = { authorization: `Bearer ${accessTokenCreate.secret}` };
    const working = await post('{ viewer { member { name } } }', {}, program);
    const { accessTokens } = await ada.run('{ accessTokens { name hint lastUsedAt } }');
    await ada.run(REVOKE, { input: { id: accessTokenCreate.accessToken.id } });
    const revoked = await post('{ viewer { member { name } } }', {}, program);

    expect(working.body.data.viewer.member.name).toBe('Ada');
    expect(accessTokens).toContainEqual({ name: 'Sync job', hint: accessTokenCreate.secret.slice(0, 10), lastUsedAt: expect.any(String) });
    expect(revoked.body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('that open nothing say why: unknown, expired or revoked', async () => {
    const create = async (name: string) => (await ada.run(CREATE, { input: { name } })).accessTokenCreate;
    const [expired, revoked] = [await create('Expired'), await create('Revoked')];
    await world.sql(`update access_token set expires_at = now() - interval '1 second' where id = ?`, [expired.accessToken.id]);
    await ada.run(REVOKE, { input: { id: revoked.accessToken.id } });
    const leaver = await world.person('AGENT');
    await world.sql('update member set active = false where id = ?', [leaver.id]);
    const answerTo = async (secret: string) => (await post('{ viewer { email } }', {}, { authorization: `Bearer ${secret}` })).body;

    for (const [secret, word] of [
      ['baton_never', 'unknown'],
      [expired.secret, 'expired'],
      [revoked.secret, 'revoked'],
      [leaver.secret, 'revoked'],
    ] as const) {
      const { data, errors } = await answerTo(secret);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ message: expect.stringContaining(word), extensions: { code: 'UNAUTHENTICATED' } }]);
      const stream = world.seat(ada.member, secret, 0).follow('subscription { settingsChanged }');
      await waitFor(() => stream.faults.length > 0, 'the subscription to be refused');
      expect(stream.faults.join()).toContain(word);
      const file = await fetch(`http://${world.node(0).url}/files/${crypto.randomUUID()}/x`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect([file.status, await file.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED', message: expect.stringContaining(word) }]);
    }
  });

  it('are nobody else’s to revoke, and guests have none', async () => {
    const bob = await world.person('AGENT');
    const guest = await world.person('GUEST');
    const { accessTokenCreate } = await ada.run(CREATE, { input: { name: 'Mine' } });

    const byBob = await bob.run(REVOKE, { input: { id: accessTokenCreate.accessToken.id } });
    const byGuest = await guest.run(CREATE, { input: { name: 'Guest' } });
    const tooLong = await ada.run(CREATE, { input: { name: 'Old', days: 4000 } });

    expect(byBob.accessTokenRevoke.userErrors).toMatchObject([{ code: 'ACCESS_TOKEN_NOT_FOUND' }]);
    expect(byGuest.accessTokenCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(tooLong.accessTokenCreate.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'days' }]);
  });
});

it('lists the people and teams of the workspace and no other', async () => {
  await world.stranger();
  const team = await world.team('Support');
  await world.person('AGENT', { name: 'Teamed', teams: [team] });

  const { members, teams } = await ada.run('{ members { name teams { name } } teams { name } }');

  expect(members).toContainEqual({ name: 'Teamed', teams: [{ name: 'Support' }] });
  expect(members.map(({ name }: { name: string }) => name).filter((name: string) => name.startsWith('Stranger'))).toEqual([]);
  expect(teams).toEqual([{ name: 'Support' }]);
});

it('opens no socket to a page of another origin', async () => {
  const answerTo = (origin: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://${world.node(0).url}/graphql`, 'graphql-transport-ws', { origin });
      socket.on('open', () => resolve(101)).on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => socket.close()).on('error', () => undefined);
    });

  expect(await answerTo('https://elsewhere.test')).toBe(403);
  expect(await answerTo('http://desk.test')).toBe(101);
});
