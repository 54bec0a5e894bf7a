import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('many tickets', () => {
  it('are selected by pointer and by key, changed at once before a colleague’s eyes, and put back', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
    const emma = await desk.person('emma@demo.baton', { node: 1, path: '/views/open' });
    const numbers: string[] = [];
    for (const subject of ['Lamp one', 'Lamp two', 'Lamp three']) numbers.push(await createTicket(sofia, subject));
    await sofia.goto(new URL('/views/open', sofia.url()).href);
    const row = (page: typeof sofia, number: string | undefined) => page.locator(`[data-ticket="${number}"]`);
    await row(sofia, numbers[2]).waitFor();

    await sofia.keyboard.press('j');
    await sofia.keyboard.press('x');
    await sofia.getByRole('toolbar', { name: 'What to do with the selected tickets' }).waitFor();
    await sofia.getByRole('checkbox', { name: `Select #${numbers[0]}` }).click({ modifiers: ['Shift'] });
    await sofia.getByRole('status').filter({ hasText: '3 selected' }).waitFor();
    expect(await faultsOf(sofia)).toEqual([]);
    await picture(sofia, 'bulk-selected');
    await sofia.getByRole('button', { name: 'Tag', exact: true }).click();
    await sofia.getByPlaceholder('Search…').fill('lamps');
    await sofia.getByRole('option', { name: '+ lamps' }).click();
    await sofia.getByText('3 tickets changed').waitFor();
    for (const number of numbers) await row(emma, number).getByText('lamps').waitFor();
    await picture(sofia, 'bulk-done');

    await sofia.getByRole('button', { name: 'Undo' }).click();
    await sofia.getByText('3 tickets are as before').waitFor();
    for (const number of numbers) await row(emma, number).getByText('lamps').waitFor({ state: 'detached' });
    // The log says that it was one of three.
    await row(emma, numbers[0]).click();
    await emma.getByText('with 3 tickets at once').first().waitFor();
    await sofia.context().close();
    await emma.context().close();
  });

  it('are all that a list holds, also what nobody scrolled to, and it says which were left as they are and why', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/closed' });
    await sofia.locator('[data-ticket]').first().waitFor();
    await sofia.locator('[data-ticket]').first().hover();
    await sofia.getByRole('checkbox').first().click();
    await sofia.getByRole('button', { name: /^Select all \d+/ }).click();
    await sofia.getByRole('button', { name: 'Status', exact: true }).click();
    await sofia.getByRole('option', { name: 'New', exact: true }).click();
    const dialog = sofia.getByRole('dialog', { name: /^Change \d+ tickets\?/ });
    await dialog.waitFor();
    expect(await faultsOf(sofia)).toEqual([]);
    await dialog.getByRole('button', { name: /^Change \d+$/ }).click();
    // Nothing goes back to New: none is changed, and each says so.
    await sofia.getByText(/were left as they are/).waitFor({ timeout: 30_000 });
    await sofia.getByRole('button', { name: 'Which, and why' }).click({ timeout: 30_000 });
    await sofia.getByRole('group', { name: 'Progress' }).getByRole('listitem').first().waitFor();
    await picture(sofia, 'bulk-refused');
    expect(await faultsOf(sofia)).toEqual([]);
    await sofia.context().close();
  });
});
