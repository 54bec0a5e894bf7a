import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, createTicket, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2 });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

/** Types without a pause in which a field could appear. */
async function typeAtOnce(page: Page, key: string, text: string): Promise<void> {
  await page.keyboard.press(key);
  await page.keyboard.type(text, { delay: 5 });
}

const text = 'thanks, restart the client and wait c r n t w m j k x now';

describe('what is typed after a command', () => {
  it.each([
    ['r', 'Reply'],
    ['n', 'Internal note'],
  ])('goes into the composer that %s opens, from the first character', async (key, name) => {
    const ada = await desk.person('olena@demo.baton', { path: '/views/open' });
    await ada.locator('[data-ticket]').first().click();
    await ada.getByRole('textbox', { name: 'Internal note' }).waitFor();
    await ada.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const before = ada.url();

    await typeAtOnce(ada, key, text);

    await expect.poll(() => ada.locator(`[role="textbox"][aria-label="${name}"]`).textContent()).toBe(text);
    expect(ada.url()).toBe(before);
    expect(await ada.getByRole('dialog').count()).toBe(0);
    await ada.context().close();
  });

  it('goes into the search of the palette and into the first field of a new ticket', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await typeAtOnce(ada, 'Control+k', text);
    await expect.poll(() => ada.getByRole('dialog').getByRole('combobox').inputValue()).toBe(text);
    await ada.keyboard.press('Escape');
    await ada.getByRole('dialog').waitFor({ state: 'detached' });

    await typeAtOnce(ada, 'c', text);
    await expect.poll(() => ada.getByPlaceholder('Search a client by name or e-mail').inputValue()).toBe(text);
    await ada.keyboard.press('Escape');
    await ada.getByRole('dialog').waitFor({ state: 'detached' });

    await typeAtOnce(ada, '/', 'is:open tag:vip');
    await expect.poll(() => ada.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe('is:open tag:vip');
    await ada.context().close();
  });
});

describe('a picker', () => {
  it('finds an agent by the first name, offers a new tag, and says its property and value', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'Picked by text');
    await olena.getByRole('button', { name: 'Assignee: Unassigned' }).click();
    await olena.keyboard.type('ada');
    await olena.keyboard.press('Enter');
    await olena.getByRole('button', { name: 'Assignee: Ada Lindqvist' }).waitFor();

    await olena.getByRole('button', { name: 'Add a tag' }).click();
    await olena.keyboard.type('e');
    await olena.getByRole('option', { name: '+ e', exact: true }).waitFor();
    await olena.keyboard.type('dge-case');
    await olena.keyboard.press('Enter');
    await olena.getByText('edge-case', { exact: true }).waitFor();
    await olena.reload();
    await olena.getByRole('button', { name: 'Assignee: Ada Lindqvist' }).waitFor();
    expect(olena.url()).toContain(number);
    await olena.context().close();
  });
});

describe('a dialog', () => {
  it('starts in its first field, and Enter there does not close it', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/settings/skills' });
    await olena.getByRole('button', { name: 'New skill group' }).click();
    const dialog = olena.getByRole('dialog');
    await dialog.waitFor();
    await expect.poll(() => olena.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await olena.keyboard.press('Enter');
    expect(await dialog.count()).toBe(1);
    await olena.context().close();
  });

  it('about a conflict keeps the rejected text when it is closed with Escape', async () => {
    const sofia = await desk.person('sofia@demo.baton', { node: 0, path: '/views/open' });
    const number = await createTicket(sofia, 'Both edit the subject');
    const olena = await desk.person('olena@demo.baton', { node: 1, path: `/views/open/${number}` });
    await sofia.context().setOffline(true);
    await choose(sofia, 'Priority', 'Low');
    await sofia.getByText('Waits to be sent', { exact: true }).waitFor();
    await choose(olena, 'Priority', 'High');
    await olena.getByRole('button', { name: 'Priority: High' }).waitFor();
    await sofia.context().setOffline(false);
    await sofia.getByRole('dialog').waitFor();

    await sofia.keyboard.press('Escape');

    await sofia.getByText('Your change was not saved').waitFor();
    await picture(sofia, 'conflict-kept');
    await sofia.reload();
    await sofia.getByRole('dialog').getByRole('button', { name: 'Use mine' }).click();
    await olena.getByRole('button', { name: 'Priority: Low' }).waitFor();
    await Promise.all([sofia.context().close(), olena.context().close()]);
  });
});

