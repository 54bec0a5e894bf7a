// One server of the scale benchmark, as a process of its own: the queue by hand-written SQL behind bare HTTP, or Baton.
import { createServer } from 'node:http';
import pg from 'pg';
import { openApp } from '../src/app.ts';
import { openDesk } from '../src/desk.ts';
import { createLogger } from '../src/platform/logger.ts';

const { DATABASE_URL: databaseUrl = '', WORKSPACE_ID: workspaceId = '' } = process.env;
const connections = 10;

/** The least that answers the question: one statement whose answer is the JSON, sent on as it is. Nobody's rights are asked. */
async function serveSql(): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections });
  const http = createServer((_request, response) => {
    void pool
      .query<{ body: string }>({
        name: 'queue',
        text: `select coalesce(json_agg(r), '[]')::text as body from (
          select t.id, t.number, t.subject, t.priority, t.updated_at, t.status_id, json_build_object('id', m.id, 'name', m.name) as assignee,
            json_build_object('id', p.id, 'name', p.name) as topic,
            (select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name)), '[]') from ticket_tag k
              join tag g on g.workspace_id = k.workspace_id and g.id = k.tag_id where k.workspace_id = t.workspace_id and k.ticket_id = t.id) as tags
          from ticket t
          left join member m on m.workspace_id = t.workspace_id and m.id = t.assignee_id
          left join topic p on p.workspace_id = t.workspace_id and p.id = t.topic_id
          where t.workspace_id = $1 and t.category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING') order by t.updated_at desc, t.id desc limit 50) r`,
        values: [workspaceId],
      })
      .then(({ rows }) => response.setHeader('content-type', 'application/json').end(rows[0]?.body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as { port: number }).port;
}

async function serveBaton(): Promise<number> {
  const logger = createLogger('error');
  const desk = await openDesk({ databaseUrl, redisUrl: null, databasePool: connections, resumeDays: 7 }, logger);
  const app = await openApp(
    desk,
    { publicUrl: 'http://bench.test', graphiql: false, introspection: false, trustedProxies: [], pagesPath: null },
    logger,
  );
  await app.http.listen({ port: 0, host: '127.0.0.1' });
  desk.start();
  return (app.http.server.address() as { port: number }).port;
}

process.on('SIGTERM', () => process.exit(0));
const serve = { sql: serveSql, baton: serveBaton }[process.argv[2] ?? ''];
if (!serve) throw new Error('say which server: sql or baton');
process.send?.({ port: await serve() });
