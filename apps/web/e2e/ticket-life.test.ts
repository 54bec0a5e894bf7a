import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 1 });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

it('makes a note public after a question, names whom the ticket also concerns, and everybody involved', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/contacts' });
  const names = sofia.getByRole('main').getByRole('listitem').getByRole('link');
  await names.first().waitFor();
  const [one = '', two = ''] = (await names.allInnerTexts()).map((text) => text.split('\n').find((line) => line.length > 3) ?? '');
  await createTicket(sofia, 'The till does not open');
  const client = sofia.getByRole('region', { name: 'Client', exact: true });
  await client.getByRole('button', { name: 'Choose a client' }).click();
  await client.getByRole('combobox').fill(one);
  await client.getByRole('option', { name: one }).first().click();
  await client.getByRole('button', { name: 'Choose another client' }).waitFor();
  const history = sofia.getByRole('region', { name: 'History' });
  await sofia.keyboard.press('n');
  await sofia.getByRole('textbox', { name: 'Internal note' }).fill('Hold the green key for ten seconds');
  await sofia.getByRole('button', { name: 'Add note' }).click();
  const note = history.getByRole('article', { name: /Internal note/ });
  await note.hover();
  await note.getByRole('button', { name: 'Make public' }).click();
  const question = sofia.getByRole('dialog', { name: 'Make public' });
  await question.getByText('Hold the green key for ten seconds').waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'note-publish');
  await question.getByRole('button', { name: 'Send to the client' }).click();
  await history.getByRole('article', { name: /Reply/ }).getByText('Hold the green key for ten seconds').waitFor();
  await history.getByText(/A note of Sofia.* was sent to the client/).waitFor();
  expect(await note.count()).toBe(0);

  await client.getByRole('button', { name: '+ Add a client it concerns' }).click();
  await client.getByRole('combobox').fill(two);
  await client.getByRole('option', { name: two }).first().click();
  await client.getByRole('heading', { name: 'Also concerned' }).waitFor();
  await sofia.getByText('Everybody involved').click();
  await sofia.locator('details').getByText('Sofia').first().waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'concerned');
  await client.getByRole('listitem').first().hover();
  await client.getByRole('button', { name: /^Remove / }).click();
  await sofia.getByText(/was taken off the ticket/).waitFor();
  await expect.poll(() => client.getByRole('heading', { name: 'Also concerned' }).count()).toBe(0);
  await sofia.getByRole('listitem').filter({ hasText: 'was taken off the ticket' }).getByRole('button', { name: 'Undo' }).click();
  await client.getByRole('heading', { name: 'Also concerned' }).waitFor();

  // It is on the card of whom it concerns, beside their own.
  await client.getByRole('listitem').first().getByRole('link').click();
  const concerning = sofia.getByRole('region', { name: 'Tickets that concern them too' });
  await concerning.getByRole('link', { name: /The till does not open/ }).waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'card-concerned');
  await sofia.context().close();
});

it('opens a new ticket with the first work on it where that is wanted, says where reopened ones go, and keeps the log so long', async () => {
  const martin = await desk.person('martin@demo.baton', { path: '/settings/statuses' });
  await martin.getByLabel(/A new ticket is open as soon as/).check();
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'open-on-work');
  await martin.getByRole('button', { name: 'Save' }).click();
  await martin.getByText('Saved.').waitFor();
  await martin.goto(new URL('/settings/teams', martin.url()).href);
  await martin.getByLabel('Where reopened tickets of Support go').selectOption('queue');
  await martin.reload();
  await expect.poll(() => martin.getByLabel('Where reopened tickets of Support go').inputValue()).toBe('queue');
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'team-reopening');
  await martin.goto(new URL('/settings/security', martin.url()).href);
  await martin.getByLabel('Keep entries').selectOption('365');
  await martin.reload();
  await expect.poll(() => martin.getByLabel('Keep entries').inputValue()).toBe('365');
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'security-log-kept');

  await createTicket(martin, 'Seen at once');
  await martin.keyboard.press('t');
  await martin.getByText('changed the status from New to Open').waitFor();
  // Why: because it was taken.
  const line = martin.getByRole('listitem').filter({ hasText: 'changed the status from New to Open' });
  await line.getByRole('button', { name: 'Why?' }).click();
  await line
    .getByRole('list', { name: 'Why?' })
    .getByText(/assigned/)
    .waitFor();
  // A line that is going away is no longer to be read.
  await martin.getByText('Changed: the assignee').waitFor({ state: 'detached' });
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'why');
  await martin.context().close();
});

