import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('the end of a ticket', () => {
  it('is deleted before a colleague’s eyes, taken back, deleted again and restored from the list', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'Made by mistake');
    const ada = await desk.person('ada@demo.baton', { node: 1, path: `/views/open/${number}` });
    await ada.getByRole('heading', { name: 'Made by mistake' }).waitFor();
    expect(await ada.getByRole('button', { name: 'Delete', exact: true }).count()).toBe(0);

    await olena.getByRole('button', { name: 'Delete', exact: true }).click();
    await olena.getByText(`#${number} is deleted.`).waitFor();
    await picture(olena, 'ticket-deleted');
    await ada.getByRole('heading', { name: 'Made by mistake' }).waitFor({ state: 'detached' });
    await olena.getByRole('button', { name: 'Undo' }).click();
    await olena.getByRole('heading', { name: 'Made by mistake' }).waitFor();
    await olena.getByText('restored the ticket').waitFor();

    await olena.getByRole('button', { name: 'Delete', exact: true }).click();
    await olena.getByRole('heading', { name: 'Made by mistake' }).waitFor({ state: 'detached' });
    await olena.goto(new URL('/settings/deleted', olena.url()).href);
    await olena.getByText('Made by mistake').waitFor();
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'deleted-tickets');
    await olena.getByRole('button', { name: `Restore #${number}` }).click();
    await olena.getByRole('link', { name: `#${number}` }).click();
    await olena.getByRole('heading', { name: 'Made by mistake' }).waitFor();

    // The entry of the deletion in the log undoes it as well.
    await olena.getByRole('button', { name: 'Delete', exact: true }).click();
    await olena.getByRole('heading', { name: 'Made by mistake' }).waitFor({ state: 'detached' });
    await olena.goto(new URL('/settings/deleted', olena.url()).href);
    const row = olena.getByRole('listitem').filter({ hasText: 'Made by mistake' });
    await row.getByText('deleted the ticket').hover();
    await olena.emulateMedia({ colorScheme: 'dark' });
    await olena.setViewportSize({ width: 360, height: 740 });
    await picture(olena, 'deleted-undo-dark-360');
    await olena.emulateMedia({ colorScheme: 'light' });
    await olena.setViewportSize({ width: 1440, height: 900 });
    await row.getByRole('button', { name: 'Undo the deletion' }).click();
    await olena.getByRole('link', { name: `#${number}` }).click();
    await olena.getByRole('heading', { name: 'Made by mistake' }).waitFor();
    await ada.context().close();
    await olena.context().close();
  });

  it('lists failed jobs for an administrator, who retries one and discards another', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/settings/account' });
    const number = await createTicket(olena, 'Never closed');
    await desk.sql(
      `insert into work_attempt (workspace_id, id, worker, item, ticket_id, attempts, error, first_at, last_at)
       select t.workspace_id, gen_random_uuid(), k.kind, 'item', t.id, 5, 'the row of ' || k.kind || ' is broken', now(), now()
       from ticket t cross join (values ('TICKET_LIFECYCLE'), ('SLA_CLOCK')) k(kind) where t.number = ${number}`,
    );
    await olena.goto(new URL('/settings/failed-jobs', olena.url()).href);
    await olena.getByText('the row of SLA_CLOCK is broken').waitFor();
    expect(await olena.getByRole('link', { name: `#${number} Never closed` }).count()).toBe(2);
    expect(await faultsOf(olena)).toEqual([]);
    await picture(olena, 'failed-jobs');

    await olena.getByRole('button', { name: 'Retry: Ticket lifecycle' }).click();
    await olena.getByText('The job starts again.').waitFor();
    await olena.getByRole('button', { name: 'Discard: SLA' }).click();
    await olena.getByText('The job is discarded.').waitFor();
    await olena.reload();
    await olena.getByText('No failed jobs.').waitFor();
    await olena.context().close();
  });

  it('is set up: what happens by itself, and what the client is written', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/settings/statuses' });
    const section = olena.getByRole('region', { name: 'What happens by itself' });
    await section.getByLabel('Then tell the client, and close the ticket so many days later').fill('7');
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText('A ticket is not closed for waiting before its assignee was told.', { exact: false }).waitFor();
    await section.getByLabel('Tell the assignee when a ticket has been waiting for so many days').fill('30');
    await section.getByLabel('Email to the customer when a ticket is closed (English)').fill('We closed it. Write within {days} days.');
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText('Saved.').waitFor();
    expect(await faultsOf(olena)).toEqual([]);
    await section.scrollIntoViewIfNeeded();
    await picture(olena, 'lifecycle-settings');
    await olena.reload();
    await section.waitFor();
    await expect
      .poll(() => section.getByLabel('Tell the assignee when a ticket has been waiting for so many days').inputValue())
      .toBe('30');
    await olena.context().close();
  });
});
