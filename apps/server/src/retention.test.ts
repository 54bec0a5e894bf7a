import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from './kernel/id.ts';
import { waitFor, World, type Person } from './testing/world.ts';

const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { reload entry { type } } }`;
const PAGE = `{ tickets(first: 1) { position } }`;
const BULK = `mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } userErrors { ... on UserError { message } } } }`;
const UNDO = `mutation ($id: ID!) { bulkUndo(input: { jobId: $id }) { job { id } userErrors { ... on UserError { code } } } }`;
const JOB = `query ($id: ID!) { bulkJob(id: $id) { finishedAt undoable items(outcome: DONE) { edges { node { message } } } } bulkJobs { id } }`;
const CONTACT = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } userErrors { ... on UserError { message } } } }`;
const ACTIVITY = `query ($id: ID!) { ticket(id: $id) { activity(last: 50) { edges { node { type causes { type } } } } } }`;

let world: World;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  ada = await world.person('OWNER');
});
afterAll(() => world.close());

const clean = () => world.desk.housekeeping.clean();
const idsIn = async (table: string, column = 'id') =>
  (await world.sql<Record<string, string>>(`select ${column} from ${table}`)).map((row) => row[column]);
const settled = () =>
  waitFor(async () => (await world.sql('select 1 from event where position is null')).length === 0, 'the relay to position all events');
/** Makes all events older, as if they had been recorded so many days ago. */
const age = (days: number) => world.rewriteLog(`update event set at = now() - interval '${days * 24} hours'`);
const typesOfEvents = async () => (await world.sql<{ type: string }>('select type from event order by position')).map(({ type }) => type);

async function session(expiredDaysAgo: number): Promise<string> {
  const id = newId();
  await world.sql(
    `insert into session (workspace_id, id, member_id, account_id, token_hash, user_agent, address, created_at, expires_at, confirmed_at)
     select workspace_id, ?::uuid, id, account_id, ?, '', '', now(), now() - ? * interval '1 day', now() from member where id = ?`,
    [id, id, expiredDaysAgo, ada.id],
  );
  return id;
}

async function notification(daysAgo: number, { read = true, inApp = true }): Promise<string> {
  const [id, ticket] = [newId(), await world.ticket()];
  await world.sql(
    `insert into notification (workspace_id, id, member_id, ticket_id, event_id, reason, kind, type, count, in_app, created_at, read_at)
     values (?, ?, ?, ?, ?, 'WATCHING', 'NOTE', 'note.added', 1, ?, now() - ? * interval '1 day', ${read ? 'now()' : 'null'})`,
    [world.workspaceId, id, ada.id, ticket.id, newId(), inApp, daysAgo],
  );
  return id;
}

async function finishedJob(ticketIds: string[]): Promise<string> {
  const { job } = (await ada.run(BULK, { input: { ticketIds, action: { priority: 'HIGH' } } })).bulkStart;
  await waitFor(async () => (await ada.run(JOB, { id: job.id })).bulkJob.finishedAt !== null, 'the bulk action to finish');
  return job.id;
}