it('blocks a sender, and lets them in again; stops watching all that is closed', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/contacts' });
  await sofia.getByRole('main').getByRole('listitem').getByRole('link').first().click();
  await sofia.getByRole('button', { name: 'Block' }).click();
  const question = sofia.getByRole('dialog', { name: /^Block / });
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'block-sender');
  await question.getByRole('button', { name: 'Block' }).click();
  await sofia.getByText('Blocked', { exact: true }).waitFor();
  await sofia.getByRole('button', { name: 'Let in again' }).click();
  await expect.poll(() => sofia.getByText('Blocked', { exact: true }).count()).toBe(0);

  await sofia.getByRole('button', { name: '+ Add a detail' }).click();
  await sofia.getByLabel('Name of the detail').fill('Contract');
  await sofia.getByLabel('Value of Contract').fill('Gold');
  await sofia.getByRole('button', { name: 'Save' }).click();
  await sofia.getByText('Saved.').waitFor();
  await sofia.reload();
  await expect.poll(() => sofia.getByLabel('Value of Contract').inputValue()).toBe('Gold');
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'client-details');

  await sofia.goto(new URL('/settings/notifications', sofia.url()).href);
  await sofia.getByRole('button', { name: 'Stop watching all that is closed' }).click();
  await sofia
    .getByRole('group', { name: 'Progress' })
    .or(sofia.getByText(/tickets? (was|were) changed|changed/))
    .first()
    .waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'unwatch-closed');
  await sofia.context().close();
});

it('has a checklist that comes with a template, must be done first, and takes a list that is pasted; notes the time spent', async () => {
  const martin = await desk.person('martin@demo.baton', { path: '/settings/statuses' });
  await martin.getByLabel(/A ticket is done only once/).check();
  await martin.getByLabel(/People note the time/).check();
  await martin.getByLabel(/Clients are asked how they were served/).check();
  await martin
    .getByRole('region', { name: /becomes of tickets|by itself/i })
    .or(martin.locator('form'))
    .last()
    .getByRole('button', { name: 'Save' })
    .click();
  await martin.getByText('Saved.').waitFor();
  await createTicket(martin, 'A colleague leaves');
  await martin.getByRole('button', { name: 'Add a checklist' }).click();
  const list = martin.getByRole('region', { name: 'Checklist' });
  const box = list.getByRole('textbox', { name: 'A further thing to do' });
  await box.fill('Take the badge');
  await box.press('Enter');
  await list.getByRole('checkbox', { name: 'Take the badge' }).waitFor();
  await box.evaluate((node) => {
    const data = new DataTransfer();
    data.setData('text', 'Close the account\nForward the mail');
    node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await list.getByRole('checkbox', { name: 'Forward the mail' }).waitFor();
  await list.getByRole('button', { name: 'Move Forward the mail', exact: true }).press('Alt+ArrowUp');
  await expect.poll(() => list.getByRole('checkbox').nth(1).getAttribute('aria-label')).toBe('Forward the mail');
  await list.getByRole('checkbox', { name: 'Take the badge' }).check();
  await list.getByText('1 of 3').waitFor();
  const time = martin.getByRole('region', { name: 'Time', exact: true });
  await time.getByLabel('Minutes spent').fill('75');
  await time.getByLabel('What for').fill('On the phone');
  await time.getByRole('button', { name: 'Note' }).click();
  await time.getByRole('heading', { name: /1 h 15 min/ }).waitFor();
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'checklist');

  await choose(martin, 'Status', 'Resolved');
  await martin
    .getByRole('alert')
    .getByText(/"Forward the mail", "Close the account"/)
    .waitFor();
  await martin.context().close();
});

it('asks the client how they were served, and shows what they say', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/contacts' });
  const names = sofia.getByRole('main').getByRole('listitem').getByRole('link');
  await names.first().waitFor();
  const [one = ''] = (await names.allInnerTexts()).map((text) => text.split('\n').find((line) => line.length > 3) ?? '');
  await createTicket(sofia, 'Where is my parcel now');
  const client = sofia.getByRole('region', { name: 'Client', exact: true });
  await client.getByRole('button', { name: 'Choose a client' }).click();
  await client.getByRole('combobox').fill(one);
  await client.getByRole('option', { name: one }).first().click();
  await client.getByRole('button', { name: 'Choose another client' }).waitFor();
  await sofia.keyboard.press('r');
  await sofia.getByRole('textbox', { name: 'Reply' }).fill('It comes tomorrow');
  await sofia.getByRole('button', { name: 'Send reply' }).click();
  await sofia.getByRole('article', { name: /Reply/ }).waitFor();
  const link = await sofia
    .getByRole('region', { name: /link/i })
    .first()
    .getByRole('textbox')
    .or(sofia.locator('input[value*="follow#"]'))
    .first()
    .inputValue();
  await sofia.getByRole('button', { name: /^Status:/ }).click();
  await sofia.getByRole('option', { name: 'Resolved', exact: true }).click();

  const page = await desk.stranger();
  await page.goto(link);
  await page.getByRole('region', { name: 'How were we?' }).waitFor();
  await page.getByRole('radio', { name: '4 of 5' }).check({ force: true });
  await page.getByText('Thank you.').waitFor();
  await page.getByLabel(/What should we know/).fill('It took a while');
  await page.getByRole('button', { name: 'Send' }).first().click();
  await page.getByText('Thank you.').waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await picture(page, 'rating-client');
  const rating = sofia.getByRole('region', { name: 'Rating' });
  await rating.getByRole('img', { name: '4 of 5' }).waitFor();
  await rating.getByText('It took a while').waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'rating');
  await page.context().close();
  await sofia.context().close();
});

