import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choose, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

/** Makes a ticket of a new client in the dialog and answers its address. */
async function ticketOf(page: Page, client: string, subject: string): Promise<string> {
  await page.getByRole('button', { name: 'New ticket' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Subject').fill(subject);
  await dialog.getByLabel('Team').selectOption({ label: 'Support' });
  await dialog.getByRole('combobox', { name: 'Client' }).fill(client);
  await dialog.getByRole('option', { name: new RegExp(client) }).click();
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: subject }).waitFor();
  return page.url();
}

describe('an operator and a client', () => {
  it('write to each other, live, over two nodes, and the note between them stays inside', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await ticketOf(ada, 'Wilma Kettle', 'The kettle leaks');
    await ada.getByRole('button', { name: 'Make a link' }).click();
    const field = ada.getByRole('textbox', { name: 'Public link' });
    await field.waitFor();
    const client = await desk.stranger({ viewport: { width: 390, height: 800 } });
    await client.goto(await field.inputValue());
    await client.getByText('Nothing was written yet.').waitFor();

    await ada.keyboard.press('r');
    await ada.getByRole('textbox', { name: 'Reply' }).pressSequentially('Is the lid closed?');
    await picture(ada, 'reply-composer');
    await ada.getByRole('button', { name: 'Send reply' }).click();
    await client.getByText('Is the lid closed?').waitFor();
    await ada.getByRole('article', { name: 'Reply: Ada Lindqvist' }).waitFor();
    await ada.getByRole('button', { name: 'Internal note', exact: true }).click();
    await ada.getByRole('textbox', { name: 'Internal note' }).pressSequentially('They never close it');
    await ada.getByRole('button', { name: 'Add note' }).click();
    await ada.getByRole('article', { name: /^Internal note/ }).waitFor();

    await client.getByLabel('Write to us').fill('It is.\n\nIt leaks below <the handle>.');
    await client.reload();
    expect(await client.getByLabel('Write to us').inputValue()).toContain('below <the handle>');
    await client.locator('input[type=file]').setInputFiles({ name: 'leak.txt', mimeType: 'text/plain', buffer: Buffer.from('drip') });
    await client.getByRole('list', { name: 'Files to send' }).getByText(/4 ?B/).waitFor();
    await client.getByRole('button', { name: 'Send' }).click();
    await client.getByText('It leaks below <the handle>.').first().waitFor();
    await client.getByRole('button', { name: /leak\.txt/ }).waitFor();
    await ada.getByRole('article', { name: 'Client: Wilma Kettle' }).getByText('leak.txt').waitFor();
    await picture(ada, 'conversation-light');
    await picture(client, 'follow-conversation');
    expect((await client.locator('body').textContent()) ?? '').not.toMatch(/never close|Ada/);
    expect(await faultsOf(ada)).toEqual([]);
    expect(await faultsOf(client)).toEqual([]);
  });

  it('are not answered twice: what came in while a reply was written is read first', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    const address = await ticketOf(ada, 'Fred Flint', 'Two answers');
    const bohdan = await desk.person('bohdan@demo.baton', { node: 1, path: new URL(address).pathname });
    await bohdan.getByRole('heading', { name: 'Two answers' }).waitFor();
    await ada.keyboard.press('r');
    await ada.getByRole('textbox', { name: 'Reply' }).pressSequentially('Mine');
    await bohdan.getByText('is writing').first().waitFor();
    await bohdan.keyboard.press('r');
    await bohdan.getByRole('textbox', { name: 'Reply' }).pressSequentially('Faster');
    await bohdan.getByRole('button', { name: 'Send reply' }).click();
    await ada.getByRole('article', { name: /^Reply: Bohdan/ }).waitFor();
    await ada.getByRole('button', { name: 'Send reply' }).click();
    await ada.getByText('Somebody else replied while you were writing.').waitFor();
    await picture(ada, 'reply-meanwhile');
    await ada.reload();
    await ada.getByRole('heading', { name: 'Two answers' }).waitFor();
    await ada.keyboard.press('r');
    await ada.getByRole('textbox', { name: 'Reply' }).getByText('Mine').waitFor();
    await ada.getByRole('button', { name: 'Send reply' }).click();
    await ada.getByRole('button', { name: 'Send anyway' }).click();
    await bohdan.getByRole('article', { name: /^Reply: Ada/ }).waitFor();

    const phone = await desk.person('ada@demo.baton', {
      path: new URL(address).pathname,
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    });
    await phone.getByRole('article', { name: /^Reply: Ada/ }).scrollIntoViewIfNeeded();
    await picture(phone, 'conversation-dark-360');
    expect(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await faultsOf(phone)).toEqual([]);
  });
});

