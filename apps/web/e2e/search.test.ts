import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 1, closed: true });
});
afterAll(() => desk.stop());

describe('whoever looks for a ticket', () => {
  it('finds it by its words in any form, and goes from one to the next by keys', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'The barometer shows nonsense');
    await olena.goto(new URL('/views/open', olena.url()).href);
    await olena.getByTestId('queue').waitFor();
    await olena.keyboard.press('/');
    await olena.getByRole('combobox', { name: 'Filter' }).fill('barometers is:open');
    await olena.keyboard.press('Enter');

    const results = olena.getByRole('region', { name: 'Found for “barometers”' });
    const row = results.locator(`[data-ticket="${number}"]`);
    await row.waitFor();
    expect(await row.locator('mark').allTextContents()).toEqual(['barometer']);
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'search-results');
    await olena.getByRole('combobox', { name: 'Filter' }).blur();
    await olena.keyboard.press('j');
    await olena.keyboard.press('Enter');
    await olena.waitForURL(/\/views\/open\/\d+\?q=/);
    expect(olena.url()).toContain(`/open/${number}?`);
    await picture(olena, 'search-beside-ticket');

    await olena.getByRole('combobox', { name: 'Filter' }).fill('nowhereatall');
    await olena.getByRole('combobox', { name: 'Filter' }).press('Enter');
    await olena.getByText('No ticket that you see says “nowhereatall”.').waitFor();
    await olena.context().close();
    expect(desk.complaints).toEqual([]);
  });

  it('opens it from the palette, where everything can be done and gone to', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'A theodolite without a tripod');
    await olena.goto(new URL('/views/open', olena.url()).href);
    await olena.getByTestId('queue').waitFor();
    await olena.keyboard.press('Control+k');
    const field = olena.getByPlaceholder('Words, a ticket’s number, or what to do');
    await field.waitFor();
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'palette');
    await field.fill('theodolit');
    await olena.getByRole('option', { name: /A theodolite without a tripod/ }).waitFor();
    await picture(olena, 'palette-found');
    await olena.keyboard.press('Enter');
    await olena.waitForURL(new RegExp(`/${number}$`));

    // What the open ticket offers is there as well.
    await olena.getByRole('article').waitFor();
    await olena.keyboard.press('Control+k');
    await field.fill('take');
    await olena.getByRole('option', { name: 'Take the ticket T' }).click();
    await olena.getByRole('complementary', { name: 'Properties' }).getByText('Olena', { exact: false }).first().waitFor();
    await olena.keyboard.press('Control+k');
    await field.fill('settings people');
    await olena.keyboard.press('Enter');
    await olena.waitForURL(/\/settings\/people$/);
    await olena.context().close();
    expect(desk.complaints).toEqual([]);
  });

  it('does it by keys of their own', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    await olena.getByTestId('queue').waitFor();
    await olena.keyboard.press('Shift+?');
    const change = (key: string) => olena.getByRole('button', { name: `Change the key for “New ticket”, now ${key}` });
    await change('C').click();
    await olena.keyboard.press('x');
    await change('X').waitFor();
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'keys');
    await olena.keyboard.press('Escape');
    await olena.getByRole('dialog').waitFor({ state: 'detached' });
    await olena.reload();
    await olena.getByTestId('queue').waitFor();
    await olena.keyboard.press('c');
    await olena.keyboard.press('x');
    await olena.getByRole('dialog', { name: 'New ticket' }).waitFor();
    expect(await olena.getByRole('dialog').count()).toBe(1);
    await olena.context().close();
    expect(desk.complaints).toEqual([]);
  });
});
