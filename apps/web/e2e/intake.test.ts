import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { choose, createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  // Programs run operations of their own, so the desk is not closed to them.
  desk = await RunningDesk.start({ nodes: 2 });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

it('is set up by an administrator: who serves which topics, and forms that are filled in before', async () => {
  const martin = await desk.person('martin@demo.baton', { path: '/settings/skills' });
  await martin.getByRole('button', { name: 'New skill group' }).click();
  const dialog = martin.getByRole('dialog', { name: 'New skill group' });
  await dialog.getByLabel('Name', { exact: true }).fill('Money');
  await dialog.getByRole('button', { name: 'Topics' }).click();
  await martin.getByRole('option').first().click();
  await martin.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Operators' }).click();
  await martin.getByRole('option', { name: 'Ada Lindqvist' }).click();
  await martin.getByRole('option', { name: 'Bohdan' }).click();
  await martin.keyboard.press('Escape');
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'skill-group');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await martin.getByRole('region', { name: 'Skill groups' }).getByText('Ada Lindqvist', { exact: false }).waitFor();

  await martin.getByRole('link', { name: 'Templates' }).click();
  await martin.getByRole('button', { name: 'New template' }).click();
  const form = martin.getByRole('dialog', { name: 'New template' });
  await form.getByLabel('Name', { exact: true }).fill('Printer is broken');
  await form.getByLabel('Subject').fill('Printer: ');
  await form.getByLabel('Priority').selectOption('HIGH');
  await form.getByLabel('Team').selectOption({ label: 'Support' });
  expect(await faultsOf(martin)).toEqual([]);
  await picture(martin, 'template');
  await form.getByRole('button', { name: 'Save' }).click();
  await martin.getByRole('region', { name: 'Templates' }).getByText('Printer is broken').waitFor();
  await martin.context().close();
});

