import pg from 'pg';
import { createClient } from 'redis';
import { newId } from '../src/kernel/id.ts';
import { ask, type Draw } from './plan.ts';
import { publishGarbage } from './garbage.ts';
import type { ChaosDesk } from './seed.ts';
import type { Stage } from './stage.ts';
import type { Writer } from './writers.ts';

/** How long what takes long takes: for the short version, for a round of the full one, or as long as it ever should. */
export type Length = 'quick' | 'full' | 'long';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const minute = 60_000;

interface Setting {
  readonly stage: Stage;
  readonly desk: ChaosDesk;
  readonly draw: Draw;
  readonly writers: readonly Writer[];
  readonly length: Length;
  /** Everybody must be up to date now, in the middle of the fault. */
  readonly settleMeanwhile: () => Promise<void>;
}

type Faults = Readonly<Record<string, () => Promise<void>>>;

/** What can go wrong, and how it is put right again. */
export function faultsOf({ stage, desk, draw, writers, length, settleMeanwhile }: Setting): Faults {
  const lasting = (ms: Record<Length, number>) => sleep(ms[length]);

  async function commandRedis(command: string[]): Promise<void> {
    const client = createClient({ url: stage.redis.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.sendCommand(command);
    client.destroy();
  }

  const lastingFaults: Faults = {
    async 'a node is frozen'() {
      const node = draw.one(stage.nodes);
      node.signal('SIGSTOP');
      await lasting({ quick: 5000, full: draw.one([2000, 8000, 15_000]), long: 30_000 });
      node.signal('SIGCONT');
    },
    async 'a node is cut off from Redis'() {
      const way = draw.one(stage.ways).redis;
      way.hold();
      await lasting({ quick: 3000, full: draw.one([5000, 30_000]), long: minute });
      way.mend();
    },
    async 'the ways are slow and break'() {
      // Each way: 300 ms there and back, a third more or less.
      stage.eachWay((way) => way.worsen(length === 'quick' ? 60 : 150, 0.002));
      await lasting({ quick: 2500, full: 15_000, long: 10 * minute });
      stage.eachWay((way) => way.mend());
    },
    async 'somebody else leaves a transaction open'() {
      const foreign = new pg.Client(stage.postgres.url());
      await foreign.connect();
      await foreign.query('begin');
      await foreign.query('select pg_current_xact_id()');
      await lasting({ quick: 2000, full: 10_000, long: 10 * minute });
      await settleMeanwhile();
      await foreign.query('rollback');
      await foreign.end();
    },
    'Redis is away': () => stage.restartRedis(() => lasting({ quick: draw.next() * 1500, full: draw.next() * 1500, long: 10 * minute })),
    async 'a node starts without Redis'() {
      const node = draw.one(stage.nodes);
      await node.end('SIGTERM');
      await stage.restartRedis(async () => {
        await node.revive();
        await lasting({ quick: 500, full: 5000, long: minute });
      });
    },
    async 'a node is frozen again and again'() {
      const node = draw.one(stage.nodes);
      const times = { quick: 3, full: 10, long: 60 }[length];
      for (let time = 0; time < times; time++) {
        node.signal('SIGSTOP');
        await sleep(100 + draw.next() * 700);
        node.signal('SIGCONT');
        await sleep(draw.next() * 300);
      }
    },
    'garbage is published in Redis': () => publishGarbage(stage.redis.url, draw, { quick: 1000, full: 5000, long: minute }[length]),
    async 'the mail server is silent'() {
      stage.mail.way.hold();
      await stage.sql(
        `insert into outgoing_mail (id, workspace_id, recipient, subject, body, ticket_ids, created_at, due_at)
         select gen_random_uuid(), $1, 'client@example.test', 'Chaos', 'Text', '{}', now(), now() from generate_series(1, 20)`,
        [desk.workspaceId],
      );
      // Longer than the nodes wait for a greeting, where there is time for it.
      await lasting({ quick: 1500, full: 12_000, long: minute });
      stage.mail.way.mend();
    },
    async 'a backup is restored'() {
      for (const writer of writers) await writer.stop();
      const restore = await stage.backUp();
      const models = writers.map((writer) => writer.remember());
      for (const writer of writers) writer.start();
      await lasting({ quick: 500, full: 3000, long: 10_000 });
      for (const writer of writers) await writer.stop();
      await restore();
      for (const remembered of models) remembered();
      // Positions repeat, with other events.
      for (const writer of writers) writer.start();
      await lasting({ quick: 500, full: 3000, long: 10_000 });
    },
    async 'Redis is paused'() {
      process.kill(stage.redis.pid, 'SIGSTOP');
      await lasting({ quick: 2000, full: 10_000, long: minute });
      process.kill(stage.redis.pid, 'SIGCONT');
    },
    async 'clients are away'() {
      const away = { quick: 2500, full: 15_000, long: 2 * minute }[length];
      stage.cut(draw, 0.3, away);
      await sleep(away);
    },
    async 'clients stop reading'() {
      const ms = { quick: 2000, full: 3000, long: minute }[length];
      stage.stall(draw, 0.3, ms);
      await sleep(ms);
    },
    async 'many write at once, and are slow to commit'() {
      await writeTogether(stage, desk, { quick: 1000, full: 5000, long: 100_000 }[length]);
    },
    async 'the same is sent five times at once'() {
      const times = { quick: 5, full: 25, long: 250 }[length];
      for (let time = 0; time < times; time++) await Promise.all(writers.map((writer) => writer.addNoteFiveTimes()));
    },
    async 'PostgreSQL fails over to a standby'() {
      for (const writer of writers) await writer.stop();
      const failOver = await stage.prepareFailover();
      for (const writer of writers) writer.start();
      await lasting({ quick: 500, full: 2000, long: 10_000 });
      await failOver();
    },
  };
  if (length === 'long') return lastingFaults;

  return {
    ...lastingFaults,
    async 'a node is killed'() {
      const node = draw.one(stage.nodes);
      await node.end('SIGKILL');
      await sleep(draw.next() * 1500);
      await node.revive();
    },
    async 'the nodes restart one after the other'() {
      for (const node of stage.nodes) {
        await node.end('SIGTERM');
        await node.revive();
      }
    },
    async 'the clock of a node is set back an hour'() {
      draw.one(stage.nodes).signal('SIGUSR2');
    },
    'Redis forgets everything': () => commandRedis(['FLUSHALL']),
    'Redis cuts its listeners off': () => commandRedis(['CLIENT', 'KILL', 'TYPE', 'pubsub']),
    'PostgreSQL restarts': () => stage.restartPostgres('fast'),
    'PostgreSQL crashes': () => stage.restartPostgres('crash'),
    async 'sockets are cut'() {
      stage.cut(draw, 0.4);
    },
    async 'everybody is cut off at once'() {
      stage.cut(draw, 1);
    },
    async 'somebody gets and loses a team'() {
      const { memberId, teamId } = draw.one(desk.memberships);
      const rows = await stage.sql<{ team_id: string }>('select team_id from team_member where workspace_id = $1 and member_id = $2', [
        desk.workspaceId,
        memberId,
      ]);
      const held = rows.map(({ team_id }) => team_id);
      const teamIds = held.includes(teamId) ? held.filter((id) => id !== teamId) : [...held, teamId];
      stage.expectReloads(desk.people.find(({ id }) => id === memberId)?.token ?? null);
      const edit = 'mutation ($input: MemberEditInput!) { memberEdit(input: $input) { userErrors { ... on UserError { message } } } }';
      await ask(stage.urls, draw, desk.owner, edit, { input: { memberId, teamIds } });
    },
  };
}

const writersTogether = 64;
const onOneTicket = 8;

/**
 * 64 transactions at a time, most on tickets of their own and some on one, which wait up to 200 ms between their event
 * and its commit: whoever reads the log by a number taken before the commit skips those that commit late.
 */
async function writeTogether(stage: Stage, desk: ChaosDesk, events: number): Promise<void> {
  let left = events;
  await Promise.all(
    Array.from({ length: writersTogether }, async (_, index) => {
      const ticket = desk.ticketIds[index < onOneTicket ? 0 : index];
      const session = new pg.Client(stage.postgres.url());
      await session.connect();
      while (left-- > 0) {
        await session.query('begin');
        await session.query(
          `with edited as (
             update ticket set version = version + 1 where workspace_id = $1 and id = $2
             returning version, ticket_facets(ticket) as facets
           )
           insert into event (workspace_id, id, type, ticket_id, ticket_version, actor_kind, member_ids, changes, facets, at)
           select $1, $3, 'ticket.edited', $2, version, 'SYSTEM', '{}', '[]', facets, clock_timestamp() from edited`,
          [desk.workspaceId, ticket, newId()],
        );
        await sleep(Math.random() * 200);
        await session.query('commit');
      }
      await session.end();
    }),
  );
}
