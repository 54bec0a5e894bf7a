import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

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

  it('holds what one watches, and what a filter by watchers, changes and clients says, live', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
    const number = await createTicket(sofia, 'Worth an eye');
    const ada = await desk.person('ada@demo.baton', { node: 1, path: '/views/watched' });
    await ada.getByRole('region', { name: 'Tickets in Watched' }).waitFor();
    const text = 'watcher:"Ada Lindqvist" updated:<1d client:none';
    await sofia.goto(new URL(`/views/filter?q=${encodeURIComponent(text)}`, sofia.url()).href);
    const found = sofia.getByTestId('queue').getByText('Worth an eye');
    await sofia.getByRole('combobox', { name: 'Filter' }).waitFor();
    expect(await found.count()).toBe(0);
    const before = Number(
      await ada
        .getByRole('link', { name: /^Watched/ })
        .locator('[data-view]')
        .textContent(),
    );

    await ada.goto(new URL(`/tickets/${number}`, ada.url()).href);
    await ada.getByRole('button', { name: 'Watch', exact: true }).click();
    await found.waitFor();
    await ada.getByRole('link', { name: `Watched ${before + 1}` }).click();
    await ada.getByRole('region', { name: 'Tickets in Watched' }).waitFor();
    await ada.getByTestId('queue').getByText('Worth an eye').waitFor();
    await picture(ada, 'view-watched');

    await sofia.getByRole('button', { name: 'Build a filter' }).click();
    const builder = sofia.getByRole('dialog');
    await builder.getByText('Watched by').first().waitFor({ state: 'attached' });
    expect(await faultsOf(sofia)).toEqual([]);
    await picture(sofia, 'filter-watched');
    await sofia.keyboard.press('Escape');

    await ada.goto(new URL(`/tickets/${number}`, ada.url()).href);
    await ada.getByRole('button', { name: 'Stop watching', exact: true }).click();
    await found.waitFor({ state: 'detached' });
    await ada.getByRole('link', { name: `Watched ${before}` }).waitFor();
    await ada.context().close();
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
    await dialog.getByRole('checkbox', { name: 'Source' }).check();
    await dialog.getByRole('checkbox', { name: 'Client' }).uncheck();
    await dialog.getByRole('checkbox', { name: 'Dense rows' }).check();
    await dialog.getByRole('button', { name: 'Show it so here' }).click();
    const numbers = () =>
      olena.locator('[data-ticket]').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.ticket)).slice(0, 4));
    await olena.reload();
    await expect.poll(async () => (await numbers())[0]).toBe(Number(number));
    expect(await numbers()).toEqual((await numbers()).toSorted((a, b) => b - a));
    expect(await olena.locator(`[data-ticket="${number}"]`).evaluate((row) => row.getBoundingClientRect().height)).toBe(32);
    await olena.locator(`[data-ticket="${number}"]`).getByText('Agent', { exact: true }).waitFor();
    const sources = await olena.locator('[data-ticket]').allTextContents();
    expect(sources.some((row) => row.includes('Email'))).toBe(true);
    await picture(olena, 'list-dense');

    // Or as a list, without columns.
    await olena.getByRole('button', { name: 'How it is shown' }).click();
    await dialog.getByLabel('Layout').selectOption({ label: 'List' });
    await dialog.getByRole('checkbox', { name: 'Dense rows' }).uncheck();
    expect(await faultsOf(olena)).toEqual([]);
    await dialog.getByRole('button', { name: 'Show it so here' }).click();
    await olena.locator(`[data-ticket="${number}"]`).getByText(`#${number}`).waitFor();
    await picture(olena, 'list-list');

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

  it('is filtered by what was put together by hand, in groups, by a field of one’s own, live for all of it', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/settings/fields' });
    await olena.getByRole('button', { name: 'New field' }).click();
    const making = olena.getByRole('dialog', { name: 'New field' });
    await making.getByLabel('Name', { exact: true }).fill('Shelf');
    await making.getByLabel('Key, for programs').fill('shelf');
    await making.getByLabel('Type').selectOption('NUMBER');
    await making.getByRole('button', { name: 'Save' }).click();
    await making.waitFor({ state: 'detached' });
    const shelf = async (number: string, value: string) => {
      await olena.goto(new URL(`/views/open/${number}`, olena.url()).href);
      await olena.getByLabel('Shelf').fill(value);
      await olena.getByLabel('Shelf').press('Tab');
      await olena.getByText(`changed Shelf from nothing to ${value}`, { exact: false }).waitFor();
    };
    const [tenth, ninth] = [await createTicket(olena, 'Stands on the tenth'), await createTicket(olena, 'Stands on the ninth')];
    await shelf(tenth, '10');
    await shelf(ninth, '9');

    // By a pointer alone: two priorities, or anything on a shelf above the fifth.
    await olena.goto(new URL('/views/open', olena.url()).href);
    await olena.getByRole('button', { name: 'Filter' }).click();
    await olena.getByRole('button', { name: 'Build a filter' }).click();
    const dialog = olena.getByRole('dialog', { name: 'Build a filter' });
    await dialog.getByLabel('How many must hold').selectOption('any');
    await dialog.getByRole('button', { name: 'Condition', exact: true }).click();
    const [first, second] = [dialog.getByTestId('condition').nth(0), dialog.getByTestId('condition').nth(1)];
    await first.getByLabel('Of what').selectOption({ label: 'Priority' });
    await first.getByRole('button', { name: 'Value' }).click();
    await olena.getByRole('option', { name: 'Critical' }).click();
    await olena.getByRole('option', { name: 'High' }).click();
    await olena.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Condition', exact: true }).click();
    await second.getByLabel('Of what').selectOption({ label: 'Shelf' });
    await second.getByLabel('Value').fill('>many');
    await dialog.getByText('“shelf:>many” names nothing here', { exact: false }).waitFor();
    await second.getByLabel('Value').fill('>5');
    await dialog.getByRole('button', { name: 'Group' }).click();
    await dialog.getByRole('group', { name: 'A group of conditions' }).last().getByLabel('Of what').selectOption({ label: 'Team' });
    expect(await dialog.getByLabel('The same as text').inputValue()).toBe('priority:critical,high OR shelf:>5');
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'filter-builder');
    await dialog.getByRole('button', { name: 'Show tickets' }).click();
    await olena.getByTestId('queue').getByText('Stands on the tenth').waitFor();
    // What was typed is understood by the builder too.
    await olena.getByRole('button', { name: 'Build a filter' }).click();
    await expect.poll(() => dialog.getByTestId('condition').count()).toBe(2);
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    // Kept as a view in groups, ordered by the shelf, which is a column.
    await olena.getByRole('button', { name: 'How it is shown' }).click();
    const options = olena.getByRole('dialog', { name: 'How it is shown' });
    await options.getByLabel('Order').selectOption({ label: 'Shelf, least first' });
    await options.getByLabel('Groups').selectOption({ label: 'By priority' });
    await options.getByRole('checkbox', { name: 'Shelf' }).check();
    await options.getByRole('button', { name: 'Save as a view…' }).click();
    await options.getByLabel('Name', { exact: true }).fill('Shelves');
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'view-options');
    await options.getByRole('button', { name: 'Save', exact: true }).click();
    await olena.getByRole('region', { name: 'Tickets in Shelves' }).waitFor();
    const heading = (name: string) => olena.getByTestId('queue').getByRole('button', { name: new RegExp(`^${name}`) });
    await heading('Normal').waitFor();
    expect(await heading('Normal').textContent()).toMatch(/2$/);
    const subjects = () => olena.getByTestId('queue').locator('[data-ticket]').allTextContents();
    await expect.poll(async () => (await subjects()).findIndex((text) => text.includes('tenth'))).toBeGreaterThan(0);
    const listed = await subjects();
    expect(listed.findIndex((text) => text.includes('ninth'))).toBeLessThan(listed.findIndex((text) => text.includes('tenth')));
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'list-groups');

    // A colleague makes one more urgent: it goes to another group before her eyes.
    const sofia = await desk.person('sofia@demo.baton', { node: 1, path: `/views/open/${tenth}` });
    await choose(sofia, 'Priority', 'Critical');
    await expect.poll(() => heading('Normal').textContent()).toMatch(/1$/);
    await expect
      .poll(async () => (await subjects()).findIndex((text) => text.includes('tenth')))
      .toBeLessThan((await subjects()).findIndex((text) => text.includes('ninth')));
    await heading('Critical').click();
    await expect.poll(async () => (await subjects()).some((text) => text.includes('tenth'))).toBe(false);
    await sofia.context().close();
    await olena.context().close();
  });
});
