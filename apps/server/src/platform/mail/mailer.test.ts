import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../../kernel/id.ts';
import { FolderStore } from '../files/file-store.ts';
import { createLogger } from '../logger.ts';
import { waitFor, World } from '../../testing/world.ts';
import { Mailer, post, type Mail } from './mailer.ts';

const minute = 60_000;

let world: World;
let attempted: string[] = [];
let received: string[] = [];
/** Recipients whose emails the server refuses, with the code of the refusal. */
const refused = new Map<string, number>();
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, { envelope }, done) {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    stream.on('end', () => {
      attempted.push(text);
      const responseCode = refused.get(envelope.rcptTo[0]?.address ?? '');
      if (responseCode) return done(Object.assign(new Error('refused'), { responseCode }));
      received.push(text);
      done();
    });
  },
});
let mailers: Mailer[] = [];

beforeAll(async () => {
  world = await World.open();
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
});
afterAll(async () => {
  await world.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
beforeEach(async () => {
  world.time.now = new Date();
  attempted = [];
  received = [];
  refused.clear();
  await world.sql('delete from outgoing_mail');
  await world.sql('delete from work_attempt');
});
afterEach(async () => {
  await Promise.all(mailers.map((mailer) => mailer.stop()));
  mailers = [];
});

const portOf = (server: { address(): unknown }) => (server.address() as { port: number }).port;

function startMailer(port = portOf(smtp.server)): Mailer {
  const { orm, clock } = world.desk;
  const mailer = new Mailer({
    orm,
    clock,
    logger: createLogger('silent'),
    store: new FolderStore('/nowhere'),
    smtpUrl: `smtp://127.0.0.1:${port}`,
    sender: 'Desk <desk@desk.test>',
  });
  mailers.push(mailer);
  mailer.start();
  return mailer;
}

async function queue(given: Partial<Mail> = {}): Promise<void> {
  const mail = { workspaceId: world.workspaceId, recipient: 'ada@desk.test', subject: 'Вітання', body: 'https://desk.test/reset#secret' };
  await post(world.desk.orm.em.fork(), { ...mail, ...given }, world.desk.clock());
}

const later = (ms: number) => (world.time.now = new Date((world.time.now ?? new Date()).getTime() + ms));
const sent = async () => (await world.sql('select 1 from outgoing_mail where sent_at is not null')).length;
const attempt = async () =>
  (
    await world.sql<{ attempts: number; error: string; retry_at: string | null; lease_id: string | null }>(
      'select attempts, error, retry_at, lease_id from work_attempt',
    )
  )[0];
const messageIdsTo = (recipient: string) =>
  attempted.filter((text) => text.includes(`To: ${recipient}`)).map((text) => /^Message-ID: (.*)$/im.exec(text)?.[1]);

/** The two parts of a multipart/alternative email, decoded. */
function partsOf(email: string): { readonly text: string; readonly html: string } {
  const boundary = /boundary="([^"]+)"/.exec(email)?.[1] ?? '';
  const part = (type: string) => {
    const [head = '', ...rest] = (email.split(`--${boundary}`).find((one) => one.includes(`Content-Type: ${type}`)) ?? '').split(
      '\r\n\r\n',
    );
    const content = rest.join('\r\n\r\n');
    if (/base64/i.test(head)) return Buffer.from(content, 'base64').toString();
    const unfolded = content.replace(/=\r\n/g, '');
    return /quoted-printable/i.test(head)
      ? Buffer.from(
          unfolded.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
          'latin1',
        ).toString()
      : content;
  };
  return { text: part('text/plain'), html: part('text/html') };
}

