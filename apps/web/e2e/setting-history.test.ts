import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;
let martin: Page;
let olena: Page;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);
const dialogOf = (page: Page) => page.getByRole('dialog');
const save = async (page: Page) => {
  await dialogOf(page).getByRole('button', { name: 'Save' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
};
const history = (page: Page) => page.getByRole('region', { name: 'Versions of settings' });

it('shows the second of two what the first saved beside what they wrote, and loses neither', async () => {
  martin = await desk.person('martin@demo.baton', { path: '/settings/templates' });
  olena = await desk.person('olena@demo.baton', { node: 1, path: '/settings/templates' });
  await olena.evaluate(`localStorage.setItem('baton.locale', 'en')`);
  await olena.reload();
  await martin.getByRole('button', { name: 'New template' }).click();
  await dialogOf(martin).getByLabel('Name', { exact: true }).fill('Broken on arrival');
  await dialogOf(martin).getByLabel('Subject').fill('Broken: ');
  await dialogOf(martin).getByLabel('Checklist, one thing a line').fill('Ask for photos\nOffer a refund');
  await save(martin);

  await olena.reload();
  for (const page of [martin, olena]) {
    await page.getByRole('button', { name: 'Change Broken on arrival' }).click();
    await dialogOf(page).getByLabel('Subject').waitFor();
  }
  await dialogOf(olena).getByLabel('Subject').fill('Arrived broken: ');
  await dialogOf(olena).getByLabel('Priority').selectOption('HIGH');
  await save(olena);
  await dialogOf(martin).getByLabel('Subject').fill('Defective: ');
  await dialogOf(martin).getByRole('button', { name: 'Save' }).click();

  const conflict = dialogOf(martin).getByRole('alert', { name: /saved these settings meanwhile/ });
  await conflict.getByRole('row', { name: 'Subject Arrived broken: Defective:' }).waitFor();
  await conflict.getByRole('row', { name: 'Priority High –' }).waitFor();
  expect(await dialogOf(martin).getByLabel('Subject').inputValue()).toBe('Defective: ');
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'setting-conflict');
  await dialogOf(martin).getByRole('button', { name: 'Save mine as the next version' }).click();
  await dialogOf(martin).waitFor({ state: 'detached' });
});

it('shows every version of a setting, who saved it and what they changed, and restores any', async () => {
  await martin.getByRole('button', { name: 'Change Broken on arrival' }).click();
  await dialogOf(martin).getByRole('link', { name: 'Earlier versions' }).click();
  await history(martin).getByText('Only versions of Broken on arrival.').waitFor();
  const versions = history(martin).getByRole('listitem').filter({ hasText: 'Broken on arrival' });
  await expect.poll(() => versions.count()).toBe(3);
  await versions.first().getByText('as it is now', { exact: false }).waitFor();
  await versions.nth(1).getByRole('row', { name: 'Subject Broken: Arrived broken:' }).waitFor();
  await versions.nth(1).getByText('Olena', { exact: false }).waitFor();

  await versions.nth(1).getByRole('button', { name: 'Restore version 2 of Broken on arrival' }).click();
  await history(martin).getByText('Broken on arrival is as in version 2 again.').waitFor();
  await expect.poll(() => versions.count()).toBe(4);
  await versions.first().getByRole('row', { name: 'Subject Defective: Arrived broken:' }).waitFor();
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'setting-history');

  // Elsewhere it is so too.
  await olena.reload();
  await olena.getByRole('button', { name: 'Change Broken on arrival' }).click();
  expect(await dialogOf(olena).getByLabel('Subject').inputValue()).toBe('Arrived broken:');
  await olena.keyboard.press('Escape');
});

it('takes back a save and a deletion at once', async () => {
  await go(martin, '/settings/skills');
  await martin.getByRole('button', { name: 'New skill group' }).click();
  await dialogOf(martin).getByLabel('Name', { exact: true }).fill('Night shift');
  await save(martin);
  await martin.getByRole('button', { name: 'Change Night shift' }).click();
  await dialogOf(martin).getByLabel('Name', { exact: true }).fill('Day shift');
  await save(martin);
  const list = martin.getByRole('region', { name: 'Skill groups' });
  await list.getByText('Day shift').waitFor();
  await martin.getByRole('listitem').filter({ hasText: 'Saved.' }).getByRole('button', { name: 'Undo' }).click();
  await list.getByText('Night shift').waitFor();

  // Not over what a colleague saved since.
  await martin.getByRole('button', { name: 'Change Night shift' }).click();
  await dialogOf(martin).getByLabel('Name', { exact: true }).fill('Late shift');
  await save(martin);
  await go(olena, '/settings/skills');
  await olena.getByRole('button', { name: 'Change Late shift' }).click();
  await dialogOf(olena).getByLabel('Name', { exact: true }).fill('Night shift');
  await save(olena);
  await martin.getByRole('listitem').filter({ hasText: 'Saved.' }).first().getByRole('button', { name: 'Undo' }).click();
  await list.getByRole('alert').filter({ hasText: 'Somebody else saved these settings meanwhile' }).waitFor();
  await martin.reload();
  await martin.getByRole('button', { name: 'Delete Night shift' }).click();
  await list.getByText('Night shift').waitFor({ state: 'detached' });
  await picture(martin, 'setting-undo');
  await martin.getByRole('listitem').filter({ hasText: 'Deleted.' }).getByRole('button', { name: 'Undo' }).click();
  await list.getByText('Night shift').waitFor();
});

