import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from './app.ts';
import { createLogger } from './platform/logger.ts';
import { World } from './testing/world.ts';

const token = 'a-token-for-scrapes-only';
let world: World;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  world = await World.open();
  const app = await openApp(
    world.desk,
    { publicUrl: 'http://localhost', graphiql: false, introspection: false, trustedProxies: [], pagesPath: null, metricsToken: token },
    createLogger('silent'),
  );
  url = await app.http.listen({ port: 0, host: '127.0.0.1' });
  close = () => app.close();
});
afterAll(async () => {
  await close();
  await world.close();
});

const scrape = (authorization = `Bearer ${token}`) => fetch(`${url}/metrics`, { headers: { authorization } });

/** The value of a metric, by its name and labels as they are written. */
async function valueOf(metric: string): Promise<number> {
  const line = (await (await scrape()).text()).split('\n').find((one) => one.startsWith(`${metric} `));
  if (!line) throw new Error(`no metric ${metric}`);
  return Number(line.split(' ').at(-1));
}

it('shows metrics to callers with the token and to no others', async () => {
  expect((await scrape('')).status).toBe(401);
  expect((await scrape('Bearer another')).status).toBe(401);
  expect((await scrape()).status).toBe(200);
});

it('measures every queue, the pool, sockets and the event loop of the node', async () => {
  const text = await (await scrape()).text();

  for (const queue of ['events', 'email', 'push', 'bulk', 'sla', 'failed']) {
    expect(text).toContain(`baton_queue_size{queue="${queue}"}`);
    expect(text).toContain(`baton_queue_oldest_seconds{queue="${queue}"}`);
  }
  expect(text).toContain('baton_database_connections{pool="requests",state="waiting"} 0');
  expect(text).toContain('baton_sockets{path="/graphql"} 0');
  expect(text).toContain('baton_redis_up 1');
  expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
});

it('counts what waits and for how long', async () => {
  await world.sql(
    `insert into outgoing_mail (id, workspace_id, recipient, subject, body, created_at, due_at)
     values (gen_random_uuid(), '${world.workspaceId}', 'a@b.test', 's', 'b', now(), now() - interval '10 minutes')`,
  );
  await expect.poll(() => valueOf('baton_queue_size{queue="email"}'), { timeout: 10_000 }).toBe(1);

  expect(await valueOf('baton_queue_oldest_seconds{queue="email"}')).toBeGreaterThan(590);
});

it('labels requests by the declared route, never by what a client sent', async () => {
  await fetch(`${url}/files/secret-name-of-a-file`);
  await fetch(`${url}/no/such/path`);

  const text = await (await scrape()).text();
  expect(text).toMatch(/baton_http_request_duration_seconds_count\{method="GET",route="unknown",status="404"\} \d/);
  expect(text).not.toContain('secret-name');
});
