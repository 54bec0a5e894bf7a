import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;
/** Where browsers would be reached: their makers' service, which is not ours. */
let service: Server;
let host: string;
let pushes = 0;

beforeAll(async () => {
  service = createServer((_request, response) => {
    pushes++;
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(service.address() as { port: number }).port}`;
  desk = await RunningDesk.start({ nodes: 1, closed: true, settings: { PUSH_SERVICES: host } });
});
afterAll(async () => {
  await desk.stop();
  await new Promise((resolve) => service.close(resolve));
});
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('what somebody is told of', () => {
  it('is chosen by kind and channel, and changed by one click on what came, with a way back', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/settings/notifications' });
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const what = ada.getByRole('region', { name: 'What you are told of' });
    await what.getByRole('checkbox', { name: 'Notes: E-mail' }).check();
    await what.getByLabel('Notes: on which tickets').selectOption('TEAM');
    const when = ada.getByRole('region', { name: 'When e-mail and push may reach you' });
    await when.getByLabel('Quiet hours').check();
    await when.getByLabel('From').fill('21:30');
    await when.getByRole('button', { name: 'Save' }).click();
    await when.getByText('Saved.').waitFor();
    expect(await faultsOf(ada)).toEqual([]);
    await picture(ada, 'notification-settings');
    await ada.reload();
    await what.waitFor();
    expect(await what.getByRole('checkbox', { name: 'Notes: E-mail' }).isChecked()).toBe(true);
    expect(await what.getByLabel('Notes: on which tickets').inputValue()).toBe('TEAM');
    expect(await when.getByLabel('From').inputValue()).toBe('21:30');

    const number = await createTicket(olena, 'Somebody should look at this');
    await choose(olena, 'Assignee', 'Ada');
    await ada.getByRole('button', { name: /[1-9]\d* unread/ }).click();
    const panel = ada.getByRole('dialog');
    const line = panel
      .getByRole('listitem')
      .filter({ hasText: `#${number}` })
      .first();
    await line.hover();
    await picture(ada, 'notification-panel');
    expect(await faultsOf(ada)).toEqual([]);
    await line.getByRole('button', { name: 'No more of these (it is assigned to you)' }).click();
    await ada.getByText('Assignments: told no more.').waitFor();
    await ada.keyboard.press('Escape');
    await ada.reload();
    const bell = what.getByRole('checkbox', { name: 'Assignments: Bell' });
    await bell.waitFor();
    expect(await bell.isChecked()).toBe(false);
    await bell.check();
    await ada.context().close();
    await olena.context().close();
  });

  it('comes to a browser in which no page of the desk is open', async () => {
    const ada = await desk.person('bohdan@demo.baton', { path: '/settings/notifications', permissions: ['notifications'] });
    // What the browser's maker does: it hands out an address and the keys to it.
    await ada.evaluate((endpoint) => {
      const made = {
        endpoint,
        toJSON: () => ({
          endpoint,
          keys: {
            p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
            auth: 'BTBZMqHH6r4Tts7J_aSIgg',
          },
        }),
        unsubscribe: () => Promise.resolve(true),
      };
      let current: unknown = null;
      PushManager.prototype.subscribe = () => Promise.resolve((current = made) as unknown as PushSubscription);
      PushManager.prototype.getSubscription = () => Promise.resolve(current as PushSubscription | null);
    }, `http://${host}/bohdan`);
    const push = ada.getByRole('region', { name: 'Push to this browser' });
    await push.getByRole('button', { name: 'Turn on' }).click();
    await push.getByText('Your browsers that are pushed to: 1').waitFor();
    await picture(ada, 'notification-push');

    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'Somebody should be pushed to');
    await choose(olena, 'Assignee', 'Bohdan');
    // The demo's own clocks may push to them too.
    await expect.poll(() => pushes, { timeout: 20_000 }).toBeGreaterThan(0);

    // And what the browser does with it.
    const cdp = await ada.context().newCDPSession(ada);
    const registration = new Promise<string>((resolve) =>
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      }),
    );
    await cdp.send('ServiceWorker.enable');
    const url = new URL(`/tickets/${number}`, ada.url()).href;
    const origin = new URL(ada.url()).origin;
    const data = JSON.stringify({ title: `#${number} Pushed`, body: 'Olena changed it', url, tag: `ticket ${number}` });
    await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registration, data });
    const shown = () =>
      ada.evaluate(async () => {
        const worker = await navigator.serviceWorker.ready;
        return (await worker.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
      });
    await expect.poll(shown).toEqual([{ title: `#${number} Pushed`, body: 'Olena changed it', tag: `ticket ${number}` }]);
    await push.getByRole('button', { name: 'Turn off' }).click();
    await push.getByText('Your browsers that are pushed to: 0').waitFor();
    await ada.context().close();
    await olena.context().close();
  });

  it('is read on every device once the ticket is opened, and a mention of a member without access is refused', async () => {
    const emma = await desk.person('emma@demo.baton', { path: '/settings/notifications' });
    const phone = await desk.person('emma@demo.baton', { path: '/views/closed', viewport: { width: 360, height: 740 } });
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'Somebody should read this');
    await choose(olena, 'Assignee', 'Emma');
    await emma.getByRole('button', { name: /[1-9]\d* unread/ }).click();
    const unread = emma
      .getByRole('listitem')
      .filter({ hasText: `#${number}` })
      .locator('.line-clamp-2.font-semibold');
    await unread.waitFor();
    await phone.goto(`/tickets/${number}`);
    await phone.getByRole('heading', { name: 'Somebody should read this' }).waitFor();
    await unread.waitFor({ state: 'detached' });

    const composer = phone.getByRole('textbox', { name: 'Internal note' });
    await composer.click();
    await composer.pressSequentially('@Chiara');
    await phone.getByRole('option', { name: 'Chiara Rossi' }).click();
    await composer.pressSequentially('please look');
    await phone.getByRole('button', { name: 'Add note' }).click();
    await phone.getByRole('alert').filter({ hasText: "You can't mention Chiara Rossi here" }).waitFor();
    expect(await faultsOf(phone)).toEqual([]);
    await picture(phone, 'mention-refused-360');
    await phone.emulateMedia({ colorScheme: 'dark' });
    await phone.setViewportSize({ width: 1440, height: 900 });
    await picture(phone, 'mention-refused-dark');
    await Promise.all([emma, phone, olena].map((page) => page.context().close()));
  });
});
