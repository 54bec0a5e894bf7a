import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../testing/world.ts';

const samples = 200;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { ... on UserError { code } } } }`;
const FORGOTTEN = `mutation ($input: PasswordForgottenInput!) { passwordForgotten(input: $input) { accepted } }`;

let world: World;

beforeAll(async () => {
  world = await World.open();
  await world.person('AGENT', { name: 'Known' });
});
afterAll(() => world.close());

async function timeOf(query: string, input: object): Promise<number> {
  // Counted tries would be refused before any work is done.
  await world.sql('delete from rate_limit');
  const begun = performance.now();
  const response = await fetch(`http://${world.node(0).url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  await response.text();
  return performance.now() - begun;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Asks both in turn, in an order by chance, so that whatever else the machine does hits both alike. */
async function ratioOf(query: string, known: object, unknown: object): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let warmUp = 0; warmUp < 10; warmUp++) for (const input of [known, unknown]) await timeOf(query, input);
  for (let sample = 0; sample < samples; sample++) {
    for (const which of Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const)) {
      times[which].push(await timeOf(query, which === 0 ? known : unknown));
    }
  }
  const [ofKnown, ofUnknown] = times.map(median) as [number, number];
  return Math.max(ofKnown, ofUnknown) / Math.min(ofKnown, ofUnknown);
}

describe('an address that has an account takes as long to answer as one that has none', () => {
  it('when a wrong password is given', { timeout: 120_000 }, async () => {
    const password = 'not the password';
    const ratio = await ratioOf(SIGN_IN, { email: 'known@desk.test', password }, { email: 'never@desk.test', password });

    expect(ratio).toBeLessThan(1.1);
  });

  it('when a reset link is requested', { timeout: 120_000 }, async () => {
    const ratio = await ratioOf(FORGOTTEN, { email: 'known@desk.test' }, { email: 'never@desk.test' });

    expect(ratio).toBeLessThan(1.1);
  });
});
