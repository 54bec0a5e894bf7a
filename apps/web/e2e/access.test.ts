import { readFileSync } from 'node:fs';
import { generate } from 'otplib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 1, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe('an administrator', () => {
  it('invites a person, who chooses a password by the letter and works with the role and team that they got', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/people' });
    await martin.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = martin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Lesya Ukrainka');
    await dialog.getByLabel('E-mail').fill('lesya@example.org');
    await dialog.getByLabel('Role').selectOption({ label: 'Light agent' });
    await dialog.getByLabel('Billing').check();
    await picture(martin, 'invite');
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    await martin.getByText('Invitation created.').waitFor();
    await martin.getByText('lesya@example.org').waitFor();
    await martin.getByRole('button', { name: 'Edit Lesya Ukrainka' }).click();
    await dialog.getByLabel('Assignment scope').selectOption({ label: 'Their own and unassigned tickets' });
    await dialog.getByRole('button', { name: 'Only tickets of these topics' }).click();
    await martin.getByPlaceholder('Search…').fill('Printer');
    await martin
      .getByRole('option', { name: /Printer/ })
      .first()
      .click();
    await martin.keyboard.press('Escape');
    expect(await faultsOf(martin)).toEqual([]);
    await picture(martin, 'read-scope');
    await martin.emulateMedia({ colorScheme: 'dark' });
    await martin.setViewportSize({ width: 360, height: 740 });
    await picture(martin, 'read-scope-dark-360');
    await martin.emulateMedia({ colorScheme: 'light' });
    await martin.setViewportSize({ width: 1440, height: 900 });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await martin.getByRole('listitem').filter({ hasText: 'lesya@example.org' }).getByText('Their own and unassigned tickets').waitFor();

    const lesya = await desk.stranger();
    await lesya.goto(await desk.linkTo('lesya@example.org'));
    await lesya.getByLabel('New password').fill('password1');
    await lesya.getByRole('button', { name: 'Set the password' }).click();
    await lesya.getByText('easy to guess').waitFor();
    await picture(lesya, 'invitation');
    await lesya.getByLabel('New password').fill('copper violin orchard');
    await lesya.getByRole('button', { name: 'Set the password' }).click();
    await lesya.getByRole('button', { name: 'Lesya Ukrainka' }).waitFor();
    expect(await lesya.getByRole('button', { name: 'New ticket' }).count()).toBe(0);

    // A link opens something once.
    const again = await desk.stranger();
    await again.goto(await desk.linkTo('lesya@example.org'));
    await again.getByLabel('New password').fill('copper violin orchard');
    await again.getByRole('button', { name: 'Set the password' }).click();
    await again.getByText('used already, or is too old').waitFor();

    // Deactivated, she is out within a second, and her page says so.
    await martin.getByRole('button', { name: 'Edit Lesya Ukrainka' }).click();
    await martin.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await lesya.waitForURL(/sign-in/, { timeout: 5000 });
  });

  it('makes a team and a role of the workspace’s own, and reads in the log that it was they', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/teams' });
    await martin.getByLabel('Name of a new team').fill('Returns');
    await martin.getByRole('button', { name: 'Create team' }).click();
    await martin.getByText('Returns', { exact: true }).waitFor();
    await martin.getByRole('button', { name: 'Delete Support' }).click();
    await picture(martin, 'team-delete');
    await martin.getByRole('dialog').getByRole('button', { name: 'Delete Support' }).click();
    await martin.getByText('has tickets. Give them to another team first.').waitFor();
    await picture(martin, 'teams');

    await martin.getByRole('link', { name: 'Roles' }).click();
    await martin.getByRole('button', { name: 'New role' }).click();
    const dialog = martin.getByRole('dialog');
    await dialog.getByLabel('Name of the role').fill('Auditor');
    await dialog.getByLabel('Read internal notes').check();
    await dialog.getByLabel('Read the security log').check();
    await picture(martin, 'role');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await martin.getByText('Auditor').click();
    await martin.getByRole('listitem').filter({ hasText: 'Auditor' }).getByText('Read the security log').waitFor();
    await picture(martin, 'roles');

    await martin.getByRole('link', { name: 'Security log' }).click();
    await martin.getByText('created: Auditor').waitFor();
    await picture(martin, 'security-log');
    expect(await faultsOf(martin)).toEqual([]);
  });

  it('makes a token for a program, which can be read once', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/machines' });
    await martin.getByLabel('Name').fill('Billing sync');
    await martin.getByLabel('Billing', { exact: true }).check();
    await martin.getByRole('button', { name: 'Create token' }).click();
    const secret = await martin.getByTestId('secret').textContent();
    await picture(martin, 'machines');
    await martin.reload();
    await martin.getByText('Billing sync').first().waitFor();
    await martin.getByText('All that its role may: Agent').waitFor();

    expect(secret).toMatch(/^baton_/);
    expect(await martin.getByTestId('secret').count()).toBe(0);
  });
});

