import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

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

  await sofia.goto(new URL('/settings/notifications', sofia.url()).href);
  await sofia.getByRole('button', { name: 'Stop watching all that is closed' }).click();
  await sofia
    .getByRole('region', { name: 'Progress' })
    .or(sofia.getByText(/tickets? (was|were) changed|changed/))
    .first()
    .waitFor();
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'unwatch-closed');
  await sofia.context().close();
});
