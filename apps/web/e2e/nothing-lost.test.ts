import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { choose, createTicket, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2 });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

const composer = (page: Page) => page.getByRole('textbox', { name: 'Internal note' });
const notes = (page: Page) => page.getByRole('article', { name: /^Internal note: / });

it('loses nothing that two people type while their server dies and comes back', async () => {
  const sofia = await desk.person('sofia@demo.baton', { node: 0, path: '/views/open' });
  const number = await createTicket(sofia, 'Restart in the middle');
  const olena = await desk.person('olena@demo.baton', { node: 0, path: `/views/open/${number}` });
  await composer(olena).waitFor();

  const typing = Promise.all([
    composer(sofia).pressSequentially('Sofia types on through it all.', { delay: 60 }),
    composer(olena).pressSequentially('Olena does the same meanwhile.', { delay: 60 }),
  ]);
  await desk.kill(0);
  await sofia.locator('[data-connection="stale"]').first().waitFor();
  await picture(sofia, 'server-gone');
  await typing;
  // Sent while there is nobody to hear it, shown as waiting, and sent by itself when there is.
  await sofia.getByRole('button', { name: 'Add note' }).click();
  await sofia.getByRole('article', { name: 'Waiting to be sent' }).getByText('Sofia types on through it all.').waitFor();
  await choose(sofia, 'Priority', 'Critical');
  await sofia.getByText('Waits to be sent', { exact: true }).waitFor();
  await sofia.getByRole('button', { name: /wait to be sent/ }).waitFor();
  await picture(sofia, 'waiting-to-be-sent');
  await desk.revive(0);

  await notes(olena).getByText('Sofia types on through it all.').waitFor();
  await olena
    .getByRole('button', { name: /^Priority:/ })
    .getByText('Critical')
    .waitFor();
  expect(await composer(olena).textContent()).toBe('Olena does the same meanwhile.');
  await sofia.getByRole('article', { name: 'Waiting to be sent' }).waitFor({ state: 'detached' });
  await notes(sofia).first().waitFor();
  expect(await notes(sofia).count()).toBe(1);

  // A colleague's note came in between: the first click shows it, the second sends.
  await olena.getByRole('button', { name: 'Add note' }).click();
  await olena.getByText('Somebody else added a note while you were writing.').waitFor();
  await picture(olena, 'note-meanwhile');
  await olena.getByRole('button', { name: 'Add anyway' }).click();
  for (const page of [sofia, olena]) await notes(page).getByText('Olena does the same meanwhile.').waitFor();
  expect(await notes(olena).count()).toBe(2);
  await Promise.all([sofia.context().close(), olena.context().close()]);
});

it('keeps what was done without a connection through a reload of the page, and sends it once', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  const number = await createTicket(sofia, 'Offline');
  // What shows the outbox is loaded a moment after the page.
  await sofia.waitForTimeout(3000);
  await sofia.context().setOffline(true);
  await composer(sofia).fill('Written on a train.');
  await sofia.getByRole('button', { name: 'Add note' }).click();
  await sofia.getByRole('article', { name: 'Waiting to be sent' }).waitFor();
  expect(await composer(sofia).textContent()).toBe('');
  await sofia.getByRole('button', { name: '1 change waits to be sent' }).click();
  await sofia.getByRole('dialog').getByText('Written on a train.').waitFor();
  await picture(sofia, 'outbox');
  await sofia.context().setOffline(false);
  await sofia.reload();

  await notes(sofia).getByText('Written on a train.').waitFor();
  await sofia.getByRole('article', { name: 'Waiting to be sent' }).waitFor({ state: 'detached' });
  const other = await desk.person('olena@demo.baton', { node: 1, path: `/views/open/${number}` });
  await notes(other).getByText('Written on a train.').waitFor();
  expect(await notes(other).count()).toBe(1);
  await Promise.all([sofia.context().close(), other.context().close()]);
});

it('brings before the person what was refused of what had waited', async () => {
  const sofia = await desk.person('sofia@demo.baton', { node: 0, path: '/views/open' });
  const number = await createTicket(sofia, 'Refused later');
  const olena = await desk.person('olena@demo.baton', { node: 1, path: `/views/open/${number}` });
  await sofia.context().setOffline(true);
  await choose(sofia, 'Priority', 'Low');
  await sofia.getByText('Waits to be sent', { exact: true }).waitFor();
  await choose(olena, 'Priority', 'High');
  await olena.getByRole('region', { name: 'History' }).getByText('changed the priority from Normal to High').waitFor();

  await sofia.context().setOffline(false);

  const dialog = sofia.getByRole('dialog');
  await dialog.getByText('Olena').first().waitFor();
  await dialog.getByRole('button', { name: 'Use mine' }).click();
  await olena
    .getByRole('button', { name: /^Priority:/ })
    .getByText('Low')
    .waitFor();
  await Promise.all([sofia.context().close(), olena.context().close()]);
});