describe('rows past their retention', () => {
  it('are deleted from sessions, links, notifications and pushes, and no others', async () => {
    const [old, recent, current] = [await session(8), await session(6), await session(-1)];
    const link = (hash: string, days: number) =>
      world.sql(
        `insert into letter (token_hash, kind, account_id, mailed, created_at, expires_at)
         select ?, 'RESET', account_id, true, now(), now() - ? * interval '1 day' from member where id = ?`,
        [hash, days, ada.id],
      );
    await link('expired', 8);
    await link('valid', -1);
    const push = async (days: number, sessionId: string) => {
      const [device, id] = [newId(), newId()];
      await world.sql(
        `insert into push_device (workspace_id, id, member_id, session_id, endpoint, public_key, auth, created_at) values (?, ?, ?, ?, ?, '', '', now())`,
        [world.workspaceId, device, ada.id, sessionId, `https://push.test/${device}`],
      );
      await world.sql(
        `insert into outgoing_push (workspace_id, id, member_id, device_id, notification_ids, message, created_at, due_at)
         values (?, ?, ?, ?, '{}', '', now() - ? * interval '1 day', now() + interval '1 day')`,
        [world.workspaceId, id, ada.id, device, days],
      );
      return { device, id };
    };
    const pushes = [await push(8, current), await push(1, current), await push(1, old)];
    const kept = [await notification(89, {}), await notification(200, { read: false })];
    const outdated = [await notification(91, {}), await notification(91, { read: false, inApp: false })];

    await clean();

    expect(await idsIn('session')).toEqual([recent, current]);
    expect(await idsIn('letter', 'token_hash')).toEqual(['valid']);
    expect(await idsIn('push_device')).toEqual([pushes[0]?.device, pushes[1]?.device]);
    expect(await idsIn('outgoing_push')).toEqual([pushes[1]?.id]);
    expect(await idsIn('notification')).toEqual(expect.arrayContaining(kept));
    expect(await idsIn('notification')).not.toEqual(expect.arrayContaining([outdated[0]]));
    expect(await idsIn('notification')).not.toEqual(expect.arrayContaining([outdated[1]]));
  });

  it('are deleted from the results of bulk actions, which cannot be undone afterwards', async () => {
    const [old, recent] = [await finishedJob([(await world.ticket()).id]), await finishedJob([(await world.ticket()).id])];
    await world.sql(`update bulk_job set finished_at = now() - interval '91 days' where id = ?`, [old]);
    await world.sql(`update bulk_job set finished_at = now() - interval '89 days' where id = ?`, [recent]);

    await clean();

    const { bulkJob, bulkJobs } = await ada.run(JOB, { id: old });
    expect(bulkJob).toMatchObject({ undoable: false, items: { edges: [] } });
    expect(bulkJobs).toEqual([{ id: recent }]);
    expect((await ada.run(UNDO, { id: old })).bulkUndo.userErrors).toEqual([{ code: 'BULK_REFUSED' }]);
    expect((await ada.run(JOB, { id: recent })).bulkJob.undoable).toBe(true);
  });

  it('are kept for a bulk action that is being undone', async () => {
    const job = await finishedJob([(await world.ticket()).id]);
    const undo = (await ada.run(UNDO, { id: job })).bulkUndo.job.id;
    await waitFor(async () => (await ada.run(JOB, { id: undo })).bulkJob.finishedAt !== null, 'the undo to finish');
    await world.sql(`update bulk_job set finished_at = now() - interval '91 days' where id = ?`, [job]);
    const resultsOf = () => world.sql('select 1 from bulk_item where job_id = ?', [job]);

    // In one transaction, so that no worker finishes the undo in between.
    await world.desk.orm.em.fork().transactional(async (em) => {
      await em.execute(`update bulk_job set finished_at = null where id = ?`, [undo]);
      for (const { table, sql } of world.desk.housekeeping.rules) if (table === 'bulk_item') await em.execute(sql(1000));
    });
    expect(await resultsOf()).toHaveLength(1);

    await waitFor(async () => (await ada.run(JOB, { id: undo })).bulkJob.finishedAt !== null, 'the undo to finish again');
    await clean();
    expect(await resultsOf()).toHaveLength(0);
  });

  it('are deleted from attempts at work that is over, while work that is still due stays given up', async () => {
    const { id: ticketId } = await world.ticket();
    await world.sql('update workspace set close_after_days = 3');
    const [due = { item: '' }] = await world.sql<{ item: string }>(
      `update ticket set category = 'RESOLVED', status_id = ?, status_since = now() - interval '200 days' where id = ?
       returning 'CLOSE_RESOLVED:' || id || '@' || (extract(epoch from status_since) * 1000)::bigint as item`,
      [world.status('RESOLVED'), ticketId],
    );
    const attempt = (worker: string, item: string, days: number) =>
      world.sql(
        `insert into work_attempt (workspace_id, id, worker, item, attempts, first_at, last_at) values (?, ?, ?, ?, 5, now(), now() - ? * interval '1 day')
         on conflict (workspace_id, worker, item) do update set last_at = excluded.last_at, retry_at = null`,
        [world.workspaceId, newId(), worker, item, days],
      );
    await attempt('TICKET_LIFECYCLE', due.item, 91);
    await attempt('TICKET_LIFECYCLE', `CLOSE_RESOLVED:${newId()}@1`, 91);
    await attempt('BULK_ACTION', `${newId()}:${newId()}`, 91);
    for (const worker of ['SLA_CLOCK', 'SLA_REAPPLY', 'EMAIL_NOTIFICATION', 'PUSH_NOTIFICATION', 'PUSH', 'EMAIL', 'FILE_REMOVAL']) {
      await attempt(worker, newId(), 91);
    }
    await attempt('EMAIL', 'recent', 89);

    await clean();

    expect((await idsIn('work_attempt', 'item')).toSorted()).toEqual([due.item, 'recent'].toSorted());
    await world.sql('update workspace set close_after_days = null');
  });
});

