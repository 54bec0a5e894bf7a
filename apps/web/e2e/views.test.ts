import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('a view', () => {
  it('is made of a filter that was typed, given to a team, changed and deleted, before the eyes of those who have it', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/filter?q=priority%3Acritical' });
    const olena = await desk.person('olena@demo.baton', { node: 1, path: '/views/open' });
    await sofia.getByRole('button', { name: 'How it is shown' }).click();
    const dialog = sofia.getByRole('dialog', { name: 'How it is shown' });
    await dialog.getByLabel('Name', { exact: true }).fill('On fire');
    await dialog.getByLabel('Who has it').selectOption('TEAM');
    await dialog.getByLabel('Team', { exact: true }).last().selectOption({ label: 'Support' });
    await dialog.getByLabel('Filter', { exact: true }).fill('priority:critical colour:red');
    await dialog.getByText('“colour” is no condition.', { exact: false }).waitFor();
    await dialog.getByLabel('Filter', { exact: true }).fill('priority:critical,high');
    await dialog.getByRole('checkbox', { name: 'Created' }).check();
    expect(await faultsOf(sofia)).toEqual([]);
    await picture(sofia, 'view-save');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await sofia.getByRole('region', { name: 'Tickets in On fire' }).waitFor();
    await picture(sofia, 'view-own');

    // A colleague of the team has it, with its number, without doing anything.
    const link = olena.getByRole('link', { name: /^On fire/ });
    await link.waitFor();
    await link.click();
    await olena.getByRole('region', { name: 'Tickets in On fire' }).waitFor();
    const count = async () => Number(await link.locator('[data-view]').textContent());
    const before = await count();
    await createTicket(sofia, 'Ordinary matter');
    await sofia.goBack();

    // Changed to what the ordinary one belongs to as well: the colleague's open list follows.
    await sofia.getByRole('region', { name: 'Tickets in On fire' }).waitFor();
    await sofia.getByRole('button', { name: 'How it is shown' }).click();
    await dialog.getByRole('button', { name: 'Change the view…' }).click();
    await dialog.getByLabel('Filter', { exact: true }).fill('priority:critical,high,normal,low');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await olena.getByTestId('queue').getByText('Ordinary matter').waitFor();
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(before);

    await sofia.getByRole('button', { name: 'How it is shown' }).click();
    await dialog.getByRole('button', { name: 'Delete the view' }).click();
    await dialog.getByRole('button', { name: 'Delete it for everybody who has it' }).click();
    await link.waitFor({ state: 'detached' });
    await olena.context().close();
    await sofia.context().close();
  });

  it('is shown as one likes it, in this browser, and stands where one put it', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'The newest of all');
    await olena.goto(new URL('/views/open', olena.url()).href);
    await olena.getByRole('button', { name: 'How it is shown' }).click();
    const dialog = olena.getByRole('dialog', { name: 'How it is shown' });
    await dialog.getByLabel('Order').selectOption('NUMBER');
    await dialog.getByRole('checkbox', { name: 'Team' }).check();
    await dialog.getByRole('checkbox', { name: 'Client' }).uncheck();
    await dialog.getByRole('checkbox', { name: 'Dense rows' }).check();
    await dialog.getByRole('button', { name: 'Show it so here' }).click();
    const numbers = () =>
      olena.locator('[data-ticket]').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.ticket)).slice(0, 4));
    await olena.reload();
    await expect.poll(async () => (await numbers())[0]).toBe(Number(number));
    expect(await numbers()).toEqual((await numbers()).toSorted((a, b) => b - a));
    expect(await olena.locator(`[data-ticket="${number}"]`).evaluate((row) => row.getBoundingClientRect().height)).toBe(32);
    await picture(olena, 'list-dense');

    const names = () =>
      olena
        .getByRole('navigation', { name: 'Views' })
        .locator('[data-view]')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.view));
    const [first, second] = await names();
    await olena.getByRole('link', { name: /^Unassigned/ }).press('Alt+ArrowUp');
    await expect.poll(names).toEqual([second, first, ...(await names()).slice(2)]);
    await olena.getByRole('link', { name: /^Unassigned/ }).dragTo(olena.getByRole('link', { name: /^My team/ }));
    await expect.poll(async () => (await names()).indexOf('unassigned')).toBe(2);
    await olena.reload();
    await olena.getByTestId('queue').waitFor();
    expect((await names()).indexOf('unassigned')).toBe(2);
    await olena.context().close();
  });
});