describe('the list', () => {
  it('is one stop for Tab, moves by arrow keys and gives the focus to the ticket it opens', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    await olena.locator('[data-ticket]').first().waitFor();
    expect(await olena.locator('[data-ticket][tabindex="0"]').count()).toBe(1);

    await olena.locator('[data-ticket][tabindex="0"]').focus();
    await olena.keyboard.press('ArrowDown');
    await olena.keyboard.press('ArrowDown');
    const third = olena.locator('li[aria-posinset="3"] [data-ticket]');
    await expect.poll(() => third.evaluate((row) => row === document.activeElement)).toBe(true);
    const number = await third.getAttribute('data-ticket');
    await olena.keyboard.press('Enter');

    await olena.waitForURL(`**/views/open/${number}`);
    await expect.poll(() => olena.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).toMatch(`#${number} `);
    await olena.keyboard.press('Escape');
    await expect.poll(() => olena.evaluate(() => document.activeElement?.getAttribute('data-ticket'))).toBe(number);
    await olena.context().close();
  });

  it('is narrowed by a filter that is typed on a view, and is the whole view again without it', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    await createTicket(olena, 'Low and open');
    await choose(olena, 'Priority', 'Low');
    await olena.getByRole('button', { name: 'Priority: Low' }).waitFor();
    await createTicket(olena, 'Low and resolved');
    await choose(olena, 'Priority', 'Low');
    await choose(olena, 'Status', 'Resolved');
    await olena.getByRole('button', { name: 'Status: Resolved' }).waitFor();
    await createTicket(olena, 'Of normal priority');
    await olena.getByRole('link', { name: /^Unassigned/ }).click();
    await olena.getByTestId('queue').getByText('Of normal priority').waitFor();
    await olena.getByTestId('queue').getByText('Low and open').waitFor();
    await olena.keyboard.press('/');
    await olena.getByRole('combobox', { name: 'Filter' }).fill('priority:low');
    await olena.keyboard.press('Enter');

    await olena.waitForURL('**/views/unassigned?q=*');
    await olena.getByRole('heading', { name: 'Unassigned' }).waitFor();
    await olena.getByTestId('queue').getByText('Of normal priority').waitFor({ state: 'detached' });
    await olena.getByTestId('queue').getByText('Low and open').waitFor();
    expect(await olena.getByTestId('queue').getByText('Low and resolved').count()).toBe(0);
    await picture(olena, 'view-narrowed');

    await olena.getByRole('combobox', { name: 'Filter' }).fill('');
    await olena.keyboard.press('Enter');
    await olena.waitForURL(/\/views\/unassigned$/);
    await olena.getByTestId('queue').getByText('Of normal priority').waitFor();
    await olena.context().close();
  });
});

describe('an unsent change on which the server fails', () => {
  it('is kept with its text and holds up no other', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
    await createTicket(sofia, 'One bad note');
    const composer = sofia.getByRole('textbox', { name: 'Internal note' });
    // A server that fails on this one note, whatever the reason.
    await sofia.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('a note that breaks')) return route.continue();
      await route.fulfill({
        json: { data: null, errors: [{ message: 'The server failed.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
      });
    });
    await composer.fill('a note that breaks');
    await sofia.getByRole('button', { name: 'Add note' }).click();
    await sofia.getByRole('article', { name: 'Waiting to be sent' }).waitFor();
    await composer.fill('a note after it');
    await sofia.getByRole('button', { name: 'Add note' }).click();

    await sofia
      .getByRole('article', { name: /^Internal note: / })
      .getByText('a note after it')
      .waitFor();
    await sofia.getByRole('button', { name: '1 change was not accepted' }).click();
    await sofia.getByRole('dialog').getByText('a note that breaks').waitFor();
    await picture(sofia, 'unsent-refused');
    await sofia.context().close();
  });
});
