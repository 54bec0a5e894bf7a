import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FolderStore } from '../files/file-store.ts';
import { createLogger } from '../logger.ts';
import { waitFor, World } from '../../testing/world.ts';
import { Mailer, post } from './mailer.ts';

let world: World;
const received: string[] = [];
let refusing = 0;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, _session, done) {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    stream.on('end', () => {
      if (refusing-- > 0) return done(Object.assign(new Error('come again later'), { responseCode: 451 }));
      received.push(text);
      done();
    });
  },
});

beforeAll(async () => {
  world = await World.open();
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await world.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

it('hands a letter over once, also when there are two nodes and it was refused at first, and keeps nothing of what it said', async () => {
  const { orm } = world.desk;
  const { port } = smtp.server.address() as { port: number };
  const settings = {
    orm,
    logger: createLogger('silent'),
    store: new FolderStore('/nowhere'),
    smtpUrl: `smtp://127.0.0.1:${port}`,
    sender: 'Desk <desk@desk.test>',
  };
  const mailers = [new Mailer(settings), new Mailer(settings)];
  const letter = {
    workspaceId: world.workspaceId,
    recipient: 'ada@desk.test',
    subject: 'Вітання',
    body: 'A link: https://desk.test/reset#secret',
  };
  refusing = 1;
  await orm.em.fork().transactional((em) => post(em, letter, new Date()));
  await orm.em
    .fork()
    .transactional(async (em) => {
      await post(em, { ...letter, subject: 'Never' }, new Date());
      throw new Error('rolled back');
    })
    .catch(() => undefined);

  for (const mailer of mailers) mailer.start();
  await waitFor(async () => (await world.sql<{ attempts: number }>('select attempts from outgoing_mail'))[0]?.attempts === 1, 'a refusal');
  await world.sql('update outgoing_mail set due_at = now()');
  await waitFor(() => received.length > 0, 'the letter');
  await waitFor(async () => (await world.sql('select 1 from outgoing_mail where sent_at is not null')).length === 1, 'its mark');
  for (const mailer of mailers) await mailer.stop();

  expect(received).toHaveLength(1);
  expect(received[0]).toContain('To: ada@desk.test');
  expect(received[0]).toContain('From: Desk <desk@desk.test>');
  expect(received[0]).toContain('Auto-Submitted: auto-generated');
  expect(await world.sql('select subject, body, due_at from outgoing_mail')).toEqual([{ subject: 'Вітання', body: '', due_at: null }]);
});
