import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const JOB = 'id total finishedAt cancelled isUndo undoable outcomes { outcome count }';
const START = `mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { ${JOB} } userErrors { ... on UserError { code field message } } } }`;
const UNDO = `mutation ($id: ID!) { bulkUndo(input: { jobId: $id }) { job { id } userErrors { ... on UserError { code } } } }`;
const CANCEL = `mutation ($id: ID!) { bulkCancel(input: { jobId: $id }) { job { finishedAt cancelled } userErrors { ... on UserError { code } } } }`;
const READ = `query ($id: ID!) { bulkJob(id: $id) { ${JOB}
  done: items(outcome: DONE) { edges { node { ticket { id } message } } } forbidden: items(outcome: FORBIDDEN) { edges { node { ticket { id } message } } }
  refused: items(outcome: REFUSED) { edges { node { ticket { id } message } } } skipped: items(outcome: SKIPPED) { edges { node { ticket { id } message } } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { priority status { id category } assignee { id } team { id } tags { name } watchers { id } mergedInto { id }
  activity { edges { node { type actor { id } bulkTotal } } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { message } } } }`;

let world: World;
let team: string;
let other: string;
let boss: Person;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2 });
  team = await world.team();
  other = await world.team();
  boss = await world.person('SUPERVISOR', { teams: [team] });
  ada = await world.person('AGENT', { teams: [team] });
  bob = await world.person('AGENT', { teams: [team] });
});
afterAll(() => world.close());

interface Items {
  readonly edges: readonly { readonly node: { readonly ticket: { readonly id: string } | null; readonly message: string } }[];
}
const idsOf = ({ edges }: Items) => edges.map(({ node }) => node.ticket?.id);
const start = async (person: Person, input: object) => (await person.run(START, { input })).bulkStart;
const look = async (id: string) => (await boss.run(TICKET, { id })).ticket;

async function finished(person: Person, id: string) {
  await waitFor(async () => (await person.run(READ, { id })).bulkJob.finishedAt !== null);
  const { bulkJob } = await person.run(READ, { id });
  const outcomes = Object.fromEntries(bulkJob.outcomes.map(({ outcome, count }: { outcome: string; count: number }) => [outcome, count]));
  return { ...bulkJob, outcomes };
}
async function run(person: Person, input: object) {
  const { job, userErrors } = await start(person, input);
  expect(userErrors).toEqual([]);
  return finished(person, job.id);
}
async function tickets(count: number, more: object = {}) {
  const made = [];
  for (let index = 0; index < count; index++) made.push((await world.ticket({ teamId: team, ...more })).id);
  return made;
}