describe('an administrator whom a client asks for their data', () => {
  it('finds the client, downloads what is kept, and erases it after typing the name', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/views/open' });
    await martin.getByRole('button', { name: 'New ticket' }).click();
    const dialog = martin.getByRole('dialog');
    await dialog.getByLabel('Subject').fill('Please forget me');
    await dialog.getByRole('combobox', { name: 'Client' }).fill('Wilma Forgotten');
    await dialog.getByRole('option', { name: /Wilma Forgotten/ }).click();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await martin.getByRole('heading', { name: 'Please forget me' }).waitFor();

    await martin.goto('/settings/privacy');
    await martin.getByRole('combobox', { name: 'Client' }).fill('Wilma');
    await martin.getByRole('option', { name: /Wilma Forgotten/ }).click();
    const [download] = await Promise.all([
      martin.waitForEvent('download'),
      martin.getByRole('button', { name: 'Download what is kept' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('Please forget me');
    await martin.getByRole('button', { name: 'Erase', exact: true }).click();
    const sure = martin.getByRole('dialog');
    expect(await sure.getByRole('button', { name: 'Erase', exact: true }).isDisabled()).toBe(true);
    await sure.getByLabel('Type the client’s name').fill('Wilma Forgotten');
    await picture(martin, 'erase');
    await sure.getByRole('button', { name: 'Erase', exact: true }).click();
    await martin.getByText('Erased.').waitFor();
    expect(await faultsOf(martin)).toEqual([]);

    await martin.getByRole('combobox', { name: 'Client' }).fill('Wilma');
    await martin.getByText('Nobody found.').waitFor();
  });
});

describe('the owner', () => {
  it('reads the outgoing emails of the workspace in their own language', async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/settings/letters', colorScheme: 'dark' });
    await olena.evaluate(`localStorage.setItem('baton.locale', 'uk')`);
    for (const page of ['letters', 'people', 'teams', 'roles', 'machines', 'privacy', 'security', 'account']) {
      await olena.goto(`/settings/${page}`);
      await olena.locator('[data-connection="live"]').first().waitFor();
      await olena.getByRole('heading', { level: 1 }).waitFor();
      await olena.waitForLoadState('networkidle');
      await picture(olena, `${page}-uk-dark`);
      expect(await faultsOf(olena), page).toEqual([]);
    }
    // Account links are in no workspace's list.
    await olena.goto('/settings/letters');
    await olena.getByRole('heading', { name: 'Вихідні листи' }).waitFor();
    expect(await olena.getByText('lesya@example.org').count()).toBe(0);
  });
});

describe('a supervisor', () => {
  it('looks at people and roles, and is told what saving would need', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/settings/people', colorScheme: 'dark' });
    await sofia.getByText('settings.save').waitFor();
    await sofia.getByText('ada@demo.baton').waitFor();
    await picture(sofia, 'people-dark');

    expect(await sofia.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0);
    expect(await sofia.getByRole('link', { name: 'Security log' }).count()).toBe(0);
    expect(await faultsOf(sofia)).toEqual([]);
  });
});

describe('somebody’s own account', () => {
  it('gets a second factor, which signing in then asks for, and another password by a letter', async () => {
    const emma = await desk.person('emma@demo.baton', { path: '/settings/account' });
    await emma.getByRole('button', { name: 'Set it up' }).click();
    const secret = (await emma.getByTestId('factor-secret').textContent()) ?? '';
    await picture(emma, 'second-factor');
    await emma.getByLabel('Code').fill(await generate({ secret }));
    await emma.getByRole('button', { name: 'Turn it on' }).click();
    await emma.getByTestId('recovery-codes').waitFor();
    const recovery = (await emma.getByTestId('recovery-codes').locator('li').first().textContent()) ?? '';
    await emma.getByText('Signing in asks for a code too.').waitFor();
    await picture(emma, 'recovery-codes');
    expect(await faultsOf(emma)).toEqual([]);

    const elsewhere = await desk.stranger({ viewport: { width: 360, height: 740 } });
    await signIn(elsewhere, 'emma@demo.baton', 'baton-demo');
    await elsewhere.getByLabel('Code of your authenticator').fill('000000');
    await elsewhere.getByRole('button', { name: 'Sign in' }).click();
    await elsewhere.getByText('This code is not right').waitFor();
    await picture(elsewhere, 'sign-in-code-360');
    await elsewhere.getByLabel('Code of your authenticator').fill(recovery);
    await elsewhere.getByRole('button', { name: 'Sign in' }).click();
    await elsewhere.locator('[data-connection="live"]').first().waitFor();
    await elsewhere.goto('/settings/account');
    await elsewhere.getByRole('button', { name: 'Sign out everywhere else' }).waitFor();
    await picture(elsewhere, 'account-360');
    expect(await elsewhere.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await elsewhere.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await emma.waitForURL(/sign-in/, { timeout: 5000 });
  });

  it('says nothing of whether an address is known, and lets a letter set the password', async () => {
    const page = await desk.stranger();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Forgot password?' }).click();
    await page.getByLabel('E-mail').fill('dmytro@demo.baton');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a letter is on its way').waitFor();
    await page.goto(await desk.linkTo('dmytro@demo.baton'));
    await page.getByLabel('New password').fill('copper violin orchard');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('button', { name: 'Dmytro Bondar' }).waitFor();
    expect(page.url()).not.toContain('#');
  });
});

describe('a client', () => {
  it('follows a ticket by the link that an operator gave, live, and sees neither notes nor people', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'The kettle leaks');
    await ada.getByRole('textbox', { name: 'Internal note' }).fill('The client is wrong about this.');
    await ada.getByRole('button', { name: 'Add note' }).click();
    await ada.getByRole('article', { name: /^Internal note/ }).waitFor();
    await ada.getByRole('button', { name: 'Make a link' }).click();
    const field = ada.getByRole('textbox', { name: 'Public link' });
    await field.waitFor();
    await ada.getByText('made a public link').waitFor();
    await picture(ada, 'public-link-made');
    const link = await field.inputValue();

    const client = await desk.stranger();
    const response = await client.goto(link);
    await client.getByRole('heading', { name: 'The kettle leaks' }).waitFor();
    await client.getByText('We have it. Somebody looks at it soon.').waitFor();
    await choose(ada, 'Status', 'In progress');
    await client.getByText('Somebody works on it now.').waitFor();
    await picture(client, 'follow-light');
    const text = (await client.locator('body').textContent()) ?? '';
    expect(text).not.toMatch(/wrong about this|Ada/);
    expect(await faultsOf(client)).toEqual([]);
    expect(response?.headers()).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'cache-control': 'private, no-store',
    });

    const phone = await desk.stranger({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'uk-UA' });
    await phone.goto(link);
    await phone.getByText('Зараз над нею працюють.').waitFor();
    await picture(phone, 'follow-uk-dark-360');
    expect(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await faultsOf(phone)).toEqual([]);

    await ada.getByRole('button', { name: 'Take back', exact: true }).click();
    await ada.getByRole('button', { name: 'Take back for good' }).click();
    await client.getByRole('heading', { name: 'This link opens nothing' }).waitFor({ timeout: 5000 });
    await picture(client, 'follow-revoked');
    await ada.getByRole('button', { name: 'Make a link' }).waitFor();
  });
});

