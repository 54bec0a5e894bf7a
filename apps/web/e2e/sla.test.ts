import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, misfitsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 1, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

describe('a clock on the ticket', () => {
  it('explains every stretch of its life', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'Explain me');
    await choose(ada, 'Status', 'Waiting on customer');
    await ada.getByText('Paused,').first().waitFor();
    await choose(ada, 'Status', 'Open');
    await ada.getByRole('button', { name: /^First response/ }).click();
    const dialog = ada.getByRole('dialog');
    await dialog.getByText('Policy “Standard”, version 1').waitFor();
    await dialog.getByText('Not counted · the ticket waits').waitFor();
    await picture(ada, 'sla-explained');
    expect(await faultsOf(ada)).toEqual([]);
    await ada.keyboard.press('Escape');
  });
});

describe('a machine whose clock is an hour ahead', () => {
  it('counts down to the instant that the server means', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await ada.addInitScript('const real = Date.now; Date.now = () => real() + 3_600_000;');
    await ada.reload();
    await createTicket(ada, 'Wrong clock');
    await ada.getByRole('button', { name: /^First response (7h 59m|8h 0m) left/ }).waitFor();
    await ada.getByText('Created now').waitFor();
  });
});

describe('SLA settings', () => {
  it('are made by an administrator, tried on what runs, and count for the next ticket', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/sla' });
    await martin.getByText('Kyiv office').first().waitFor();
    await picture(martin, 'sla-settings-light');
    expect(await faultsOf(martin)).toEqual([]);
    await martin.getByRole('button', { name: 'New calendar' }).click();
    const dialog = martin.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Mornings');
    await dialog.getByLabel('Time zone').fill('Europe/Nowhere');
    await dialog.getByLabel('Monday: to').fill('12:00');
    await dialog.getByLabel('Import from an iCalendar file').setInputFiles({
      name: 'holidays.ics',
      mimeType: 'text/calendar',
      buffer: Buffer.from(
        `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Founders\r\nDTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR`,
      ),
    });
    await dialog.getByText('Holidays imported: 3.').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('is no time zone').waitFor();
    await dialog.getByLabel('Time zone').fill('Europe/Kyiv');
    await picture(martin, 'sla-calendar');
    expect(await faultsOf(martin)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await martin.getByRole('button', { name: 'Edit Mornings' }).waitFor();

    await martin.getByRole('button', { name: 'New policy' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Urgent');
    await dialog.getByLabel('Critical', { exact: true }).check();
    await dialog.getByRole('spinbutton', { name: 'Resolution, Critical' }).fill('2');
    await dialog.getByRole('button', { name: 'Add a step' }).click();
    await dialog.getByLabel('Do', { exact: true }).selectOption({ label: 'add the tag' });
    await dialog.getByLabel('Whom or what').fill('late');
    await dialog.getByLabel('Minutes overdue').fill('30');
    await dialog.getByLabel('Priority of the example').selectOption({ label: 'Critical' });
    await dialog.getByRole('button', { name: 'What would be promised now?' }).click();
    await dialog.getByText('This policy would be for it:').waitFor();
    await dialog.getByLabel('Priority of the example').selectOption({ label: 'Low' });
    await dialog.getByRole('button', { name: 'What would be promised now?' }).click();
    await dialog.getByText('Another policy would be for it: Not urgent').waitFor();
    await picture(martin, 'sla-policy');
    expect(await faultsOf(martin)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await martin.getByText('Urgent').first().waitFor();
    await martin.getByRole('button', { name: 'Ask Urgent earlier' }).click();
    await martin.getByRole('list').filter({ hasText: 'Urgent' }).first().waitFor();

    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'On fire');
    await choose(ada, 'Priority', 'Critical');
    await ada.getByText(/1h 59m left|2h 0m left/).waitFor();
    await ada.getByText(/changed the SLA policy .*to Urgent/).waitFor();

    await martin.getByRole('button', { name: 'Edit Urgent' }).click();
    expect(await dialog.getByLabel('Whom or what').inputValue()).toBe('late');
    await dialog.getByRole('spinbutton', { name: 'Resolution, Critical' }).fill('1');
    await dialog.getByRole('button', { name: 'See the effect' }).click();
    await dialog.getByText('1 running clock: 0 would breach now, 1 would be due earlier, 0 later.').waitFor();

    // Somebody else saves first: what was typed stays, and is saved as the version after theirs.
    const olena = await desk.person('olena@demo.baton', { path: '/settings/sla' });
    await olena.evaluate(`localStorage.setItem('baton.locale', 'en')`);
    await olena.reload();
    await olena.getByRole('button', { name: 'Edit Urgent' }).click();
    await olena.getByRole('dialog').getByLabel('Minutes overdue').fill('45');
    await olena.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await olena.getByText('version 2').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('saved these settings meanwhile').waitFor();
    await dialog.getByRole('row', { name: 'Resolution, Critical 2 h 1 h' }).waitFor();
    await picture(martin, 'sla-conflict');
    await dialog.getByRole('button', { name: 'Save mine as the next version' }).click();
    await martin.getByText('version 3').waitFor();

    await ada.getByText(/1h 59m left|2h 0m left/).waitFor();
    await martin.getByRole('button', { name: 'Apply this version to them' }).click();
    await dialog.getByText('1 would be due earlier').waitFor();
    await picture(martin, 'sla-reapply');
    await dialog.getByRole('button', { name: 'Apply now' }).click();
    await ada.getByText(/59m \d\ds left/).waitFor();
  });

  it('can be looked at by a supervisor, in Ukrainian, in the dark and on a phone', async () => {
    const sofia = await desk.person('sofia@demo.baton', {
      path: '/settings/sla',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    });
    await sofia.evaluate(`localStorage.setItem('baton.locale', 'uk')`);
    await sofia.reload();
    await sofia.getByText('Kyiv office').first().waitFor();
    await picture(sofia, 'sla-settings-uk-dark-360');

    expect(await sofia.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await sofia.getByRole('button', { name: 'Нова політика' }).count()).toBe(0);
    expect(await faultsOf(sofia)).toEqual([]);
  });
});

describe('business hours', () => {
  it('show what a change would do to running clocks before it is saved', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'Without haste');
    await choose(ada, 'Priority', 'Low');
    // The target is five working days, which are days of the office and not of 24 hours.
    await ada.getByRole('button', { name: /^Resolution/ }).click();
    await ada
      .getByRole('dialog')
      .getByText(/^Counted 0m \d\ds of 5d/)
      .waitFor();
    await picture(ada, 'sla-working-days');
    await ada.context().close();
    const martin = await desk.person('martin@demo.baton', { path: '/settings/sla' });
    await martin.getByRole('button', { name: 'Edit Kyiv office' }).click();
    const dialog = martin.getByRole('dialog');
    // Five working days include each weekday, at whatever hour the test runs.
    const wednesday = dialog.getByLabel('Wednesday: to');
    while ((await wednesday.count()) > 0) await wednesday.last().locator('xpath=following-sibling::button').click();
    await dialog.getByRole('button', { name: 'See the effect' }).click();
    const effect = dialog.getByRole('status').filter({ hasText: 'running clock' });
    await effect.waitFor();
    const [running, ...moved] = ((await effect.textContent()) ?? '').match(/\d+/g)?.map(Number) ?? [];
    expect(running).toBeGreaterThan(0);
    expect(moved.some((count) => count > 0)).toBe(true);
    await picture(martin, 'sla-calendar-effect');
    expect(await faultsOf(martin)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await martin.getByRole('button', { name: 'Edit Kyiv office' }).click();
    expect(await dialog.getByLabel('Wednesday: to').last().inputValue()).toBe('18:00');
    await martin.context().close();
  });

  it('of a team count for its tickets, and change running clocks on the screen of an agent', async () => {
    const martin = await desk.person('martin@demo.baton', { path: '/settings/sla' });
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'Counted by the hours of its team');
    const hours = martin.getByLabel('Business hours of teams: Support');
    const calendars = await hours.locator('option').allTextContents();
    const office = calendars.find((name) => name === 'Kyiv office') ?? '';
    await hours.selectOption({ label: office });
    const dialog = martin.getByRole('dialog', { name: 'Support: Kyiv office' });
    await dialog.getByText(/running clocks?: \d+ would breach now/).waitFor();
    await picture(martin, 'sla-team-hours');
    expect(await faultsOf(martin)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await hours.inputValue()).toBe('');

    // Other hours than those of the policy.
    await martin.getByRole('button', { name: 'New calendar' }).click();
    const editor = martin.getByRole('dialog');
    await editor.getByLabel('Name', { exact: true }).fill('Support hours');
    await editor.getByLabel('Time zone').fill('Europe/Kyiv');
    await editor.getByRole('button', { name: 'Save' }).click();
    await hours.locator('option', { hasText: 'Support hours' }).waitFor({ state: 'attached' });
    await hours.selectOption({ label: 'Support hours' });
    await martin.getByRole('dialog', { name: 'Support: Support hours' }).getByRole('button', { name: 'Save' }).click();
    await ada.getByText(/changed the business hours from .+ to Support hours/).waitFor();
    await picture(ada, 'sla-hours-changed');
    await expect.poll(() => hours.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text)).toBe('Support hours');

    await hours.selectOption({ label: 'As in the policy' });
    await martin.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await ada.getByText(/changed the business hours from Support hours/).waitFor();
    await martin.context().close();
    await ada.context().close();
  });

  it.each([
    { colorScheme: 'light', locale: 'en', width: 1440 },
    { colorScheme: 'dark', locale: 'uk', width: 1440 },
    { colorScheme: 'light', locale: 'en', width: 360 },
    { colorScheme: 'dark', locale: 'uk', width: 360 },
  ] as const)('and targets fit their dialogs in $colorScheme, $locale, $width px', async ({ colorScheme, locale, width }) => {
    const name = `${locale}-${colorScheme}-${width}`;
    const martin = await desk.person('martin@demo.baton', { path: '/settings/sla', colorScheme, viewport: { width, height: 800 } });
    await martin.evaluate((chosen) => localStorage.setItem('baton.locale', chosen), locale);
    await martin.reload();
    const edit = locale === 'en' ? 'Edit' : 'Редагувати';
    const dialog = martin.getByRole('dialog');
    await martin.getByRole('button', { name: `${edit} Kyiv office` }).waitFor();
    expect(await misfitsOf(martin.getByRole('main'))).toEqual([]);
    await martin.getByRole('button', { name: `${edit} Kyiv office` }).click();
    await dialog.locator('input[type=time]').first().waitFor();
    const tops = await dialog
      .locator('fieldset')
      .first()
      .locator('input[type=time]')
      .evaluateAll((inputs) => inputs.map((input) => Math.round(input.getBoundingClientRect().top)));
    // The beginning and the end of a span stand in one line.
    expect(tops.filter((_, index) => index % 2 === 0)).toEqual(tops.filter((_, index) => index % 2 === 1));
    expect(await misfitsOf(dialog)).toEqual([]);
    await picture(martin, `sla-calendar-${name}`);
    await martin.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await martin
      .getByRole('button', { name: new RegExp(`^${edit} Standard`) })
      .first()
      .click();
    const unit = dialog.getByRole('combobox', { name: /(: unit|: одиниця)$/i }).first();
    for (const value of ['MINUTES', 'HOURS', 'DAYS']) {
      await unit.selectOption(value);
      expect(await misfitsOf(dialog), value).toEqual([]);
    }
    await unit.selectOption('MINUTES');
    await unit.scrollIntoViewIfNeeded();
    await picture(martin, `sla-policy-${name}`);
    await martin.context().close();
  });
});

