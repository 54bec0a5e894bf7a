import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const LIST = `query ($after: String) { failedJobs(first: 50, after: $after) { edges { node {
  id kind attempts error ticket { id } member { id } recipient firstFailedAt failedAt } } } }`;
const RETRY = `mutation ($id: ID!) { failedJobRetry(input: { failedJobId: $id }) { retriedId userErrors { ... on UserError { code } } } }`;
const DISCARD = `mutation ($id: ID!) { failedJobDiscard(input: { failedJobId: $id }) { discardedId userErrors { ... on UserError { code } } } }`;
const BULK = `mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } userErrors { ... on UserError { message } } } }`;
const JOB = `query ($id: ID!) { bulkJob(id: $id) { finishedAt outcomes { outcome count } } }`;
const minute = 60_000;
const day = 86_400_000;

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2 });
  owner = await world.person('OWNER');
  await world.sql(
    `create function test_poison() returns trigger language plpgsql as $$ begin raise exception 'this row is broken'; end $$`,
  );
  await world.sql('update workspace set close_after_days = 3');
});
afterAll(() => world.close());

async function otherWorkspace() {
  const stranger = await world.stranger();
  await world.sql('update workspace set close_after_days = 3');
  return stranger;
}

/** Makes every change of a ticket fail. */
async function poison(ticketId: string): Promise<() => Promise<unknown>> {
  const name = `poison_${ticketId.replaceAll('-', '')}`;
  await world.sql(
    `create trigger ${name} before update on ticket for each row when (old.id = '${ticketId}') execute function test_poison()`,
  );
  return () => world.sql(`drop trigger ${name} on ticket`);
}

const failedJobs = async (person = owner) =>
  (await person.run(LIST)).failedJobs.edges.map(({ node }: { node: Record<string, unknown> }) => node);
const failedOn = async (ticketId: string) =>
  (await failedJobs()).filter(({ ticket }: { ticket: { id: string } | null }) => ticket?.id === ticketId);
const attemptsOf = async (ticketId: string) =>
  (await world.sql<{ attempts: number }>('select attempts from work_attempt where ticket_id = ?', [ticketId]))[0]?.attempts ?? 0;
const categoryOf = async (id: string) =>
  (await world.sql<{ category: string }>('select category from ticket where id = ?', [id]))[0]?.category;

async function resolved(workspaceId = world.workspaceId): Promise<string> {
  const { id } = await world.ticketIn(workspaceId);
  await world.sql(
    `update ticket set category = 'RESOLVED', status_since = ?, status_id = (select id from status where workspace_id = ? and category = 'RESOLVED' limit 1) where id = ?`,
    [new Date((world.time.now ?? new Date()).getTime() - 4 * day), workspaceId, id],
  );
  return id;
}

/** Lets the waits between attempts pass until the work is given up. */
async function exhaust(ticketId: string): Promise<void> {
  await waitFor(async () => {
    world.time.now = new Date((world.time.now ?? new Date()).getTime() + 3 * minute);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return (await failedOn(ticketId)).length > 0;
  }, 'the work to be given up');
}

it('gives work up after five attempts, lists it for administrators, and does all other work of all workspaces', async () => {
  world.time.now = new Date();
  const stranger = await otherWorkspace();
  const broken = await resolved();
  const heal = await poison(broken);
  const [sound, foreign] = [await resolved(), await resolved(stranger.person.member.workspaceId)];

  await waitFor(async () => (await categoryOf(sound)) === 'CLOSED' && (await categoryOf(foreign)) === 'CLOSED', 'the other tickets');
  expect(await attemptsOf(broken)).toBeLessThan(5);
  await exhaust(broken);

  expect(await failedOn(broken)).toMatchObject([{ kind: 'TICKET_LIFECYCLE', attempts: 5, error: 'this row is broken', member: null }]);
  const late = await resolved();
  await waitFor(async () => (await categoryOf(late)) === 'CLOSED', 'a later ticket');
  expect(await failedJobs(stranger.person)).toEqual([]);

  await heal();
  const [{ id }] = await failedOn(broken);
  const foreignRetry = await stranger.person.run(RETRY, { id });
  expect(foreignRetry.failedJobRetry).toEqual({ retriedId: null, userErrors: [{ code: 'FAILED_JOB_NOT_FOUND' }] });
  expect((await owner.run(RETRY, { id })).failedJobRetry).toEqual({ retriedId: id, userErrors: [] });
  await waitFor(async () => (await categoryOf(broken)) === 'CLOSED', 'the retry');
  expect(await failedOn(broken)).toEqual([]);
});

