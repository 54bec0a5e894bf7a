import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, faultsOf, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 1, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

/** The pages as the folders of routes name them: who adds one is asked about it here. */
const routes = globSync('**/+page.svelte', { cwd: fileURLToPath(new URL('../src/routes/', import.meta.url)) }).map(
  (path) =>
    `/${path
      .replaceAll('\\', '/')
      .replace(/\+page\.svelte$/, '')
      .replace(/\([^)]*\)\//g, '')
      .replace(/\/$/, '')}`,
);

/** Nothing hangs over the edge, whatever the width. */
async function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Controls that Tab reaches and that show no focus: neither they nor a frame around them has an outline. */
async function withoutFocusMark(page: Page): Promise<string[]> {
  const bare = new Set<string>();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let step = 0; step < 70; step++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return null;
      let element: Element | null = focused;
      for (let level = 0; element && level < 4; level++, element = element.parentElement) {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        if (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) return null;
      }
      return focused.outerHTML.slice(0, 120);
    });
    if (found) bare.add(found);
  }
  return [...bare];
}

describe('every page', () => {
  it('is accessible in light and dark, and fits a small telephone', { timeout: 180_000 }, async () => {
    const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
    const number = await createTicket(olena, 'To be looked at on every page');
    await olena.goto(new URL('/contacts', olena.url()).href);
    const href = await olena.getByRole('link', { name: /.+@.+/ }).first().getAttribute('href');
    await olena.goto(new URL('/conversations', olena.url()).href);
    const talk = await olena.getByRole('link', { name: 'Waits' }).first().getAttribute('href');
    const signedIn = routes.filter((route) => !['/follow', '/sign-in', '/second-factor', '/invitation', '/reset'].includes(route));
    expect(signedIn.length).toBeGreaterThan(20);
    const faults: Record<string, readonly string[]> = {};
    for (const route of signedIn) {
      const path = route
        .replace('[view]', 'open')
        .replace('[number]', number)
        .replace('/contacts/[id]', href ?? '')
        .replace('/conversations/[id]', talk ?? '');
      await olena.setViewportSize({ width: 1440, height: 900 });
      await olena.goto(new URL(path, olena.url()).href);
      await olena.locator('[data-connection="live"]').first().waitFor();
      await expect.poll(() => olena.getByText('Loading…').count(), { timeout: 15_000 }).toBe(0);
      for (const dark of [false, true]) {
        await olena.evaluate((on) => document.documentElement.classList.toggle('dark', on), dark);
        const found = await faultsOf(olena);
        if (found.length > 0) faults[`${path} ${dark ? 'dark' : 'light'}`] = found;
      }
      const bare = await withoutFocusMark(olena);
      if (bare.length > 0) faults[`${path} focus`] = bare;
      await olena.setViewportSize({ width: 360, height: 740 });
      const beyond = await overhang(olena);
      if (beyond > 0) faults[`${path} at 360`] = [`${beyond} px beyond the edge`];
    }
    expect(faults).toEqual({});
    await olena.context().close();
  });
});

it('says that a page does not exist where an address names nothing that could', async () => {
  const olena = await desk.person('olena@demo.baton', { path: '/views/open' });
  for (const path of ['/contacts/nobody', '/conversations/1', '/views/open/first', '/settings/nothing']) {
    await olena.goto(new URL(path, olena.url()).href);
    await olena.getByText('404').waitFor();
  }
  await olena.context().close();
  // Chromium reports the page that does not exist itself.
  expect(desk.complaints.splice(0).filter((text) => !text.includes('404'))).toEqual([]);
});

describe('a shift at the keyboard alone', () => {
  it('goes from the sign-in to a new ticket, its work, a colleague’s note and the next ticket, without a pointer', async () => {
    const page = await desk.stranger();
    const { keyboard } = page;
    /** Goes on by Tab until something of that name has the focus. */
    const tabTo = async (role: string, name: RegExp) => {
      for (let step = 0; step < 80; step++) {
        await keyboard.press('Tab');
        const focused = page.locator(':focus');
        if ((await focused.count()) === 0) continue;
        const matches = await page
          .getByRole(role as 'button', { name })
          .and(focused)
          .count();
        if (matches > 0) return;
      }
      throw new Error(`the keyboard does not reach ${role} ${String(name)}`);
    };
    await page.goto('/sign-in?to=/views/open');
    await page.getByLabel('E-mail').waitFor();
    await tabTo('textbox', /E-mail/);
    await keyboard.type('ada@demo.baton');
    await page.keyboard.press('Tab');
    await keyboard.type('baton-demo');
    await keyboard.press('Enter');
    await page.getByTestId('queue').waitFor();
    await page.locator('[data-connection="live"]').first().waitFor();

    await keyboard.press('c');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await tabTo('checkbox', /Internal ticket/);
    await keyboard.press('Space');
    await tabTo('textbox', /Subject/);
    await keyboard.type('Made without a pointer');
    await tabTo('combobox', /Team/);
    await keyboard.type('Sup');
    await tabTo('button', /^Create$/);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Made without a pointer' }).waitFor();

    await keyboard.press('t');
    await page.getByText('assigned it to Ada', { exact: false }).waitFor();
    await keyboard.press('n');
    await page.locator('[contenteditable]:focus').waitFor();
    await keyboard.type('Looked into it');
    await keyboard.press('Control+Enter');
    await page
      .getByRole('article', { name: /^Internal note/ })
      .getByText('Looked into it')
      .waitFor();
    await keyboard.press('Escape');
    await tabTo('button', /^Status:/);
    await keyboard.press('Enter');
    await page.getByPlaceholder('Search…').waitFor();
    await keyboard.type('Resolved');
    await page.getByRole('option', { name: 'Resolved' }).waitFor();
    await keyboard.press('Enter');
    await page.getByText('to Resolved', { exact: false }).first().waitFor();

    // Back to the list, to the next, and away by the palette.
    await keyboard.press('Escape');
    await page.waitForURL(/\/views\/open$/);
    await keyboard.press('j');
    await keyboard.press('Enter');
    await page.getByRole('article', { name: /^#\d+ / }).waitFor();
    await keyboard.press('Control+k');
    await page.getByPlaceholder('Words, a ticket’s number, or what to do').waitFor();
    await keyboard.type('notif');
    await page.getByRole('option', { name: /Notifications/ }).waitFor();
    await keyboard.press('Enter');
    await page.waitForURL(/\/settings\/notifications$/);
    await page.context().close();
  });
});