it('finds a draft again on another device, and nothing of it once it was sent', async () => {
  const desktop = await desk.person('sofia@demo.baton', { node: 0, path: '/views/open' });
  const number = await createTicket(desktop, 'Two devices');
  await composer(desktop).pressSequentially('Begun at the desk');
  const phone = await desk.person('sofia@demo.baton', { node: 1, path: `/views/open/${number}` });
  await composer(phone).getByText('Begun at the desk').waitFor();

  await composer(phone).press('End');
  await composer(phone).pressSequentially(', ended in the yard');
  await composer(desktop).getByText('Begun at the desk, ended in the yard').waitFor();
  await phone.getByRole('button', { name: 'Add note' }).click();

  await notes(desktop).getByText('Begun at the desk, ended in the yard').waitFor();
  await desktop.waitForFunction(() => document.querySelector('[role="textbox"][aria-label="Internal note"]')?.textContent === '');
  await phone.reload();
  await notes(phone).waitFor();
  expect(await composer(phone).textContent()).toBe('');
  await Promise.all([desktop.context().close(), phone.context().close()]);
});

it('takes back one’s own last change', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  await createTicket(sofia, 'Oh no');
  await choose(sofia, 'Priority', 'Critical');
  const undo = sofia.getByRole('region', { name: /^Notifications/ }).getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await sofia.waitForTimeout(600);
  await picture(sofia, 'undo');

  await undo.click();

  await sofia
    .getByRole('button', { name: /^Priority:/ })
    .getByText('Normal')
    .waitFor();
  await sofia.getByRole('region', { name: 'History' }).getByText('changed the priority from Critical to Normal').waitFor();
  await sofia.context().close();
});

it('shows in the list who is on a ticket, and what came in above what is being read', async () => {
  const reader = await desk.person('olena@demo.baton', { node: 1, viewport: { width: 1440, height: 500 }, path: '/views/open' });
  const sofia = await desk.person('sofia@demo.baton', { node: 0, path: '/views/open' });
  // Enough to scroll by, whatever the demo desk's random data left open.
  const query = 'mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } } }';
  for (let index = 1; index <= 25; index++)
    await sofia.request.post('/graphql', { data: { query, variables: { input: { subject: `One of many ${index}`, internal: true } } } });
  const number = await createTicket(sofia, 'Look who is here');
  const row = reader.locator(`[data-ticket="${number}"]`);
  await row.locator('[data-presence]').waitFor();
  await composer(sofia).pressSequentially('Writing…');
  await row.locator('[data-presence="writing"]').waitFor();
  await picture(reader, 'presence-in-list');

  const queue = reader.getByTestId('queue');
  await queue.evaluate((element) => element.scrollTo({ top: 12 * 44 }));
  // A row that is drawn and seen after the scroll; what was drawn before it may go at any frame.
  await row.waitFor({ state: 'detached' });
  const ticket = await queue.evaluate((element) => {
    const middle = element.getBoundingClientRect().top + element.clientHeight / 2;
    const seen = [...element.querySelectorAll<HTMLElement>('[data-ticket]')];
    return seen.find((each) => each.getBoundingClientRect().top > middle)?.dataset.ticket;
  });
  expect(ticket).toBeDefined();
  const same = reader.locator(`[data-ticket="${ticket}"]`);
  const before = { top: (await same.boundingBox())?.y };
  await createTicket(sofia, 'New above');
  await reader.getByRole('button', { name: '1 new above' }).waitFor();
  await picture(reader, 'new-above');
  expect(Math.abs(((await same.boundingBox())?.y ?? 0) - (before.top ?? 0))).toBeLessThan(2);

  await reader.getByRole('button', { name: '1 new above' }).click();
  await reader.locator('[data-ticket]', { hasText: 'New above' }).waitFor();
  await sofia.context().close();
  await row.locator('[data-presence]').waitFor({ state: 'detached', timeout: 10_000 });
  await reader.context().close();
});

it('shows within ten seconds that a silent server is not live, and is live again once it answers', async () => {
  const sofia = await desk.person('sofia@demo.baton', { node: 1, path: '/views/open' });
  desk.freeze(1);
  try {
    // Two intervals of the ping, as a busy machine runs late.
    await sofia.locator('[data-connection="stale"]').first().waitFor({ timeout: 15_000 });
    await sofia.getByText('Not live since').first().waitFor();
  } finally {
    desk.thaw(1);
  }
  await sofia.locator('[data-connection="live"]').first().waitFor();
  await sofia.context().close();
});
