import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from './testing/world.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
const [query = '', mutation = '', subscription = ''] = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map(([, text]) => text);

let world: World;
let integrator: Person;

beforeAll(async () => {
  world = await World.open();
  integrator = await world.person('AGENT');
});
afterAll(() => world.close());

it('gives integrators a query, a mutation and a subscription that work when pasted', async () => {
  const page = await integrator.run(query);
  const changes = integrator.follow(subscription, { after: page.tickets.position });
  const { ticketCreate } = await integrator.run(mutation);

  const { ticketsChanged } = await changes.until((data) => data.ticketsChanged.kind === 'ENTERED');
  expect(page.tickets.totalCount).toBe(0);
  expect(ticketCreate.userErrors).toEqual([]);
  expect(ticketsChanged.ticket).toEqual({ number: ticketCreate.ticket.number, subject: 'The label printer prints blank pages' });
});

it('names every variable of the configuration', () => {
  const variables = [...readFileSync(join(import.meta.dirname, 'config.ts'), 'utf8').matchAll(/^ {2,4}([A-Z_]+):/gm)].map(
    ([, name]) => name,
  );
  const example = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');

  expect(variables.length).toBeGreaterThan(8);
  for (const name of variables) {
    expect(readme).toContain(`\`${name}\``);
    expect(example).toContain(`${name}=`);
  }
});