describe('a workspace that asks for a second factor', () => {
  it('leads those who have none to set one up, and then lets them work', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/security' });
    await martin.getByRole('button', { name: 'Ask everybody for a second factor' }).click();
    await martin.getByText('Set up a second factor for yourself first').waitFor();
    await martin.getByRole('link', { name: 'Account' }).click();
    await martin.getByRole('button', { name: 'Set it up' }).click();
    const own = (await martin.getByTestId('factor-secret').textContent()) ?? '';
    await martin.getByLabel('Code').fill(await generate({ secret: own }));
    await martin.getByRole('button', { name: 'Turn it on' }).click();
    await martin.getByText('Signing in asks for a code too.').waitFor();
    await martin.getByRole('link', { name: 'Security log' }).click();
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });

    await martin.getByRole('button', { name: 'Ask everybody for a second factor' }).click();
    await martin.getByText('Everybody who signs in with a password needs a second factor.').waitFor();
    await picture(martin, 'second-factor-required');
    await sofia.waitForURL(/sign-in|second-factor/, { timeout: 5000 });
    await signIn(sofia, 'sofia@demo.baton', 'baton-demo');
    await sofia.getByRole('heading', { name: 'A second factor is needed' }).waitFor();
    await sofia.getByRole('button', { name: 'Set it up' }).click();
    const secret = (await sofia.getByTestId('factor-secret').textContent()) ?? '';
    await picture(sofia, 'second-factor-page');
    expect(await faultsOf(sofia)).toEqual([]);
    await sofia.getByLabel('Code').fill(await generate({ secret }));
    await sofia.getByRole('button', { name: 'Turn it on' }).click();
    await sofia.getByRole('button', { name: 'Go on' }).click();
    await sofia.locator('[data-connection="live"]').first().waitFor();

    await martin.getByRole('button', { name: 'No longer ask for it' }).click();
    await martin.getByText('Whoever signs in with a password sets one up first').waitFor();
  });
});