it('tells all that reported one trouble what was found out, and shows conversations beside those of tickets', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  const reports = [await createTicket(sofia, 'No mail since noon'), await createTicket(sofia, 'Mail does not come')];
  await createTicket(sofia, 'The mail server is down');
  const links = sofia.getByRole('region', { name: 'Linked tickets' });
  for (const number of reports) {
    await links.getByRole('button', { name: /Link a ticket/ }).click();
    await links
      .getByLabel(/is to this|Role|What it is/i)
      .or(links.getByRole('combobox'))
      .first()
      .selectOption('CHILD');
    await links.getByPlaceholder('#').fill(number);
    await links.getByPlaceholder('#').press('Enter');
    await links.getByText(`#${number}`).waitFor();
  }
  const incident = sofia.getByRole('region', { name: 'Reports of the same' });
  await incident.getByRole('button', { name: 'Add a note to all of them (2)' }).click();
  const dialog = sofia.getByRole('dialog', { name: /Add a note to all/ });
  await dialog.getByRole('textbox', { name: 'Internal note' }).fill('A disk is full; it is being emptied');
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'incident-note');
  await dialog.getByRole('button', { name: 'Add note' }).click();
  await sofia.getByRole('status').getByText(/2/).first().waitFor();
  await choose(sofia, 'Status', 'In progress');
  await incident.getByRole('button', { name: 'Make 2 of them: In progress' }).click();
  await expect.poll(() => incident.getByRole('button', { name: /Make / }).count()).toBe(0);
  await sofia.goto(new URL(`/tickets/${reports[0] ?? ''}`, sofia.url()).href);
  await sofia
    .getByRole('article', { name: /Internal note/ })
    .getByText('A disk is full')
    .waitFor();

  await sofia.goto(new URL('/conversations', sofia.url()).href);
  await sofia.getByRole('button', { name: 'All', exact: true }).click();
  await sofia
    .getByText(/^Ticket #/)
    .first()
    .waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'conversations-all');
  await sofia.context().close();
});

it('returns a ticket that is not spam to the status that it had', async () => {
  const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
  await createTicket(ada, 'Looks like spam');
  await choose(ada, 'Status', 'In progress');
  await ada.getByRole('button', { name: 'Status: In progress' }).waitFor();
  await choose(ada, 'Status', 'Spam');
  await ada.getByRole('button', { name: 'Status: Spam' }).waitFor();
  await picture(ada, 'ticket-spam');
  expect(await faultsOf(ada)).toEqual([]);

  await ada.getByRole('button', { name: 'Not spam' }).click();

  await ada.getByRole('button', { name: 'Status: In progress' }).waitFor();
  await ada.getByRole('button', { name: 'Not spam' }).waitFor({ state: 'detached' });
  await picture(ada, 'ticket-not-spam');
  await ada.context().close();
});