describe('what is done to many tickets', () => {
  it('is done to each whole, with its entry in the log and the one cause, and undone whole', async () => {
    const ids = await tickets(3);
    const job = await run(boss, {
      ticketIds: ids,
      action: {
        assigneeId: ada.id,
        teamId: other,
        priority: 'HIGH',
        statusId: world.status('IN_PROGRESS'),
        addTags: ['sweep'],
        watch: true,
      },
    });

    expect(job).toMatchObject({ total: 3, outcomes: { DONE: 3 }, undoable: true, isUndo: false });
    for (const id of ids) {
      const ticket = await look(id);
      expect(ticket).toMatchObject({
        priority: 'HIGH',
        status: { category: 'IN_PROGRESS' },
        assignee: { id: ada.id },
        team: { id: other },
        tags: [{ name: 'sweep' }],
        watchers: [{ id: boss.id }],
      });
      const told = ticket.activity.edges.map(({ node }: { node: object }) => node).slice(1);
      expect(new Set(told.map(({ type }: { type: string }) => type))).toEqual(
        new Set(['ticket.edited', 'ticket.status_changed', 'ticket.tagged', 'ticket.assigned', 'watcher.added']),
      );
      for (const entry of told) expect(entry).toMatchObject({ actor: { id: boss.id }, bulkTotal: 3 });
    }

    const undo = (await boss.run(UNDO, { id: job.id })).bulkUndo.job;
    const twice = (await boss.run(UNDO, { id: job.id })).bulkUndo.job;
    expect(twice.id).toBe(undo.id);
    expect(await finished(boss, undo.id)).toMatchObject({ outcomes: { DONE: 3 }, isUndo: true, undoable: false });
    for (const id of ids) {
      expect(await look(id)).toMatchObject({
        priority: 'NORMAL',
        status: { category: 'NEW' },
        assignee: null,
        team: { id: team },
        tags: [],
        watchers: [],
      });
    }
    expect((await finished(boss, job.id)).undoable).toBe(false);
  });

  it('says of each ticket what came of it, and one that cannot be changed does not stop the others', async () => {
    const [free, taken, high] = [...(await tickets(2)), ...(await tickets(1, { priority: 'HIGH' }))] as [string, string, string];
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, taken]);
    const hidden = (await world.ticket({ teamId: other })).id;
    const job = await run(ada, { ticketIds: [free, taken, high, hidden, crypto.randomUUID()], action: { priority: 'HIGH' } });

    expect(job).toMatchObject({ total: 3, outcomes: { DONE: 1, FORBIDDEN: 1, UNCHANGED: 1 } });
    expect([idsOf(job.done), idsOf(job.forbidden)]).toEqual([[free], [taken]]);
    expect(job.forbidden.edges[0].node.message).toContain('You can edit tickets that are assigned to you');

    const invalid = await run(boss, { ticketIds: [free, taken], action: { statusId: world.status('NEW'), priority: 'LOW' } });
    const once = await run(boss, { ticketIds: [free], action: { statusId: world.status('OPEN') } });
    const back = await run(boss, { ticketIds: [free, taken], action: { statusId: world.status('NEW'), priority: 'CRITICAL' } });
    expect([invalid.outcomes, once.outcomes, back.outcomes]).toEqual([{ DONE: 2 }, { DONE: 1 }, { REFUSED: 1, DONE: 1 }]);
    // All or nothing: the priority was not changed either.
    expect((await look(free)).priority).toBe('LOW');
  });

  it('leaves alone, when it is undone, what somebody changed since, and says what', async () => {
    const [first, second] = (await tickets(2)) as [string, string];
    const job = await run(boss, { ticketIds: [first, second], action: { priority: 'HIGH', addTags: ['wave'] } });
    await boss.run(EDIT, { input: { ticketId: first, priority: { from: 'HIGH', to: 'CRITICAL' } } });
    const undo = await finished(boss, (await boss.run(UNDO, { id: job.id })).bulkUndo.job.id);

    expect(undo.outcomes).toEqual({ DONE: 1, SKIPPED: 1 });
    expect(idsOf(undo.skipped)).toEqual([first]);
    expect(undo.skipped.edges[0].node.message).toContain('priority');
    expect(await look(first)).toMatchObject({ priority: 'CRITICAL', tags: [] });
    expect(await look(second)).toMatchObject({ priority: 'NORMAL', tags: [] });
  });

  it('takes all that match at that moment, at two nodes at once, each ticket once, and tells how far it is', async () => {
    const ids = await tickets(60, { priority: 'CRITICAL', topicId: await world.topic('Flood') });
    const { job } = await start(boss, { filter: { priorities: ['CRITICAL'], teamIds: [team] }, action: { addTags: ['flood'] } });
    const progress = boss.follow('subscription ($id: ID!) { bulkJobChanged(id: $id) { finishedAt outcomes { count } } }', { id: job.id });
    await progress.until(({ bulkJobChanged }) => bulkJobChanged.finishedAt !== null);
    const { total, outcomes } = await finished(boss, job.id);

    expect(total).toBeGreaterThanOrEqual(60);
    expect(outcomes).toEqual({ DONE: total });
    const [told] = await world.sql<{ count: string }>(
      `select count(*) from event where type = 'ticket.tagged' and ticket_id = any(?::uuid[])`,
      [`{${ids.join(',')}}`],
    );
    expect(Number(told?.count)).toBe(60);
  });

  it('merges many into one, and separates them again', async () => {
    const [destination, ...sources] = (await tickets(3)) as [string, string, string];
    const job = await run(boss, { ticketIds: [destination, ...sources], action: { mergeIntoId: destination } });
    expect(job.outcomes).toEqual({ DONE: 2, REFUSED: 1 });
    expect(job.refused.edges[0].node.message).toContain('into itself');
    for (const id of sources) expect(await look(id)).toMatchObject({ mergedInto: { id: destination }, status: { category: 'CLOSED' } });

    await finished(boss, (await boss.run(UNDO, { id: job.id })).bulkUndo.job.id);
    for (const id of sources) expect(await look(id)).toMatchObject({ mergedInto: null, status: { category: 'NEW' } });
  });

  it('is nobody else’s to see, stop or undo', async () => {
    const [id] = await tickets(1);
    const job = await run(boss, { ticketIds: [id], action: { priority: 'LOW' } });

    expect((await ada.run(READ, { id: job.id })).bulkJob).toBeNull();
    expect((await ada.run('{ bulkJobs { id } }')).bulkJobs.map((one: { id: string }) => one.id)).not.toContain(job.id);
    expect((await boss.run('{ bulkJobs { id } }')).bulkJobs[0].id).toBe(job.id);
    for (const [operation, name] of [
      [UNDO, 'bulkUndo'],
      [CANCEL, 'bulkCancel'],
    ] as const)
      expect((await ada.run(operation, { id: job.id }))[name].userErrors).toEqual([{ code: 'BULK_JOB_NOT_FOUND' }]);
  });

  it('goes no further than the rights of who began it, at that moment and now', async () => {
    const ids = await tickets(2);
    // With a token of few permissions.
    await world.sql(`update access_token set permissions = '{ticket.read,note.read}' where member_id = ?`, [bob.id]);
    expect((await start(bob, { ticketIds: ids, action: { priority: 'LOW' } })).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    await world.sql('update access_token set permissions = null where member_id = ?', [bob.id]);

    // Stopped while nothing runs it, then gone.
    const carl = await world.person('AGENT', { teams: [team] });
    const { job } = await start(carl, { ticketIds: ids, action: { priority: 'LOW' } });
    await world.sql('update member set active = false where id = ?', [carl.id]);
    await waitFor(async () => (await world.sql('select 1 from bulk_job where id = ? and finished_at is not null', [job.id])).length > 0);
    const outcomes = await world.sql<{ outcome: string }>('select outcome from bulk_item where job_id = ?', [job.id]);
    expect(outcomes).toHaveLength(2);
    for (const { outcome } of outcomes) expect(['DONE', 'FORBIDDEN']).toContain(outcome);
  });

  it('writes a note on each, which goes with the undo', async () => {
    const ids = await tickets(2);
    const noted = async () =>
      Promise.all(
        ids.map(async (id) =>
          (
            await boss.run('query ($id: ID!) { ticket(id: $id) { notes { edges { node { body deletedAt } } } } }', { id })
          ).ticket.notes.edges.map(({ node }: { node: object }) => node),
        ),
      );
    const job = await run(boss, { ticketIds: ids, action: { note: '<p>The mast is being repaired</p>' } });

    expect(job.outcomes).toEqual({ DONE: 2 });
    expect(await noted()).toEqual(Array(2).fill([{ body: '<p>The mast is being repaired</p>', deletedAt: null }]));
    const { bulkUndo } = await boss.run(UNDO, { id: job.id });
    await finished(boss, bulkUndo.job.id);
    expect(await noted()).toEqual(Array(2).fill([{ body: '', deletedAt: expect.any(String) }]));
  });

  it('stops when the access token that started it is revoked', async () => {
    const boss = await world.person('SUPERVISOR');
    const tickets = [await world.ticket(), await world.ticket()];
    const JOB = 'query ($id: ID!) { bulkJob(id: $id) { finishedAt outcomes { outcome count } } }';
    const { bulkStart } = await boss.run('mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } } }', {
      input: { ticketIds: tickets.map(({ id }) => id), action: { priority: 'HIGH' } },
    });
    // As if the token had been revoked before the job was begun.
    await world.sql('update access_token set revoked_at = now() where member_id = ?', [boss.id]);
    await world.sql(`update bulk_item set outcome = null where job_id = ?`, [bulkStart.job.id]);
    await world.sql('update bulk_job set finished_at = null where id = ?', [bulkStart.job.id]);
    const browser = new Browser(world);
    await browser.signIn(boss.member.email);
    await waitFor(async () => (await browser.run(JOB, { id: bulkStart.job.id })).bulkJob.finishedAt !== null, 'the job to end');

    expect((await browser.run(JOB, { id: bulkStart.job.id })).bulkJob.outcomes).toEqual([{ outcome: 'FORBIDDEN', count: 2 }]);
  });

  it('takes one’s watching off all that is closed, and off nothing else', async () => {
    const [open, closed] = await tickets(2);
    for (const ticketId of [open, closed])
      await ada.run(`mutation ($i: WatcherAddInput!) { watcherAdd(input: $i) { ticket { id } } }`, { i: { ticketId, memberId: ada.id } });
    await bob.run(`mutation ($i: WatcherAddInput!) { watcherAdd(input: $i) { ticket { id } } }`, {
      i: { ticketId: closed, memberId: bob.id },
    });
    await world.sql(`update ticket set category = 'CLOSED', status_id = ? where id = ?`, [world.status('CLOSED'), closed]);

    const { bulkUnwatchClosed } = await ada.run(
      `mutation { bulkUnwatchClosed { job { id } userErrors { ... on UserError { message } } } }`,
    );
    const job = await finished(ada, bulkUnwatchClosed.job.id);

    expect(job.outcomes).toEqual({ DONE: 1 });
    expect((await look(open ?? '')).watchers).toEqual([{ id: ada.id }]);
    expect((await look(closed ?? '')).watchers).toEqual([{ id: bob.id }]);
  });

  it('refuses to start for a member who may change none of the tickets', async () => {
    const guest = await world.person('GUEST', { teams: [team] });
    const [free, taken] = (await tickets(2)) as [string, string];
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, taken]);
    const refusal = async (person: Person, input: object) => (await start(person, input)).userErrors[0]?.code ?? null;

    expect(await refusal(guest, { ticketIds: [free, taken], action: { priority: 'HIGH' } })).toBe('NOT_PERMITTED');
    expect(await refusal(guest, { ticketIds: [free], action: { note: '<p>x</p>' } })).toBe('NOT_PERMITTED');
    expect(await refusal(ada, { ticketIds: [taken], action: { addTags: ['x'] } })).toBe('NOT_PERMITTED');
    expect(await refusal(ada, { ticketIds: [free], action: { assigneeId: bob.id } })).toBe('NOT_PERMITTED');
    expect(await refusal(boss, { ticketIds: [free], action: { delete: true } })).toBe('NOT_PERMITTED');
    expect(await refusal(ada, { ticketIds: [free, taken], action: { assigneeId: ada.id } })).toBeNull();
  });

  it('limits the running jobs of a member, and finishes the job of another member without waiting for them', async () => {
    const greedy = await world.person('SUPERVISOR', { teams: [team] });
    const admin = await world.person('ADMIN');
    const tag = { name: 'many' };
    const many = await tickets(100);
    const [one] = await tickets(1);
    const begun = await Promise.all(
      Array.from({ length: 8 }, () => start(greedy, { ticketIds: many, action: { addTags: [tag.name], priority: 'LOW' } })),
    );
    const jobIds = begun.flatMap(({ job }) => job?.id ?? []);
    expect(jobIds).toHaveLength(5);
    expect(begun.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code))).toEqual(Array(3).fill('BULK_REFUSED'));
    const done = async () =>
      (await world.sql('select 1 from bulk_item where job_id = any(?::uuid[]) and outcome is not null', [`{${jobIds.join(',')}}`])).length;
    await waitFor(async () => (await done()) > 0, 'the first ticket');

    const before = await done();
    const { job } = await start(admin, { ticketIds: [one], action: { priority: 'HIGH' } });
    await waitFor(async () => (await world.sql('select 1 from bulk_job where id = ? and finished_at is not null', [job.id])).length > 0);

    expect((await done()) - before).toBeLessThan(100);
    for (const id of jobIds) await greedy.run(CANCEL, { id });
  });

  it('can be stopped, and what was done until then is undone', async () => {
    const ids = await tickets(80);
    const { job } = await start(boss, { ticketIds: ids, action: { addTags: ['halt'] } });
    const stopped = (await boss.run(CANCEL, { id: job.id })).bulkCancel;
    expect(stopped).toMatchObject({ job: { cancelled: true }, userErrors: [] });
    // What is being done at that moment is done to its end.
    const count = async () =>
      Number(
        (await world.sql<{ count: string }>('select count(*) from bulk_item where job_id = ? and outcome is not null', [job.id]))[0]?.count,
      );
    let before = -1;
    await waitFor(async () => {
      const now = await count();
      const still = now === before;
      before = now;
      return still || new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300));
    });
    expect(before).toBeLessThan(80);
    if (before > 0) await finished(boss, (await boss.run(UNDO, { id: job.id })).bulkUndo.job.id);
    expect(await world.sql(`select 1 from ticket_tag k join tag g on g.id = k.tag_id where g.name = 'halt'`)).toEqual([]);
  });

  it('is refused where nothing, everything at once, or too much is said', async () => {
    const [id] = await tickets(1);
    for (const [input, field] of [
      [{ ticketIds: [id], action: {} }, 'action'],
      [{ action: { priority: 'LOW' } }, 'ticketIds'],
      [{ filter: { updatedWithinMinutes: 99_999_999 }, action: { priority: 'LOW' } }, 'filter'],
      [{ ticketIds: [id], viewId: crypto.randomUUID(), action: { priority: 'LOW' } }, 'ticketIds'],
      [{ ticketIds: [id], filter: {}, action: { priority: 'LOW' } }, 'ticketIds'],
      [{ ticketIds: Array.from({ length: 1001 }, () => id), action: { priority: 'LOW' } }, 'ticketIds'],
    ] as const)
      expect((await start(boss, input)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field }]);
    expect((await start(boss, { viewId: crypto.randomUUID(), action: { priority: 'LOW' } })).userErrors).toMatchObject([
      { code: 'VIEW_NOT_FOUND' },
    ]);
    const mine = (await boss.run('{ view(key: "mine") { id count } }')).view;
    expect((await run(boss, { viewId: mine.id, action: { watch: true } })).total).toBe(mine.count);
    const idempotencyKey = crypto.randomUUID();
    const [one, again] = await Promise.all([1, 2].map(() => start(boss, { ticketIds: [id], action: { priority: 'LOW' }, idempotencyKey })));
    expect(one?.job.id).toBe(again?.job.id);
  });
});
