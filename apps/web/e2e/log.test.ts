import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

it('shows what one person did, or one kind of change, live; undoes it from its entry; and is taken out as a file', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  const number = await createTicket(sofia, 'Whose history is looked into');
  const james = await desk.person('james@demo.baton', { node: 1, path: `/views/open/${number}` });
  await choose(james, 'Priority', 'Critical');
  await choose(sofia, 'Status', 'In progress');
  const history = sofia.getByRole('region', { name: 'History' });
  await history.getByText('changed the priority from Normal to Critical').waitFor();

  await history.getByRole('button', { name: 'Changes' }).click();
  const changes = history.getByRole('list', { name: 'Changes' });
  await choose(sofia, 'Done by', 'James');
  await expect.poll(() => changes.getByRole('listitem').count()).toBe(1);
  await choose(james, 'Priority', 'Low');
  await changes.getByText('changed the priority from Critical to Low').waitFor();
  expect(await changes.getByText('In progress').count()).toBe(0);
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'log-by-person');

  // The first of the two is no more to be undone: it was changed since.
  const entry = (text: string) => changes.getByRole('listitem').filter({ hasText: text });
  await entry('to Critical').getByRole('button', { name: 'Undo' }).click();
  await entry('to Critical').getByRole('alert').waitFor();
  await entry('from Critical to Low').getByRole('button', { name: 'Undo' }).click();
  await james.getByRole('button', { name: 'Priority' }).getByText('Critical').waitFor();

  await choose(sofia, 'Done by', 'Everybody');
  await history.getByLabel('Kind of change').selectOption({ label: 'Status' });
  await changes.getByText('to In progress').waitFor();
  const [file] = await Promise.all([sofia.waitForEvent('download'), history.getByRole('button', { name: 'Export' }).click()]);
  const text = await readFile(await file.path(), 'utf8');
  expect(file.suggestedFilename()).toBe(`ticket-${number}.csv`);
  expect(text.split('\r\n')).toHaveLength(3);
  expect(text).toContain('changed the status from New to In progress');
  const [book] = await Promise.all([sofia.waitForEvent('download'), history.getByRole('button', { name: 'Download XLSX' }).click()]);
  expect(book.suggestedFilename()).toBe(`ticket-${number}.xlsx`);
  expect((await readFile(await book.path())).subarray(0, 2).toString()).toBe('PK');
  await sofia.context().close();
  await james.context().close();
});