describe('a ticket for which it is not the time', () => {
  it('is put aside, is in a list of its own meanwhile, and is answered and left waiting in one step', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/unassigned' });
    const counted = async (view: string) =>
      Number((await ada.getByRole('link', { name: new RegExp(`^${view} \\d`) }).textContent())?.match(/\d+/)?.[0]);
    await ticketOf(ada, 'Tom Morrow', 'Not today');
    await ada.getByRole('heading', { name: 'Not today' }).waitFor();
    const before = await counted('Unassigned');
    await ada.getByRole('button', { name: 'Snooze' }).click();
    await ada.getByRole('menuitem', { name: /^Tomorrow/ }).waitFor();
    await picture(ada, 'snooze');
    await ada.getByRole('menuitem', { name: /^Tomorrow/ }).click();
    await ada.getByText(/^until /).waitFor();
    await ada.getByRole('link', { name: `Unassigned ${before - 1}` }).waitFor();
    await ada.getByRole('link', { name: 'Snoozed 1' }).waitFor();
    expect(await faultsOf(ada)).toEqual([]);
    await ada.getByRole('button', { name: 'Wake it now' }).click();
    await ada.getByRole('link', { name: `Unassigned ${before}` }).waitFor();

    await ada.keyboard.press('r');
    await ada.getByRole('textbox', { name: 'Reply' }).pressSequentially('Which day?');
    await ada.getByLabel('Status after sending').selectOption({ label: '→ Waiting on customer' });
    await picture(ada, 'reply-and-wait');
    await ada.getByRole('button', { name: 'Send reply' }).click();
    await ada
      .getByRole('button', { name: /^Status:/ })
      .getByText('Waiting on customer')
      .waitFor();
  });
});

describe('a filter that is typed', () => {
  it('is completed, lists what it says, live, has an address, and says what it does not understand', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    await ticketOf(ada, 'Petra Filter', 'Found by its words');
    await ada.goto('/views/open');
    const bar = ada.getByRole('combobox', { name: 'Filter' });
    await ada.getByRole('button', { name: 'Filter' }).waitFor();
    await ada.keyboard.press('/');
    await bar.waitFor();
    await ada.keyboard.type('ass');
    await ada.getByRole('option', { name: /assignee:/ }).waitFor();
    await picture(ada, 'filter-keys');
    await ada.keyboard.press('Tab');
    await ada.keyboard.type('no');
    await ada.getByRole('option', { name: 'none' }).waitFor();
    await ada.keyboard.press('Tab');
    expect(await bar.inputValue()).toBe('assignee:none ');
    await ada.keyboard.type('team:Support -priority:low');
    await ada.keyboard.press('Escape');
    await ada.keyboard.press('Enter');
    await ada.waitForURL(/views\/open\?q=/);
    await ada.getByRole('link', { name: /Found by its words/ }).waitFor();
    await picture(ada, 'filter-list');
    expect(await faultsOf(ada)).toEqual([]);

    // Live, and the same from its address.
    const bohdan = await desk.person('bohdan@demo.baton', { node: 1, path: '/views/open' });
    await bohdan.goto(new URL(ada.url()).pathname + new URL(ada.url()).search);
    await bohdan.getByRole('link', { name: /Found by its words/ }).click();
    await bohdan.getByRole('heading', { name: 'Found by its words' }).waitFor();
    await choose(bohdan, 'Priority', 'Low');
    await ada.getByRole('link', { name: /Found by its words/ }).waitFor({ state: 'detached' });

    await bar.fill('colour:red');
    await bar.press('Enter');
    await ada.getByText('“colour” is no condition.').waitFor();
    await picture(ada, 'filter-fault');
    expect(await faultsOf(ada)).toEqual([]);
  });
});

