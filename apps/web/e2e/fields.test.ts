import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('a field of the workspace’s own', () => {
  it('is made by an administrator, and is in the form that a colleague has open, which says what is missing', async () => {
    const admin = await desk.person('martin@demo.baton', { path: '/settings/fields' });
    const ada = await desk.person('ada@demo.baton', { node: 1, path: '/views/open' });
    await ada.getByRole('button', { name: 'New ticket' }).click();
    const form = ada.getByRole('dialog', { name: 'New ticket' });
    await form.getByLabel('Internal ticket').check();
    await form.getByLabel('Subject').fill('A form half filled in');

    const make = async (name: string, key: string, fill: () => Promise<unknown>) => {
      await admin.getByRole('button', { name: 'New field' }).click();
      const dialog = admin.getByRole('dialog', { name: 'New field' });
      await dialog.getByLabel('Name', { exact: true }).fill(name);
      await dialog.getByLabel('Key, for programs').fill(key);
      await fill();
      if (key === 'color') {
        expect(await faultsOf(admin)).toEqual([]);
        await picture(admin, 'field-new');
      }
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    const dialog = admin.getByRole('dialog', { name: 'New field' });
    await make('Serial number', 'serial', () => dialog.getByLabel('Must be filled in').selectOption('ALWAYS'));
    await make('Color', 'color', async () => {
      await dialog.getByLabel('Type').selectOption('SELECT');
      for (const [index, color] of ['Red', 'Blue'].entries()) {
        await dialog.getByRole('button', { name: 'Add an option' }).click();
        await dialog.locator(`#option-${index}`).fill(color);
      }
    });
    await admin.getByRole('button', { name: /^Move Color/ }).press('Alt+ArrowUp');
    await expect
      .poll(() => admin.getByRole('region', { name: 'Ticket fields' }).getByRole('listitem').first().textContent())
      .toContain('Color');
    expect(await faultsOf(admin)).toEqual([]);
    await picture(admin, 'field-settings');

    // The open form has them, and keeps what was typed.
    await form.getByLabel('Color').selectOption({ label: 'Blue' });
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await form.getByText('"Serial number" must be filled in.').waitFor();
    expect(await form.getByLabel('Subject').inputValue()).toBe('A form half filled in');
    await picture(ada, 'field-missing');
    await form.getByLabel('Serial number *').fill('SN-77');
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await ada.getByRole('heading', { name: 'A form half filled in' }).waitFor();

    const fields = ada.getByRole('region', { name: 'Fields' });
    expect(await fields.getByLabel('Serial number *').inputValue()).toBe('SN-77');
    await fields.getByLabel('Color').selectOption({ label: 'Red' });
    await ada.getByText('changed Color from Blue to Red', { exact: false }).waitFor();
    await fields.getByLabel('Serial number *').fill('');
    await fields.getByLabel('Serial number *').blur();
    await fields.getByText('"Serial number" must be filled in.').waitFor();
    expect(await faultsOf(ada)).toEqual([]);
    await picture(ada, 'field-ticket');

    // It gets a pattern, and is for the client too, who has the page open.
    await ada.getByRole('button', { name: 'Make a link' }).click();
    const link = ada.getByRole('textbox', { name: 'Public link' });
    const url = await link.inputValue();
    const client = await desk.stranger({ viewport: { width: 390, height: 844 } });
    await client.goto(url);
    await client.getByRole('heading', { name: 'A form half filled in' }).waitFor();
    expect(await client.getByText('Serial number').count()).toBe(0);
    await admin.getByRole('button', { name: 'Change Serial number' }).click();
    const change = admin.getByRole('dialog', { name: 'Change Serial number' });
    await change.getByLabel('Pattern that the whole of it matches').fill('SN-\\d+');
    await change.getByLabel('Clients see it on the page of their ticket').check();
    expect(await faultsOf(admin)).toEqual([]);
    await picture(admin, 'field-pattern');
    await change.getByRole('button', { name: 'Save' }).click();
    await change.waitFor({ state: 'detached' });
    await fields.getByLabel('Serial number *').fill('78');
    await fields.getByLabel('Serial number *').blur();
    await fields.getByText('"78" does not look like SN-\\d+.').waitFor();
    await fields.getByLabel('Serial number *').fill('SN-78');
    await fields.getByLabel('Serial number *').blur();
    await client.getByRole('definition').getByText('SN-78').waitFor();
    expect(await client.getByText('Color').count()).toBe(0);
    expect(await faultsOf(client)).toEqual([]);
    await picture(client, 'follow-fields');
    await client.context().close();
    await ada.context().close();
    await admin.context().close();
  });
});

describe('what tickets are made of', () => {
  it('is set up by an administrator: topics under each other, statuses with what they ask, names of priorities, tags', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/topics' });
    const dialog = martin.getByRole('dialog');
    const save = async () => {
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await martin.getByRole('button', { name: 'New topic' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Toner');
    await dialog.getByLabel('Is under').selectOption({ label: 'Printer and scanner' });
    await save();
    await martin.getByRole('button', { name: 'Delete Printer and scanner' }).click();
    await martin.getByRole('alert').filter({ hasText: 'Topics are under this one.' }).waitFor();
    expect(await faultsOf(martin)).toEqual([]);
    await picture(martin, 'settings-topics');

    await martin.getByRole('link', { name: 'Statuses' }).click();
    await martin.getByRole('button', { name: 'New status' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('In the workshop');
    await dialog.getByRole('radio', { name: 'teal' }).check({ force: true });
    await dialog.getByRole('checkbox', { name: 'needs an assignee' }).check();
    expect(await faultsOf(martin)).toEqual([]);
    await picture(martin, 'settings-status-new');
    await save();
    await martin.getByText('In the workshop').waitFor();
    await picture(martin, 'settings-statuses');

    await martin.getByRole('link', { name: 'Priorities & tags' }).click();
    await martin.getByLabel('Normal', { exact: true }).fill('Medium');
    await martin.getByRole('button', { name: 'Save' }).click();
    await martin.getByText('Saved. Everybody has the new names.').waitFor();
    expect(await faultsOf(martin)).toEqual([]);
    await picture(martin, 'settings-labels');

    // All of it is where people work.
    const ada = await desk.person('ada@demo.baton', { node: 1, path: '/views/open' });
    await ada.getByRole('button', { name: 'New ticket' }).click();
    const form = ada.getByRole('dialog', { name: 'New ticket' });
    await form.getByLabel('Topic').selectOption({ label: 'Printer and scanner › Toner' });
    expect(await form.getByLabel('Priority').locator('option').allTextContents()).toContain('Medium');
    await form.getByLabel('Internal ticket').check();
    await form.getByLabel('Subject').fill('No toner left');
    await form.getByLabel('Serial number *').fill('SN-1');
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await ada.getByRole('heading', { name: 'No toner left' }).waitFor();
    await choose(ada, 'Status', 'In the workshop');
    await ada.getByText('Give it to somebody first.', { exact: false }).waitFor();
    await ada.context().close();
    await martin.context().close();
  });
});
