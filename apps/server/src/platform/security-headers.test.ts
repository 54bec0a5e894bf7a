import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerProcess } from '../testing/server-process.ts';
import { World } from '../testing/world.ts';

let world: World;
let server: ServerProcess;

beforeAll(async () => {
  world = await World.open();
  server = await ServerProcess.start({ DATABASE_URL: world.databaseUrl, GRAPHIQL: 'true' });
});
afterAll(async () => {
  await server.stop();
  await world.close();
});

async function policyOf(path: string): Promise<Record<string, string>> {
  const response = await fetch(`http://${server.url}${path}`);
  const directives = (response.headers.get('content-security-policy') ?? '').split(';').map((directive) => directive.trim().split(' '));
  return Object.fromEntries(directives.map(([name = '', ...values]) => [name, values.join(' ')]));
}

it('lets pages connect to their own origin alone', async () => {
  expect(await policyOf('/sign-in')).toMatchObject({ 'connect-src': "'self'", 'default-src': "'self'" });
});

it('lets GraphiQL run the scripts of this server alone', async () => {
  const policy = await policyOf('/graphiql');

  expect(policy).toMatchObject({ 'default-src': "'none'", 'script-src': "'self'", 'connect-src': "'self'", 'frame-ancestors': "'none'" });
});

it.each(['/readyz', '/graphql', '/files/x', '/graphiql/start.js', '//'])('lets the answer of %s run and load nothing', async (path) => {
  expect(await policyOf(path)).toEqual({ 'default-src': "'none'", 'frame-ancestors': "'none'" });
});
