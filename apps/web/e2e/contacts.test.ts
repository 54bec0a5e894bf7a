import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

it('a client is made, described, given a ticket, and turns out to be another; a colleague sees each of it', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/contacts' });
  await sofia.getByRole('link', { name: /.+@.+/ }).first().waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'contacts');
  const make = async (name: string, email: string) => {
    await sofia.goto(new URL('/contacts', sofia.url()).href);
    await sofia.getByRole('button', { name: 'New client' }).click();
    const dialog = sofia.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('E-mail').fill(email);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await sofia.getByRole('heading', { name, level: 1 }).waitFor();
    return sofia.url();
  };
  const main = await make('Halyna Test', 'halyna@work.test');
  const twin = await make('H. Test', 'halyna@home.test');

  const number = await (async () => {
    await sofia.goto(new URL('/views/open', sofia.url()).href);
    return createTicket(sofia, 'Whose am I?');
  })();
  const client = sofia.getByRole('region', { name: 'Client', exact: true });
  await client.getByRole('button', { name: 'Choose a client' }).click();
  await client.getByRole('combobox').fill('H. Test');
  await client.getByRole('option', { name: /H\. Test/ }).dispatchEvent('pointerdown');
  await client.getByRole('link', { name: 'H. Test' }).click();
  await sofia.getByRole('region', { name: 'Tickets' }).getByText('Whose am I?').waitFor();

  const ada = await desk.person('ada@demo.baton', { node: 1, path: new URL(main).pathname });
  const card = ada.getByRole('form', { name: 'Card' });
  await card.getByLabel('Organization').fill('Test & Sons');
  await card.getByLabel(/^E-mail addresses/).fill('halyna@work.test\nhalyna@home.test');
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('A customer with the email address halyna@home.test exists already.', { exact: false }).waitFor();
  await picture(ada, 'contact-exists');
  await card.getByLabel(/^E-mail addresses/).fill('halyna@work.test');
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('Saved.').waitFor();
  await card.getByLabel('First name').fill('Halyna');
  await card.getByLabel('Last name').fill('Test');
  expect(await card.getByLabel('Name', { exact: true }).inputValue()).toBe('Halyna Test');
  await card.getByLabel('Language').selectOption({ label: 'Українська' });
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('Saved.').waitFor();
  await ada.getByRole('region', { name: 'Conversations' }).getByText('No conversations that you can see.').waitFor();
  await ada.setViewportSize({ width: 360, height: 740 });
  await ada.emulateMedia({ colorScheme: 'dark' });
  expect(await faultsOf(ada)).toEqual([]);
  await picture(ada, 'contact-card-dark-phone');
  await ada.emulateMedia({ colorScheme: 'light' });
  await ada.setViewportSize({ width: 1280, height: 800 });

  await sofia.goto(twin);
  await sofia.getByRole('button', { name: 'Merge' }).click();
  const dialog = sofia.getByRole('dialog');
  await dialog.getByLabel('The client that stays').fill('Halyna');
  await dialog
    .getByRole('option', { name: /Halyna Test/ })
    .first()
    .dispatchEvent('pointerdown');
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await sofia.getByRole('heading', { name: 'Halyna Test', level: 1 }).waitFor();

  // Without a reload: addresses and the ticket that came with the other card.
  await expect.poll(() => card.getByLabel(/^E-mail addresses/).inputValue()).toBe('halyna@work.test\nhalyna@home.test');
  await ada.getByRole('region', { name: 'Tickets' }).getByText(`#${number}`).waitFor();
  expect(await faultsOf(ada)).toEqual([]);
  await picture(ada, 'contact-card');

  // They were two after all: each has again what was theirs, on every screen.
  await sofia.getByText(/became this one on/).waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'contact-merged');
  await sofia.getByRole('button', { name: /^Take .* out of this card again$/ }).click();
  await expect.poll(() => card.getByLabel(/^E-mail addresses/).inputValue()).toBe('halyna@work.test');
  await ada.getByRole('region', { name: 'Tickets' }).getByText(`#${number}`).waitFor({ state: 'detached' });
  await expect.poll(() => sofia.getByText(/became this one on/).count()).toBe(0);
  await ada.context().close();
  await sofia.context().close();
});

it('a ticket that was begun is there after a reload, and the client’s tickets like it are shown before it is made', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  const begin = async () => {
    await sofia.getByRole('button', { name: 'New ticket' }).click();
    return sofia.getByRole('dialog', { name: 'New ticket' });
  };
  let dialog = await begin();
  await dialog.getByPlaceholder('Search a client by name or e-mail').fill('H. Test');
  await dialog
    .getByRole('option', { name: /halyna@home\.test/ })
    .first()
    .dispatchEvent('pointerdown');
  await dialog.getByLabel('Subject').fill('Whose am I');
  const similar = dialog.getByRole('button', { name: /Whose am I\?/ });
  await similar.waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'new-ticket-similar');

  await sofia.reload();
  await sofia.getByTestId('queue').waitFor();
  dialog = await begin();
  await dialog.getByText('You had begun this before.').waitFor();
  expect(await dialog.getByLabel('Subject').inputValue()).toBe('Whose am I');
  await dialog.getByText('H. Test').waitFor();
  await picture(sofia, 'new-ticket-kept');
  await dialog.getByRole('button', { name: 'Clear the form' }).click();
  expect(await dialog.getByLabel('Subject').inputValue()).toBe('');
  await dialog.getByLabel('Internal ticket').check();
  await dialog.getByLabel('Subject').fill('Something else entirely');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await sofia.getByRole('heading', { name: 'Something else entirely' }).waitFor();
  dialog = await begin();
  expect(await dialog.getByText('You had begun this before.').count()).toBe(0);
  await sofia.context().close();
});