describe('two tickets about one thing', () => {
  it('become one, and two again, before the eyes of a colleague', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    const into = await ticketOf(ada, 'Nora Twice', 'The first letter');
    const number = into.split('/').at(-1) ?? '';
    const bohdan = await desk.person('bohdan@demo.baton', { node: 1, path: new URL(into).pathname });
    const source = (await ticketOf(ada, 'Paul Other', 'The second letter')).split('/').at(-1) ?? '';
    await ada.getByRole('textbox', { name: 'Internal note' }).pressSequentially('Said in the second');
    await ada.getByRole('button', { name: 'Add note' }).click();
    await ada.getByRole('article', { name: /^Internal note/ }).waitFor();
    await ada.getByRole('button', { name: 'Merge into another ticket…' }).click();
    const dialog = ada.getByRole('dialog');
    await dialog.getByLabel('Number of the other ticket').fill('99999');
    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByText('There is no such ticket').waitFor();
    await dialog.getByLabel('Number of the other ticket').fill(`#${number}`);
    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByText('It is of another client.').waitFor();
    await picture(ada, 'merge');
    expect(await faultsOf(ada)).toEqual([]);
    await dialog.getByRole('button', { name: `Merge into #${number}` }).click();

    await ada.getByRole('heading', { name: 'The first letter' }).waitFor();
    await ada
      .getByRole('article', { name: /^Internal note/ })
      .getByText('Said in the second')
      .waitFor();
    await bohdan
      .getByRole('article', { name: /^Internal note/ })
      .getByText('Said in the second')
      .waitFor();
    await bohdan.getByText('Merged into this ticket:').waitFor();
    await picture(bohdan, 'merge-destination');
    await ada.getByText('Merged into this ticket:').getByRole('link').click();
    await ada.getByText('This ticket became part of').waitFor();
    await picture(ada, 'merge-source');
    expect(await faultsOf(ada)).toEqual([]);
    // Its address leads to the destination, also after a reload, and the source can still be opened.
    await bohdan.goto(`/tickets/${source}`);
    await bohdan.getByRole('heading', { name: 'The first letter' }).waitFor();
    await bohdan.getByText(`#${source} was merged into this ticket.`).waitFor();
    await bohdan.reload();
    await bohdan.getByText(`#${source} was merged into this ticket.`).waitFor();
    expect(await faultsOf(bohdan)).toEqual([]);
    await picture(bohdan, 'merge-redirected');
    await bohdan.emulateMedia({ colorScheme: 'dark' });
    await bohdan.setViewportSize({ width: 360, height: 740 });
    await picture(bohdan, 'merge-redirected-dark-360');
    await bohdan.setViewportSize({ width: 1440, height: 900 });
    await bohdan.getByRole('link', { name: `Open #${source}` }).click();
    await bohdan.getByText('This ticket became part of').waitFor();
    await bohdan.goto(into);
    await bohdan.getByText('Merged into this ticket:').waitFor();
    await ada.getByRole('button', { name: 'Undo the merge' }).click();
    await ada
      .getByRole('article', { name: /^Internal note/ })
      .getByText('Said in the second')
      .waitFor();
    await bohdan.getByText('Merged into this ticket:').waitFor({ state: 'detached' });
    expect(await bohdan.getByText('Said in the second').count()).toBe(0);
  });

  it('are linked without becoming one, and each shows the other', async () => {
    const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
    const first = await ticketOf(ada, 'Lena Link', 'The cause');
    const number = first.split('/').at(-1) ?? '';
    const bohdan = await desk.person('bohdan@demo.baton', { node: 1, path: new URL(first).pathname });
    await ticketOf(ada, 'Lena Link Two', 'The effect');
    await ada.getByRole('button', { name: 'Link a ticket' }).click();
    await ada.getByLabel('What it is to this one').selectOption({ label: 'blocks this' });
    await ada.getByLabel('Its number').fill(number);
    await ada.getByLabel('Its number').press('Enter');
    const links = ada.getByRole('region', { name: 'Linked tickets' });
    await links.getByRole('link', { name: /blocks this.*The cause/ }).waitFor();
    await bohdan
      .getByRole('region', { name: 'Linked tickets' })
      .getByRole('link', { name: /blocked by this.*The effect/ })
      .waitFor();
    await picture(ada, 'links');
    expect(await faultsOf(ada)).toEqual([]);
    await links.getByRole('link').hover();
    await links.getByRole('button', { name: `Unlink #${number}` }).click();
    await links.getByText('None.').waitFor();
    await bohdan.getByRole('region', { name: 'Linked tickets' }).getByText('None.').waitFor();
  });
});