/** A server that greets and never answers again, but passes on the connections for which `isSilent` is false. */
async function silentServer(isSilent: (index: number) => boolean) {
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (isSilent(count++)) return void socket.write('220 silent.test ESMTP\r\n');
    const onward = connect(portOf(smtp.server), '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    connections: () => count,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

it('sends an email once with two nodes, nothing that was rolled back, and keeps nothing of what it said', async () => {
  const { orm } = world.desk;
  await queue();
  await orm.em
    .fork()
    .transactional(async (em) => {
      await post(em, { workspaceId: world.workspaceId, recipient: 'ada@desk.test', subject: 'Never', body: 'x' }, new Date());
      throw new Error('rolled back');
    })
    .catch(() => undefined);

  startMailer();
  startMailer();
  await waitFor(async () => (await sent()) === 1, 'the email');

  expect(received).toHaveLength(1);
  expect(received[0]).toContain('To: ada@desk.test');
  expect(received[0]).toContain('From: Desk <desk@desk.test>');
  expect(await world.sql('select subject, body, due_at from outgoing_mail')).toEqual([{ subject: 'Вітання', body: '', due_at: null }]);
  await waitFor(async () => (await attempt()) === undefined, 'the end of the lease');
});

it('marks what the server writes by itself as automatic, and no reply that an agent wrote', async () => {
  const ada = await world.person('AGENT');
  const contact = await world.contact();
  const ticket = await world.ticket({ assigneeId: ada.id, requesterId: contact.id });
  await world.sql('delete from outgoing_mail');
  await ada.run(`mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { message } } } }`, {
    input: { ticketId: ticket.id, body: '<p>By hand</p>' },
  });
  await queue();

  startMailer();
  await waitFor(async () => (await sent()) === 2, 'both emails');

  const [reply, notice] = [received.find((text) => text.includes('By hand')), received.find((text) => text.includes('ada@desk.test'))];
  expect(reply).not.toContain('Auto-Submitted');
  expect(notice).toContain('Auto-Submitted: auto-generated');
});

it('sends a reply as plain text and as HTML with its links, numbers, levels and table, and nothing that runs or tracks', async () => {
  const ada = await world.person('AGENT');
  const contact = await world.contact();
  const ticket = await world.ticket({ assigneeId: ada.id, requesterId: contact.id });
  await world.sql('delete from outgoing_mail');
  const body = [
    '<p>See <a href="https://example.org/a?b=1&amp;c=2" onclick="x()">the page</a> &lt;now&gt;</p>',
    '<ol start="3"><li><p>Third</p><ul><li><p>Inner</p></li></ul></li><li><p>Fourth</p></li></ol>',
    '<table><tbody><tr><th>Name</th><th>Price</th></tr><tr><td>Ink</td><td>5</td></tr></tbody></table>',
    '<script>alert(1)</script><img src="https://track.test/p.gif"><p style="color:red"><a href="javascript:alert(2)">bad</a></p>',
  ].join('');
  await ada.run(`mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { message } } } }`, {
    input: { ticketId: ticket.id, body },
  });

  startMailer();
  await waitFor(async () => (await sent()) === 1, 'the reply');

  const { text, html } = partsOf(received[0] ?? '');
  expect(text).toContain('the page <https://example.org/a?b=1&c=2>');
  expect(text).toContain('3. Third');
  expect(html).toContain('<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">the page</a> &lt;now&gt;');
  expect(html).toMatch(/<ol start="3"><li><p>Third<\/p><ul><li><p>Inner<\/p><\/li><\/ul><\/li><li><p>Fourth<\/p><\/li><\/ol>/);
  expect(html).toMatch(/<table style="border-collapse: ?collapse">.*<th style="[^"]*">Price<\/th>.*<td style="[^"]*">5<\/td>/s);
  expect(html).not.toMatch(/script|alert|track\.test|onclick|javascript|color: ?red/);
  // Nothing of what was said is kept.
  expect(await world.sql('select body, html from outgoing_mail')).toEqual([{ body: '', html: null }]);
});

it('sends other emails while a server greets one connection and goes silent, holds no transaction open, and stops within seconds', async () => {
  const server = await silentServer((index) => index === 0);
  await queue({ subject: 'First' });
  const mailer = startMailer(server.port);
  await waitFor(() => server.connections() === 1, 'the first connection');

  for (let index = 0; index < 10; index++) await queue({ subject: `Other ${index}` });
  await waitFor(async () => (await sent()) === 10, 'the other emails');
  const [open]: { count: number }[] = await world.sql(
    `select count(*)::int from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  );
  expect(open?.count).toBe(0);
  expect((await attempt())?.lease_id).not.toBeNull();

  const began = performance.now();
  await mailer.stop();
  expect(performance.now() - began).toBeLessThan(2000);
  // Another node continues, and the stop is not counted as a failure.
  await waitFor(async () => (await attempt())?.lease_id === null, 'the release');
  later(2000);
  startMailer();
  await waitFor(async () => (await sent()) === 11, 'the first email');
  await server.close();
});

it('waits longer after each refusal, uses one Message-ID for all attempts, and gives up after five', async () => {
  refused.set('ada@desk.test', 451);
  await queue();
  startMailer();
  await waitFor(async () => (await attempt())?.attempts === 1 && (await attempt())?.lease_id === null, 'a refusal');
  later(2 * minute);
  await waitFor(async () => (await attempt())?.attempts === 2 && (await attempt())?.lease_id === null, 'the second refusal');
  refused.clear();
  later(20 * minute);
  await waitFor(async () => (await sent()) === 1 && (await attempt()) === undefined, 'the email');

  refused.set('bob@desk.test', 451);
  await queue({ recipient: 'bob@desk.test' });
  const waits: number[] = [];
  for (let count = 1; count <= 5; count++) {
    await waitFor(async () => (await attempt())?.attempts === count && (await attempt())?.lease_id === null, `refusal ${count}`);
    const retryAt = (await attempt())?.retry_at;
    if (retryAt) waits.push(Math.round((new Date(retryAt).getTime() - world.desk.clock().getTime()) / minute));
    later(24 * 60 * minute + minute);
  }
  expect(waits).toEqual([1, 15, 120, 1440]);
  expect(await attempt()).toMatchObject({ retry_at: null, error: expect.stringContaining('451') });
  const rows = await world.sql<{ id: string }>(
    `select id from outgoing_mail where recipient in ('ada@desk.test', 'bob@desk.test') order by recipient`,
  );
  expect(messageIdsTo('ada@desk.test')).toEqual(Array(3).fill(`<${rows[0]?.id}@baton>`));
  expect(messageIdsTo('bob@desk.test')).toEqual(Array(5).fill(`<${rows[1]?.id}@baton>`));
});

it('gives up at the first attempt what a server refuses for good, and sends the others', async () => {
  refused.set('gone@desk.test', 550);
  await queue({ recipient: 'gone@desk.test' });
  await queue();
  startMailer();

  await waitFor(async () => (await sent()) === 1 && (await attempt())?.retry_at === null, 'both');

  expect(await attempt()).toMatchObject({ attempts: 1, error: expect.stringContaining('550') });
  const owner = await world.person('OWNER');
  const { failedJobs } = await owner.run('{ failedJobs { edges { node { kind recipient attempts } } } }');
  expect(failedJobs.edges).toEqual([{ node: { kind: 'EMAIL', recipient: 'gone@desk.test', attempts: 1 } }]);
});

it('sends an email that a dead node had leased once the lease has expired, with the same Message-ID', async () => {
  await queue();
  const [row] = await world.sql<{ id: string }>('select id from outgoing_mail');
  const now = world.desk.clock();
  await world.sql(
    `insert into work_attempt (workspace_id, id, worker, item, lease_id, attempts, first_at, last_at, retry_at) values (?, ?, 'EMAIL', ?, ?, 1, ?, ?, ?)`,
    [world.workspaceId, newId(), row?.id, newId(), now, now, new Date(now.getTime() + 2 * minute)],
  );
  startMailer();
  await queue({ recipient: 'bob@desk.test' });
  await waitFor(async () => (await sent()) === 1, 'the other email');
  expect(received.join()).not.toContain('ada@desk.test');

  later(3 * minute);
  await waitFor(async () => (await sent()) === 2, 'the leased email');

  expect(messageIdsTo('ada@desk.test')).toEqual([`<${row?.id}@baton>`]);
});