describe('the SLA report', () => {
  it('says how promises were kept, by what one likes, and is taken along as a file', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/settings/report' });
    await sofia.getByRole('row', { name: /Resolution/ }).waitFor();
    await sofia.getByLabel('By', { exact: true }).selectOption({ label: 'team' });
    await sofia.getByLabel('Period').selectOption({ label: 'last 90 days' });
    await sofia
      .getByRole('row', { name: /Resolution.*Support/ })
      .first()
      .waitFor();
    await picture(sofia, 'report-light');
    expect(await faultsOf(sofia)).toEqual([]);
    const [download] = await Promise.all([sofia.waitForEvent('download'), sofia.getByRole('button', { name: 'Download CSV' }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^\ufeffMetric,By,Kept,Missed,Kept in time/);
    const [book] = await Promise.all([sofia.waitForEvent('download'), sofia.getByRole('button', { name: 'Download XLSX' }).click()]);
    expect(
      readFileSync(await book.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await sofia.getByLabel('By', { exact: true }).selectOption({ label: 'day' });
    await sofia
      .getByRole('row', { name: /Resolution.*20\d\d/ })
      .first()
      .waitFor();

    const ada = await desk.person('ada@demo.baton', {
      path: '/settings/account',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    });
    expect(await ada.getByRole('link', { name: 'SLA report' }).count()).toBe(0);
    const martin = await desk.person('martin@demo.baton', {
      path: '/settings/report',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    });
    await martin.getByRole('row', { name: /Resolution/ }).waitFor();
    await picture(martin, 'report-dark-360');
    expect(await martin.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await faultsOf(martin)).toEqual([]);
  });
});

describe('the supervisor’s board', () => {
  it('shows what is open and late, live, and can be read from across a room', async () => {
    const sofia = await desk.person('sofia@demo.baton', { path: '/views/open', viewport: { width: 1920, height: 1080 } });
    await sofia.getByRole('link', { name: 'Board' }).click();
    const wall = sofia.getByRole('region', { name: 'Board' });
    const unassigned = wall.getByRole('link', { name: /^Unassigned/ });
    await unassigned.waitFor();
    const before = Number((await unassigned.textContent())?.match(/\d+/)?.[0]);
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await createTicket(ada, 'Seen on the wall');
    await wall.getByRole('link', { name: new RegExp(`^Unassigned ?${before + 1}`) }).waitFor();
    await picture(sofia, 'board-light');
    expect(await faultsOf(sofia)).toEqual([]);
    expect(await ada.getByRole('link', { name: 'Board' }).count()).toBe(0);

    // Each figure opens the list that it counts.
    for (const figure of [
      /^Unassigned/,
      /^Open/,
      /^Late \d/,
      /^Late within/,
      /^Came in/,
      /^Resolved today/,
      /^Normal/,
      /^New \d/,
      /^Support/,
    ]) {
      const link = wall.getByRole('link', { name: figure }).first();
      const counted = Number((await link.locator('.tabular-nums').textContent())?.match(/\d+/)?.[0]);
      await link.click();
      const count = sofia.getByTestId('count');
      await count.waitFor();
      expect(Number((await count.textContent())?.match(/\d+/)?.[0]), String(figure)).toBe(counted);
      if (String(figure) === '/^Support/') await picture(sofia, 'board-list');
      await sofia.goBack();
      await wall.getByRole('link', { name: figure }).first().waitFor();
    }
    await wall
      .getByRole('region', { name: 'Open by operator' })
      .getByRole('link', { name: /At the desk ?Ada/ })
      .waitFor();

    // Bars of all charts, as long as they are on the screen, have one scale.
    const bars = await wall.locator('section a:has(.bg-accent)').evaluateAll((rows) =>
      rows.map((row) => ({
        count: Number(row.querySelector('.tabular-nums')?.textContent?.match(/\d+/)?.[0]),
        length: [...row.querySelectorAll('.bg-danger, .bg-accent')].reduce((sum, bar) => sum + bar.getBoundingClientRect().width, 0),
      })),
    );
    const longest = bars.reduce((a, b) => (b.count > a.count ? b : a));
    expect(bars.length).toBeGreaterThan(8);
    for (const { count, length } of bars) expect(Math.abs(length - (longest.length / longest.count) * count)).toBeLessThan(2);

    const phone = await desk.person('martin@demo.baton', { path: '/board', colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    await phone.getByRole('heading', { name: 'Most overdue' }).waitFor();
    await picture(phone, 'board-dark-360');
    expect(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await faultsOf(phone)).toEqual([]);
  });
});
