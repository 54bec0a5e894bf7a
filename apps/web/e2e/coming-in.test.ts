import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, freePorts, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;
let provider: Server;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  provider = createServer().listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const issuer = `http://127.0.0.1:${(provider.address() as { port: number }).port}`;
  const client = { client_id: 'baton', client_secret: 'a secret of the test' };
  const oidc = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: [`http://127.0.0.1:${port}/auth/oidc/callback`] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, email: `${id}@demo.baton`, email_verified: true }) }),
  });
  provider.on('request', oidc.callback());
  desk = await RunningDesk.start({
    nodes: 1,
    ports: [port],
    closed: true,
    settings: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_CLIENT_SECRET: client.client_secret,
      OIDC_NAME: 'Example login',
      // Without a mail server, invitation links are shown to the inviter.
      SMTP_URL: '',
    },
  });
});
afterAll(async () => {
  await desk.stop();
  provider.closeAllConnections();
  provider.close();
});
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('single sign-on', () => {
  it('leads to the provider and back to the page that was asked for', async () => {
    const page = await desk.stranger();
    await page.goto('/views/unassigned');
    await page.waitForURL(/sign-in/);
    await page.getByRole('link', { name: 'Sign in with Example login' }).click();
    await page.getByPlaceholder('Enter any login').fill('ada');
    await page.getByPlaceholder('and password').fill('x');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();

    await page.locator('[data-connection="live"]').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/views/unassigned');
    await page.getByRole('button', { name: 'Ada Lindqvist' }).waitFor();
    await picture(page, 'single-sign-on');
  });

  it('says to somebody whom the desk does not know what to do', async () => {
    const page = await desk.stranger();
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in with Example login' }).click();
    await page.getByPlaceholder('Enter any login').fill('stranger');
    await page.getByPlaceholder('and password').fill('x');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();

    await page.getByRole('alert').waitFor();
    await picture(page, 'single-sign-on-unknown');
    expect(await page.getByRole('alert').textContent()).toContain('administrator');
    expect(await faultsOf(page)).toEqual([]);
  });
});

describe('a person who signed in long ago', () => {
  it('confirms that it is them before they open much, and what they began goes on', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/tokens' });
    await desk.sql(`update session set confirmed_at = now() - interval '16 minutes'`);
    await martin.getByLabel('What is it for?').fill('Nightly export');
    await martin.getByRole('button', { name: 'Create token' }).click();
    const dialog = martin.getByRole('dialog', { name: 'Is it you?' });
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByRole('alert').waitFor();
    await picture(martin, 'confirm');
    expect(await faultsOf(martin)).toEqual([]);
    await dialog.getByLabel('Password', { exact: true }).fill('baton-demo');
    await dialog.getByRole('button', { name: 'Confirm' }).click();

    expect(await martin.getByTestId('secret').textContent()).toMatch(/^baton_/);
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('a person without an account', () => {
  it('joins by the link that the inviter is shown once', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/people' });
    await martin.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = martin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Nadia Newcomer');
    await dialog.getByLabel('E-mail').fill('nadia@example.org');
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    const link = (await martin.getByTestId('invitation-link').textContent()) ?? '';
    await picture(martin, 'invitation-link');
    await martin.reload();
    await martin.getByText('nadia@example.org').waitFor();
    expect(await martin.getByTestId('invitation-link').count()).toBe(0);

    const nadia = await desk.stranger();
    await nadia.goto(link);
    await nadia.getByLabel('New password').fill('copper violin orchard');
    await nadia.getByRole('button', { name: 'Set the password' }).click();
    await nadia.getByRole('button', { name: 'Nadia Newcomer' }).waitFor();
  });
});

describe('a person of two workspaces', () => {
  it('goes from one to the other, and sees nothing of the first in the second', async () => {
    const owner = { name: 'Vera Second', email: 'vera@second.example', password: 'copper violin orchard' };
    await desk.workspace('Second', owner);
    const vera = await desk.person(owner.email, { path: '/settings/people', password: owner.password });
    await vera.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = vera.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Martin Twice');
    await dialog.getByLabel('E-mail').fill('martin@demo.baton');
    await dialog.getByLabel('Role').selectOption({ label: 'Agent' });
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    await vera.getByText('martin@demo.baton').waitFor();

    expect(await vera.getByTestId('invitation-link').count()).toBe(0);

    const martin = await desk.person('martin@demo.baton', { path: '/views/open' });
    await martin.getByRole('button', { name: 'Martin Weiss' }).click();
    await picture(martin, 'workspaces');
    await martin.getByRole('menuitem', { name: 'Join Second' }).click();
    await martin.getByRole('button', { name: 'Martin Twice' }).waitFor();
    await martin.getByText('Second', { exact: true }).first().waitFor();
    await martin.getByRole('link', { name: 'All open 0' }).click();
    await martin.getByText('No tickets here.').waitFor();
    await picture(martin, 'workspace-second');

    await martin.getByRole('button', { name: 'Martin Twice' }).click();
    await martin.getByRole('menuitem', { name: 'Demo desk' }).click();
    await martin.getByRole('button', { name: 'Martin Weiss' }).waitFor();
  });
});