it('makes a ticket for a conversation that a program brought, with a template and a file, and answers it there', async () => {
  const ada = await desk.person('ada@demo.baton', { path: '/conversations' });
  await expect.poll(() => ada.getByText('Waits').count()).toBe(3);
  const program = await desk.person('sofia@demo.baton', { node: 1, path: '/views/open' });
  const bring = (operation: string, input: object) =>
    program.evaluate(
      async ([query, variables]) =>
        (
          await fetch('/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-baton': '1' },
            body: JSON.stringify({ query, variables }),
          })
        ).json(),
      [operation, { input }] as const,
    ) as Promise<{ data: { conversationOpen: { conversation: { id: string } } } }>;
  const OPEN =
    'mutation ($input: ConversationOpenInput!) { conversationOpen(input: $input) { conversation { id } userErrors { ... on UserError { message } } } }';
  const HEAR =
    'mutation ($input: ConversationMessageInput!) { conversationReceive(input: $input) { userErrors { ... on UserError { message } } } }';
  const { data } = await bring(OPEN, {
    newContact: { name: 'Zoe Zebra', email: 'zoe@example.org' },
    body: '<p>The label printer smokes</p>',
  });
  const { id: conversationId } = data.conversationOpen.conversation;

  // It is there without doing anything, and answered.
  await ada
    .getByRole('link', { name: /Zoe Zebra/ })
    .getByText('Waits')
    .waitFor();
  expect(await faultsOf(ada)).toEqual([]);
  await picture(ada, 'conversations');
  await ada.getByRole('link', { name: /Zoe Zebra/ }).click();
  await ada.getByRole('textbox', { name: 'Reply' }).fill('Please unplug it');
  await ada.getByRole('button', { name: 'Send' }).click();
  await ada.getByRole('article', { name: /Reply/ }).getByText('Please unplug it').waitFor();
  await bring(HEAR, { conversationId, body: '<p>Done, it is cold now</p>' });
  await ada.getByText('Done, it is cold now').waitFor();

  // Another agent has it open and answers first: the reply is held until it was read.
  await program.goto(new URL(`/conversations/${conversationId}`, program.url()).href);
  await ada.getByTitle('Sofia Marchenko').first().waitFor();
  await ada.getByRole('textbox', { name: 'Reply' }).pressSequentially('Glad to hear');
  await program.getByText('Ada Lindqvist is writing', { exact: false }).waitFor();
  await bring(
    'mutation ($input: ConversationMessageInput!) { conversationReply(input: $input) { userErrors { ... on UserError { message } } } }',
    { conversationId, body: '<p>A technician is on the way</p>' },
  );
  await ada.getByRole('article', { name: /Reply/ }).getByText('A technician is on the way').waitFor();
  await ada.getByRole('button', { name: 'Send' }).click();
  await ada.getByRole('alert').getByText('Somebody else replied', { exact: false }).waitFor();
  expect(await faultsOf(ada)).toEqual([]);
  await picture(ada, 'conversation');
  await ada.setViewportSize({ width: 360, height: 740 });
  await ada.emulateMedia({ colorScheme: 'dark' });
  await picture(ada, 'conversation-dark-phone');
  await ada.emulateMedia({ colorScheme: 'light' });
  await ada.setViewportSize({ width: 1280, height: 800 });
  await ada.getByRole('button', { name: 'Send' }).click();
  await ada.getByRole('article', { name: /Reply/ }).getByText('Glad to hear').waitFor();

  await ada.getByRole('button', { name: 'Create a ticket' }).click();
  const form = ada.getByRole('dialog', { name: 'New ticket' });
  await form.getByText('Zoe Zebra').waitFor();
  expect(await form.getByRole('textbox', { name: 'Description' }).textContent()).toContain('The label printer smokes');
  await form.getByLabel('Subject').fill('Printer in the office');
  await form.getByLabel('Template').selectOption({ label: 'Printer is broken' });
  // What was typed stays; what was not is filled in.
  expect(await form.getByLabel('Subject').inputValue()).toBe('Printer in the office');
  expect(await form.getByLabel('Priority').inputValue()).toBe('HIGH');
  await form.locator('input[type=file]').setInputFiles({ name: 'smoke.txt', mimeType: 'text/plain', buffer: Buffer.from('grey') });
  await form.getByText('smoke.txt').waitFor();
  expect(await faultsOf(ada)).toEqual([]);
  await picture(ada, 'ticket-from-conversation');
  await form.getByRole('button', { name: 'Create', exact: true }).click();

  await ada.getByRole('heading', { name: 'Printer in the office' }).waitFor();
  await ada.getByRole('region', { name: 'History' }).getByText('Done, it is cold now').waitFor();
  await ada.getByRole('region', { name: 'Files' }).getByText('smoke.txt').waitFor();
  await ada.getByText('linked a conversation with the client').waitFor();
  await ada.goto(new URL('/conversations', ada.url()).href);
  await expect.poll(() => ada.getByText('Waits').count()).toBe(3);
  expect(await ada.getByRole('link', { name: /Zoe Zebra/ }).count()).toBe(0);

  // The client is found from anywhere.
  await ada.keyboard.press('Control+k');
  await ada.getByRole('dialog').getByRole('combobox').fill('zoe zeb');
  await ada.getByRole('option', { name: /Zoe Zebra.*zoe@example\.org/ }).click();
  await ada.getByRole('heading', { name: 'Zoe Zebra' }).or(ada.getByLabel('Name')).first().waitFor();
  await ada
    .getByRole('region', { name: 'Conversations' })
    .getByRole('link', { name: /Glad to hear/ })
    .getByText(/^Ticket #/)
    .waitFor();
  await program.context().close();
  await ada.context().close();
});

it('splits a ticket in two, and makes it whole again from the log', async () => {
  const sofia = await desk.person('sofia@demo.baton', { path: '/views/open' });
  const number = await createTicket(sofia, 'Two matters at once');
  for (const text of ['About the printer', 'About the invoice']) {
    await sofia.getByRole('textbox', { name: 'Internal note' }).fill(text);
    await sofia.getByRole('button', { name: 'Add note' }).click();
    await sofia.getByRole('article').getByText(text).waitFor();
  }
  await sofia.getByRole('button', { name: 'Split into two tickets…' }).click();
  const dialog = sofia.getByRole('dialog', { name: `Split #${number}` });
  await dialog.getByRole('checkbox', { name: /About the invoice/ }).check();
  await dialog.getByLabel('Subject of the new ticket').fill('The invoice');
  expect(await faultsOf(sofia)).toEqual([]);
  await picture(sofia, 'split');
  await dialog.getByRole('button', { name: 'Split 1 part off' }).click();
  await sofia.getByRole('heading', { name: 'The invoice' }).waitFor();
  await sofia.getByRole('article').getByText('About the invoice').waitFor();

  await sofia.goto(new URL(`/views/open/${number}`, sofia.url()).href);
  await sofia.getByRole('article').getByText('About the printer').waitFor();
  expect(await sofia.getByRole('article').getByText('About the invoice').count()).toBe(0);
  await sofia.getByRole('button', { name: 'Undo the split' }).click();
  await sofia.getByRole('article').getByText('About the invoice').waitFor();
  await choose(sofia, 'Priority', 'Low');
  await sofia.context().close();
});