it('brings back what was deleted, and says what of it is gone', async () => {
  await go(martin, '/settings/topics');
  await martin.getByRole('button', { name: 'New topic' }).click();
  await dialogOf(martin).getByLabel('Name', { exact: true }).fill('Recalls');
  await save(martin);
  await go(martin, '/settings/templates');
  await martin.getByRole('button', { name: 'Change Broken on arrival' }).click();
  await dialogOf(martin).getByLabel('Topic').selectOption({ label: 'Recalls' });
  await save(martin);
  await martin.getByRole('button', { name: 'Delete Broken on arrival' }).click();
  await expect.poll(() => martin.getByText('Broken on arrival').count()).toBe(0);
  await go(martin, '/settings/topics');
  await martin.getByRole('button', { name: 'Delete Recalls' }).click();
  await expect.poll(() => martin.getByRole('region', { name: 'Topics' }).getByText('Recalls').count()).toBe(0);

  await martin.getByRole('link', { name: 'Versions of settings' }).click();
  await history(martin).getByRole('link', { name: 'Template', exact: true }).click();
  const gone = history(martin).getByRole('listitem').filter({ hasText: 'deleted' }).filter({ hasText: 'Broken on arrival' });
  await gone.getByRole('button', { name: /Restore version/ }).click();
  await history(martin).getByText('What is gone by now was left out: Topic.').waitFor();
  expect(await history(martin).getByText('Topic · ').count()).toBe(0);
  await go(martin, '/settings/templates');
  await martin.getByText('Broken on arrival').waitFor();

  await go(martin, '/settings/security');
  await martin.getByText(/Template · Broken on arrival · deleted/).waitFor();
  await martin.getByText(/Topic · Recalls · new · version 1/).waitFor();
  await picture(martin, 'security-settings');
});

it('is so for what a workspace has one of, and shown as it is saved', async () => {
  for (const page of [martin, olena]) {
    await go(page, '/settings/statuses');
    await page.getByLabel('Days after closing in which the client can open it again').waitFor();
  }
  const lifecycle = (page: Page) => page.getByRole('region', { name: 'What happens by itself' });
  await olena.getByLabel('Days after closing in which the client can open it again').fill('30');
  await lifecycle(olena).getByRole('button', { name: 'Save' }).click();
  await lifecycle(olena).getByText('Saved.').waitFor();
  await martin.getByLabel('Close what has been resolved for so many days').fill('9');
  await lifecycle(martin).getByRole('button', { name: 'Save' }).click();
  await lifecycle(martin)
    .getByRole('row', { name: /in which the client can open it again 30 14/ })
    .waitFor();
  await martin.getByLabel('Days after closing in which the client can open it again').fill('30');
  await lifecycle(martin).getByRole('button', { name: 'Save mine as the next version' }).click();
  await lifecycle(martin).getByText('Saved.').waitFor();

  await go(olena, '/settings/history?kind=LIFECYCLE');
  await expect
    .poll(() =>
      history(olena)
        .getByRole('button', { name: /Restore version/ })
        .count(),
    )
    .toBe(2);
  await lifecycle(martin).getByLabel('Close what has been resolved for so many days').fill('');
  await lifecycle(martin).getByRole('button', { name: 'Save' }).click();
  // Whoever looks on sees it without asking again.
  await expect
    .poll(() =>
      history(olena)
        .getByRole('button', { name: /Restore version/ })
        .count(),
    )
    .toBe(3);
  await olena.evaluate(() => document.documentElement.classList.add('dark'));
  await olena.setViewportSize({ width: 360, height: 740 });
  expect(await faultsOf(olena)).toEqual([]);
  await picture(olena, 'setting-history-small');
});