describe('the event log', () => {
  it('loses events of no ticket one day after the last client could resume from them', async () => {
    await settled();
    const { position } = (await ada.run(PAGE)).tickets;
    await ada.run(CONTACT, { input: { name: 'Grace' } });
    await settled();
    await age(7.5);
    await clean();
    expect(await typesOfEvents()).toContain('contact.changed');

    await age(8.5);
    await clean();

    expect(await typesOfEvents()).not.toContain('contact.changed');
    // A position outlives the events after it. Where one of them is gone, the client must not continue.
    await ada.run(CONTACT, { input: { name: 'Alan' } });
    const { eventsStreamed } = await ada.follow(EVENTS, { after: position }).begun();
    expect(eventsStreamed).toEqual({ reload: true, entry: null });
  });

  it('keeps the activity of tickets for as long as the tickets, with what caused it', async () => {
    const { id } = await world.ticket();
    await finishedJob([id]);
    await settled();
    await age(1000);
    const before = (await ada.run(ACTIVITY, { id })).ticket.activity;

    await clean();

    expect((await ada.run(ACTIVITY, { id })).ticket.activity).toEqual(before);
    expect(before.edges.at(-1)?.node).toEqual({ type: 'ticket.edited', causes: [{ type: 'bulk.started' }] });
    expect(await typesOfEvents()).not.toContain('bulk.progressed');
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** The tables that a plan reads whole: by a sequential scan, or by an index without a condition on it. */
function readWhole(plan: Plan): string[] {
  const whole = plan['Node Type'] === 'Seq Scan' || (/^(Index|Bitmap Index)/.test(plan['Node Type']) && !plan['Index Cond']);
  const name = plan['Relation Name'] ?? plan['Index Name'] ?? '';
  return [...(whole ? [name] : []), ...(plan.Plans ?? []).flatMap(readWhole)];
}

/** Tables whose size depends on settings, not on time, and lists of what is waiting: files to remove, bulk actions to run. */
const small = ['workspace', 'sla_policy', 'discarded_file', 'bulk_job_running_index'];

it('finds the rows to delete by an index, whatever the size of the table', async () => {
  await world.desk.orm.em.fork().transactional(async (em) => {
    await em.execute('set local enable_seqscan = off');
    for (const { table, sql } of world.desk.housekeeping.rules) {
      const [row]: { 'QUERY PLAN': [{ Plan: Plan }] }[] = await em.execute(`explain (format json) ${sql(1000)}`);
      expect(row, table).toBeDefined();
      const whole = row ? readWhole(row['QUERY PLAN'][0].Plan) : [];
      expect({ table, whole: whole.filter((name) => !small.includes(name)), sql: sql(1000) }).toMatchObject({ table, whole: [] });
    }
  });
});
