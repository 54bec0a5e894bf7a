import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTicket, faultsOf, picture, RunningDesk } from './desk.ts';

let desk: RunningDesk;

beforeAll(async () => {
  desk = await RunningDesk.start({ nodes: 2, closed: true });
});
afterAll(() => desk.stop());
afterEach(() => expect(desk.complaints.splice(0)).toEqual([]));

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAMgAAABkCAIAAABM5OhcAAAA1klEQVR42u3SMQEAAAgDoGn/zqbwxwMSMG3BGRMwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKECRMmTJgwYcKE7xbIqwDI5sHmHwAAAABJRU5ErkJggg==';

it('a file is dropped, survives a reload, is sent with a note, and is seen and saved by a colleague', async () => {
  const ada = await desk.person('ada@demo.baton', { path: '/views/open' });
  const number = await createTicket(ada, 'It looks wrong');
  const bohdan = await desk.person('sofia@demo.baton', { node: 1, path: `/views/open/${number}` });
  await bohdan.getByRole('heading', { name: 'It looks wrong' }).waitFor();

  const composer = ada.getByRole('region', { name: 'Internal note' }).last();
  await composer.getByRole('textbox').fill('See the screen');
  // As from another window: dropped, and pasted.
  const transfer = await ada.evaluateHandle((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], 'screen.png', { type: 'image/png' }));
    return data;
  }, png);
  await composer.dispatchEvent('drop', { dataTransfer: transfer });
  await composer.getByText('screen.png').waitFor();
  await composer.locator('input[type=file]').setInputFiles({ name: 'steps.txt', mimeType: 'text/plain', buffer: Buffer.from('one, two') });
  await composer.getByRole('button', { name: 'Remove steps.txt' }).waitFor();
  await composer
    .locator('input[type=file]')
    .setInputFiles({ name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
  await composer.getByText('Files of type .exe are not allowed', { exact: false }).waitFor();
  await picture(ada, 'files-adding');
  await composer.getByRole('button', { name: 'Remove setup.exe' }).click();
  expect(await faultsOf(ada)).toEqual([]);
  // What was refused is told in the page; Chromium reports it as well.
  expect(desk.complaints.splice(0).every((line) => line.includes('400'))).toBe(true);

  await ada.waitForTimeout(1200);
  await ada.reload();
  await composer.getByText('screen.png').waitFor();
  await composer.getByText('steps.txt').waitFor();
  await composer.getByRole('button', { name: 'Add note' }).click();

  const note = bohdan.getByRole('article', { name: /^Internal note/ }).filter({ hasText: 'See the screen' });
  const image = note.getByRole('img', { name: 'screen.png' });
  await image.waitFor();
  await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(200);
  await picture(bohdan, 'files-note');
  expect(await faultsOf(bohdan)).toEqual([]);
  const download = bohdan.waitForEvent('download');
  await note.getByRole('link', { name: /steps\.txt/ }).click();
  expect(await readFile(await (await download).path(), 'utf8')).toBe('one, two');

  // And on the ticket itself, where both may add and remove.
  const files = bohdan.getByRole('region', { name: 'Files' });
  await files.locator('input[type=file]').setInputFiles({ name: 'contract.txt', mimeType: 'text/plain', buffer: Buffer.from('signed') });
  await ada.getByRole('region', { name: 'Files' }).getByText('contract.txt').waitFor();
  await files.getByRole('button', { name: 'Remove contract.txt' }).click();
  await ada.getByText('removed the file contract.txt').waitFor();
  await ada.context().close();
  await bohdan.context().close();
});