it('never attempts discarded work again', async () => {
  world.time.now = new Date();
  const broken = await resolved();
  const heal = await poison(broken);
  await exhaust(broken);
  const [{ id }] = await failedOn(broken);

  expect((await owner.run(DISCARD, { id })).failedJobDiscard).toEqual({ discardedId: id, userErrors: [] });
  await heal();
  const other = await resolved();
  await waitFor(async () => (await categoryOf(other)) === 'CLOSED', 'other work');

  expect(await failedOn(broken)).toEqual([]);
  expect(await categoryOf(broken)).toBe('RESOLVED');
  expect((await owner.run(RETRY, { id })).failedJobRetry.userErrors).toEqual([{ code: 'FAILED_JOB_NOT_FOUND' }]);
});

it('finishes a bulk action in which a ticket fails, and completes it when an administrator starts that ticket again', async () => {
  world.time.now = new Date();
  const [first, broken, last] = [await world.ticket(), await world.ticket(), await world.ticket()];
  const heal = await poison(broken.id);
  const ticketIds = [first.id, broken.id, last.id];
  const { bulkStart } = await owner.run(BULK, { input: { ticketIds, action: { priority: 'HIGH' } } });
  const other = await world.person('SUPERVISOR');
  const outcomes = async (person: Person, id: string) => (await person.run(JOB, { id })).bulkJob;
  await waitFor(async () => (await outcomes(owner, bulkStart.job.id)).outcomes[0]?.count === 2, 'the other tickets');
  const second = (await other.run(BULK, { input: { ticketIds: [first.id], action: { priority: 'LOW' } } })).bulkStart;
  await waitFor(async () => (await outcomes(other, second.job.id)).finishedAt !== null, 'the job of another member');

  await exhaust(broken.id);

  await waitFor(async () => (await outcomes(owner, bulkStart.job.id)).finishedAt !== null, 'the job');
  const job = await outcomes(owner, bulkStart.job.id);
  expect(job.outcomes).toEqual(
    expect.arrayContaining([
      { outcome: 'DONE', count: 2 },
      { outcome: 'FAILED', count: 1 },
    ]),
  );
  await heal();
  const [{ id, kind, member }] = await failedOn(broken.id);
  expect([kind, member]).toEqual(['BULK_ACTION', { id: owner.id }]);
  await owner.run(RETRY, { id });
  await waitFor(async () => (await outcomes(owner, bulkStart.job.id)).outcomes[0]?.count === 3, 'the retry');
});

it('records the breaches of other clocks while one clock cannot be processed', async () => {
  world.time.now = new Date();
  const [broken, sound] = [await world.ticket(), await world.ticket()];
  const heal = await poison(broken.id);
  const breached = async (id: string) =>
    (await world.sql(`select 1 from event where ticket_id = ? and type = 'sla.breached'`, [id])).length > 0;

  world.time.now = new Date(world.time.now.getTime() + 30 * day);
  await waitFor(() => breached(sound.id), 'the breach');
  await exhaust(broken.id);

  expect((await failedOn(broken.id))[0]).toMatchObject({ kind: 'SLA_CLOCK', attempts: 5 });
  await heal();
});

it('takes turns between workspaces, so that one with much due work delays no other', async () => {
  world.time.now = new Date();
  const stranger = await otherWorkspace();
  const many = await Promise.all(Array.from({ length: 130 }, () => resolved()));
  const one = await resolved(stranger.person.member.workspaceId);
  // Theirs falls due last.
  await world.sql(`update ticket set status_since = status_since + interval '1 hour' where id = ?`, [one]);

  await waitFor(async () => (await categoryOf(one)) === 'CLOSED', 'the other workspace');
  const left = await world.sql(`select 1 from ticket where category = 'RESOLVED' and id = any(?::uuid[])`, [`{${many.join(',')}}`]);

  expect(left.length).toBeGreaterThan(0);
});
