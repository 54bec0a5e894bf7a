import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.ts';
import { FileTooLarge } from '../../platform/files/file-store.ts';
import { S3Store } from '../../platform/files/s3-store.ts';
import { Mailer } from '../../platform/mail/mailer.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const FILES = 'attachments { id name type size url uploadedBy { id } }';
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id ${FILES} } userErrors { ... on UserError { code field } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { message { id ${FILES} } userErrors { ... on UserError { code field message } } } }`;
const DELETE_NOTE = `mutation ($input: NoteDeleteInput!) { noteDelete(input: $input) { note { id ${FILES} } } }`;
const ADD = `mutation ($input: TicketFileAddInput!) { ticketFileAdd(input: $input) { ticket { ${FILES} } userErrors { ... on UserError { code } } } }`;
const REMOVE = `mutation ($input: FileRemoveInput!) { fileRemove(input: $input) { userErrors { ... on UserError { code } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { ${FILES} notes { edges { node { ${FILES} } } } activity { edges { node { type changes { to { text } } } } } } }`;
const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { userErrors { ... on UserError { message } } } }`;
const UNMERGE = `mutation ($input: TicketUnmergeInput!) { ticketUnmerge(input: $input) { userErrors { ... on UserError { message } } } }`;

/** The smallest picture there is. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let world: World;
let team: string;
let ada: Person;
let owner: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  owner = await world.person('OWNER');
});
afterAll(() => world.close());

interface Taken {
  readonly status: number;
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly code: string;
  readonly field: string | null;
}

async function upload(
  person: Person | null,
  ticketId: string,
  name: string,
  content: string | Buffer,
  more: { draftId?: string; type?: string } = {},
): Promise<Taken> {
  const query = new URLSearchParams({ ticketId, name, ...(more.draftId ? { draftId: more.draftId } : {}) });
  const response = await fetch(`http://${world.node(0).url}/files?${query.toString()}`, {
    method: 'POST',
    headers: { 'content-type': more.type ?? 'application/octet-stream', ...(person ? { authorization: `Bearer ${person.secret}` } : {}) },
    body: new Uint8Array(Buffer.from(content)),
  });
  return { status: response.status, ...((await response.json()) as object) } as Taken;
}

/** At the other node, which has the same store. */
const read = (secret: string | null, path: string) =>
  fetch(`http://${world.node(1).url}${path}`, { headers: secret ? { authorization: `Bearer ${secret}` } : {} });
const ticket = () => world.ticket({ teamId: team, assigneeId: ada.id });

describe('a file', () => {
  it('goes with the note that it was added to, and is read by whoever reads the note', async () => {
    const { id } = await ticket();
    const file = await upload(ada, id, 'protocol.txt', 'It broke at noon.');
    expect(file).toMatchObject({ status: 201, type: 'text/plain', size: 17 });
    // Until it is sent it is its uploader's alone.
    expect([(await read(ada.secret, `/files/${file.id}/x`)).status, (await read(owner.secret, `/files/${file.id}/x`)).status]).toEqual([
      200, 404,
    ]);

    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>See there</p>', attachmentIds: [file.id] } })).noteAdd;

    expect(note.attachments).toEqual([
      {
        id: file.id,
        name: 'protocol.txt',
        type: 'text/plain',
        size: 17,
        url: `/files/${file.id}/protocol.txt`,
        uploadedBy: { id: ada.id },
      },
    ]);
    const answer = await read(owner.secret, note.attachments[0].url);
    expect([answer.status, await answer.text()]).toEqual([200, 'It broke at noon.']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''protocol.txt",
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, no-cache',
    });
    const guest = await world.person('GUEST', { teams: [team] });
    const other = await world.person('AGENT');
    const light = await world.person('LIGHT_AGENT', { teams: [team] });
    const statuses = await Promise.all(
      [guest.secret, other.secret, light.secret, 'baton_nobody', null].map(
        async (secret) => (await read(secret, note.attachments[0].url)).status,
      ),
    );
    expect(statuses).toEqual([404, 404, 200, 401, 404]);
    // Sent once is sent.
    const again = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>Once more</p>', attachmentIds: [file.id] } })).noteAdd;
    expect(again).toMatchObject({ note: null, userErrors: [{ code: 'INVALID_INPUT', field: 'attachmentIds' }] });
  });

  it('goes for good with a note that is deleted, bytes and all', async () => {
    const { id } = await ticket();
    const file = await upload(ada, id, 'secret.txt', 'x');
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: [file.id] } })).noteAdd;
    const kept = async () => (await readdir(world.filesPath, { recursive: true })).some((path) => path.endsWith(file.id));
    expect(await kept()).toBe(true);

    expect((await ada.run(DELETE_NOTE, { input: { noteId: note.id } })).noteDelete.note.attachments).toEqual([]);

    await waitFor(async () => !(await kept()), 'the bytes to go');
    expect((await read(ada.secret, `/files/${file.id}/x`)).status).toBe(404);
  });

  it('is what its content says, and runs nowhere', async () => {
    const { id } = await ticket();
    const kinds = {
      'photo.html': png,
      'page.png': '<script>alert(1)</script>',
      'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    };
    const answers: Record<string, unknown> = {};
    for (const [name, content] of Object.entries(kinds)) {
      const file = await upload(ada, id, name, content);
      const response = await read(ada.secret, `/files/${file.id}/x?show`);
      answers[name] = [file.type, response.headers.get('content-type'), response.headers.get('content-disposition')?.split(';')[0]];
    }

    expect(answers).toEqual({
      'photo.html': ['image/png', 'image/png', 'inline'],
      'page.png': ['text/plain', 'application/octet-stream', 'attachment'],
      'logo.svg': ['text/plain', 'application/octet-stream', 'attachment'],
    });
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\система.log', 'система.log'],
    ['invoice\u202Efdp.txt', 'invoicefdp.txt'],
    ['a"; filename=evil.txt', 'a; filename=evil.txt'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(116)}.pdf`],
    ['\r\nSet-Cookie: x=1', 'Set-Cookie x=1'],
  ])('keeps of the name %j what is a name', async (given, kept) => {
    const { id } = await ticket();
    const file = await upload(ada, id, given, 'x');
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: [file.id] } })).noteAdd;

    expect(note.attachments[0].name).toBe(kept);
    expect((await read(ada.secret, note.attachments[0].url)).headers.get('set-cookie')).toBeNull();
  });

  it('opens under every name that can be uploaded', async () => {
    const { id } = await ticket();
    const names = ['a'.repeat(101), 'a'.repeat(120), 'ї'.repeat(120), '#'.repeat(120), '🧾'.repeat(60)];
    const files = await Promise.all(names.map((name) => upload(ada, id, name, 'x')));
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: files.map((file) => file.id) } }))
      .noteAdd;

    const attachments = note.attachments as { name: string; url: string }[];
    const statuses = await Promise.all(attachments.map(async ({ url }) => (await read(ada.secret, url)).status));

    expect(attachments.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(statuses).toEqual(names.map(() => 200));
  });

  it.each([
    'evil.exe.',
    'x.exe. .',
    'x.exe\u3000.\u00A0',
    'a.exe::$DATA',
    'a.exe:$data',
    'a.exe::$INDEX_ALLOCATION',
    'a.e\u202Exe',
    'a.e\u200Bxe',
    'a.exe\uFE0F',
    'a.ｅｘｅ',
    'a.exe"*',
    'a.\u0000exe',
  ])('is refused under the name %j, which Windows runs as a program', async (name) => {
    const { id } = await ticket();

    expect(await upload(ada, id, name, 'MZ')).toMatchObject({ status: 400, code: 'INVALID_INPUT', field: 'name' });
  });

  it('has its name in NFC, and never one of invisible characters', async () => {
    const { id } = await ticket();
    const file = await upload(ada, id, 'рахуно\u0438\u0306.txt', 'x');
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: [file.id] } })).noteAdd;

    expect(note.attachments[0].name).toBe('рахуной.txt');
    for (const name of ['\u200B', '\u3164', '\u2800 ', ' . . ', '\uFE0F']) {
      expect(await upload(ada, id, name, 'x')).toMatchObject({ status: 400, code: 'INVALID_INPUT', field: 'name' });
    }
  });

  it('is refused where it is too large, of a kind that harms, without a name, or somebody else’s business', async () => {
    const { id } = await ticket();
    const foreign = await world.stranger();
    const guest = await world.person('GUEST', { teams: [team] });
    const refusals = await Promise.all([
      upload(ada, id, 'large.bin', randomBytes(1_048_577)),
      upload(ada, id, 'setup.EXE', 'MZ'),
      upload(ada, id, '...', 'x'),
      upload(ada, foreign.ticketId, 'a.txt', 'x'),
      upload(guest, id, 'a.txt', 'x'),
      upload(null, id, 'a.txt', 'x'),
      upload(ada, id, 'a.txt', 'x', { type: 'application/json' }),
      upload(ada, id, 'a.txt', 'x', { draftId: 'nonsense' }),
    ]);

    expect(refusals.map(({ status, code }) => [status, code])).toEqual([
      [400, 'FILE_TOO_LARGE'],
      [400, 'INVALID_INPUT'],
      [400, 'INVALID_INPUT'],
      [400, 'TICKET_NOT_FOUND'],
      [403, 'NOT_PERMITTED'],
      [401, 'UNAUTHENTICATED'],
      [415, 'INVALID_INPUT'],
      [400, 'INVALID_INPUT'],
    ]);
    expect((await readdir(world.filesPath, { recursive: true })).filter((path) => path.endsWith('.part'))).toEqual([]);
    // Nobody sends what another uploaded.
    const file = await upload(ada, id, 'mine.txt', 'x');
    const theirs = (await owner.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: [file.id] } })).noteAdd;
    expect(theirs.userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'attachmentIds' }]);
  });

  it('waits with its draft for whoever reloads the page, and for nobody else', async () => {
    const { id } = await ticket();
    const draftId = crypto.randomUUID();
    const file = await upload(ada, id, 'begun.txt', 'x', { draftId });
    const ask = async (person: Person) =>
      (await person.run('query ($id: ID!) { draftAttachments(draftId: $id) { id name } }', { id: draftId })).draftAttachments;

    expect([await ask(ada), await ask(owner)]).toEqual([[{ id: file.id, name: 'begun.txt' }], []]);
    expect((await owner.run(REMOVE, { input: { attachmentId: file.id } })).fileRemove.userErrors).toEqual([{ code: 'TICKET_NOT_FOUND' }]);
    await ada.run(REMOVE, { input: { attachmentId: file.id } });
    expect(await ask(ada)).toEqual([]);
  });

  it('belongs to the ticket itself, live and in its log, and moves with a merge and back', async () => {
    const source = await ticket();
    const destination = await ticket();
    const open = owner.follow(`subscription { ticketChanged(id: "${source.id}") { attachments { name } } }`);
    await open.begun();
    const file = await upload(ada, source.id, 'contract.pdf', '%PDF-1.4 x');

    await ada.run(ADD, { input: { ticketId: source.id, attachmentIds: [file.id] } });

    await open.until(({ ticketChanged }) => ticketChanged.attachments[0]?.name === 'contract.pdf');
    const look = async (id: string) => (await ada.run(TICKET, { id })).ticket;
    expect((await look(source.id)).activity.edges.at(-1).node).toEqual({
      type: 'ticket.file_added',
      changes: [{ to: { text: 'contract.pdf' } }],
    });
    await owner.run(MERGE, { input: { sourceId: source.id, destinationId: destination.id } });
    expect([(await look(source.id)).attachments.length, (await look(destination.id)).attachments.length]).toEqual([0, 1]);
    await owner.run(UNMERGE, { input: { ticketId: source.id } });
    expect([(await look(source.id)).attachments.length, (await look(destination.id)).attachments.length]).toEqual([1, 0]);
    expect((await ada.run(REMOVE, { input: { attachmentId: file.id } })).fileRemove.userErrors).toEqual([]);
    expect((await look(source.id)).attachments).toEqual([]);
  });

  it('stays with the note that it was sent with after a merge, when the merge is undone', async () => {
    const [source, destination] = [await ticket(), await ticket()];
    const file = await upload(ada, source.id, 'begun before.txt', 'x');
    await owner.run(MERGE, { input: { sourceId: source.id, destinationId: destination.id } });
    await ada.run(NOTE, { input: { ticketId: source.id, body: '<p>Sent after</p>', attachmentIds: [file.id] } });

    await owner.run(UNMERGE, { input: { ticketId: source.id } });

    const { notes } = (await ada.run(TICKET, { id: destination.id })).ticket;
    expect(notes.edges.at(-1).node.attachments).toMatchObject([{ id: file.id }]);
    expect(await world.sql('select ticket_id from attachment where id = ?', [file.id])).toEqual([{ ticket_id: destination.id }]);
  });

  it('reaches the client by letter and on their link, and of notes’ files nothing does', async () => {
    const received: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => void text(stream).then((letter) => done(void received.push(letter) as never)),
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const client = await world.contact();
    const { id } = await world.ticket({ teamId: team, assigneeId: ada.id, requesterId: client.id });
    const [shown, hidden] = [await upload(ada, id, 'Рахунок.txt', 'for you'), await upload(ada, id, 'inner.txt', 'not for you')];
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', attachmentIds: [hidden.id] } })).noteAdd;

    const { message } = (await ada.run(REPLY, { input: { ticketId: id, body: '<p>Here it is</p>', attachmentIds: [shown.id] } })).replySend;

    expect(message.attachments).toMatchObject([{ name: 'Рахунок.txt' }]);
    const { port } = smtp.server.address() as { port: number };
    const { orm, store, clock } = world.desk;
    const mailer = new Mailer({
      orm,
      clock,
      store,
      logger: createLogger('silent'),
      smtpUrl: `smtp://127.0.0.1:${port}`,
      sender: 'Desk <desk@desk.test>',
    });
    mailer.start();
    await waitFor(() => received.length === 1, 'the letter');
    await mailer.stop();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    expect(received[0]).toContain(Buffer.from('for you').toString('base64'));
    expect(received[0]).not.toContain(Buffer.from('not for you').toString('base64'));

    const opened = await ada.run(`mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`, {
      id,
    });
    const token = String(opened.ticketLinkOpen.ticket.publicLink.url).split('#')[1] ?? '';
    const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ ticket { messages { files { id name size } } } }' }),
    });
    const { data } = (await response.json()) as { data: { ticket: { messages: { files: object[] }[] } } };
    expect(data.ticket.messages.flatMap(({ files }) => files)).toEqual([{ id: shown.id, name: 'Рахунок.txt', size: 7 }]);
    const own = await read(token, `/client/files/${shown.id}`);
    expect([own.status, await own.text()]).toEqual([200, 'for you']);
    const paths = [`/client/files/${hidden.id}`, `/files/${hidden.id}/x`, `/files/${shown.id}/x`, note.attachments[0].url];
    expect(await Promise.all(paths.map(async (path) => (await read(token, path)).status))).toEqual([404, 401, 401, 401]);
  });
});

describe('a client on their link', () => {
  const link = async (id: string) => {
    const opened = await ada.run(`mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`, {
      id,
    });
    return String(opened.ticketLinkOpen.ticket.publicLink.url).split('#')[1] ?? '';
  };
  const give = async (token: string, messageId: string, name: string, content: string) => {
    const query = new URLSearchParams({ messageId, name });
    const response = await fetch(`http://${world.node(0).url}/client/files?${query.toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` },
      body: content,
    });
    return { status: response.status, ...((await response.json()) as { id: string; code: string }) };
  };
  const write = async (token: string, input: object) => {
    const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: 'mutation ($input: ClientMessageSendInput!) { messageSend(input: $input) { sent refusal } }',
        variables: { input },
      }),
    });
    return ((await response.json()) as { data: { messageSend: { sent: boolean; refusal: string | null } } }).data.messageSend;
  };

  it('adds files to what they write; nobody has them before it is sent, and no other ticket ever', async () => {
    const { id } = await world.ticket({ teamId: team, requesterId: (await world.contact()).id });
    const other = await world.ticket({ teamId: team, requesterId: (await world.contact()).id });
    const [token, foreign] = [await link(id), await link(other.id)];
    const messageId = crypto.randomUUID();
    const file = await give(token, messageId, 'screen.txt', 'as I see it');
    expect(file.status).toBe(201);
    expect((await read(ada.secret, `/files/${file.id}/x`)).status).toBe(404);

    // Another link knows the file's id, and gets nothing by it.
    expect(await write(foreign, { id: crypto.randomUUID(), text: 'mine?', fileIds: [file.id] })).toMatchObject({ sent: false });
    expect(await write(token, { id: messageId, text: 'See the file', fileIds: [file.id] })).toEqual({ sent: true, refusal: null });
    const { messages } = (await ada.run(`query ($id: ID!) { ticket(id: $id) { messages { edges { node { ${FILES} } } } } }`, { id }))
      .ticket;
    expect(messages.edges).toMatchObject([{ node: { attachments: [{ name: 'screen.txt', size: 11, uploadedBy: null }] } }]);
    expect(await (await read(ada.secret, `/files/${file.id}/screen.txt`)).text()).toBe('as I see it');
    // Sent once, it is part of that message alone.
    expect(await write(token, { id: crypto.randomUUID(), text: 'again', fileIds: [file.id] })).toMatchObject({ sent: false });
  });

  it('is refused what members are, and everything without a link', async () => {
    const { id } = await world.ticket({ teamId: team, requesterId: (await world.contact()).id });
    const token = await link(id);

    expect(await give(token, crypto.randomUUID(), 'run.exe', 'x')).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    expect(await give(token, crypto.randomUUID(), 'big.txt', 'x'.repeat(1_048_577))).toMatchObject({ status: 400, code: 'FILE_TOO_LARGE' });
    expect(await give('nonsense', crypto.randomUUID(), 'x.txt', 'x')).toMatchObject({ status: 401 });
    expect(await give(ada.secret, crypto.randomUUID(), 'x.txt', 'x')).toMatchObject({ status: 401 });
  });
});

describe('files that are looked through', () => {
  /** Speaks what a ClamAV daemon does of its protocol: chunks with their length before them, then a line. */
  const clamd = createTcpServer((socket) => {
    let heard = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard = Buffer.concat([heard, data]);
      if (heard.subarray(0, 10).toString().includes('VERSION')) return void socket.end('ClamAV 1.4.0/27000/today\0');
      if (!heard.subarray(-4).equals(Buffer.alloc(4))) return;
      socket.end(heard.includes('EICAR') ? 'stream: Eicar-Test FOUND\0' : 'stream: OK\0');
    });
  });
  let strict: World;
  let agent: Person;
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => clamd.listen(0, '127.0.0.1', resolve));
    ({ port } = clamd.address() as { port: number });
    strict = await World.open({ fileLimits: { mostBytes: 1_048_576, refused: [], workspaceBytes: 0 }, clamd: { host: '127.0.0.1', port } });
    agent = await strict.person('AGENT');
  });
  afterAll(() => strict.close());

  const give = async (content: string) => {
    const { id } = await strict.ticket({ assigneeId: agent.id });
    const response = await fetch(`http://${strict.node(0).url}/files?${new URLSearchParams({ ticketId: id, name: 'x.txt' }).toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${agent.secret}` },
      body: content,
    });
    return [response.status, ((await response.json()) as { code?: string }).code ?? null];
  };
  const kept = async () => Number((await strict.sql<{ count: string }>('select count(*) from attachment'))[0]?.count);

  it('come in where nothing is found, and leave nothing behind where something is, or where nobody can look', async () => {
    expect(await give('harmless')).toEqual([201, null]);
    expect(await give('this is an EICAR test')).toEqual([400, 'VIRUS_FOUND']);
    await new Promise<void>((resolve) => clamd.close(() => resolve()));
    expect(await give('harmless too')).toEqual([400, 'NOT_SCANNED']);

    expect(await kept()).toBe(1);
    const folders = await readdir(strict.filesPath, { recursive: true, withFileTypes: true });
    expect(folders.filter((entry) => entry.isFile())).toHaveLength(1);
  });
});

describe('limits on storage', () => {
  let small: World;
  let agent: Person;
  const fileLimits = { mostBytes: 1000, refused: [], workspaceBytes: 2500 };

  beforeAll(async () => {
    small = await World.open({ nodes: 2, redis: true, fileLimits, uploadBytesPerHour: 4000 });
    agent = await small.person('OWNER');
  });
  afterAll(() => small.close());

  const give = async (person: Person, ticketId: string, size: number, node = 0) => {
    const url = `http://${small.node(node).url}/files?${new URLSearchParams({ ticketId, name: 'x.txt' }).toString()}`;
    const headers = { 'content-type': 'application/octet-stream', authorization: `Bearer ${person.secret}` };
    const response = await fetch(url, { method: 'POST', headers, body: 'x'.repeat(size) });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), ...((await response.json()) as { id: string }) };
  };
  const bytes = async () => Number((await small.sql<{ bytes: string }>('select sum(size) as bytes from attachment'))[0]?.bytes);

  it('refuse a file that does not fit into the workspace, with what is used and the limit, also in parallel', async () => {
    const { id } = await small.ticket();
    const files = await Promise.all([0, 1, 0, 1].map((node) => give(agent, id, 900, node)));

    expect(files.map(({ status }) => status).toSorted()).toEqual([201, 201, 413, 413]);
    expect(files.find(({ status }) => status === 413)).toMatchObject({
      code: 'FILE_QUOTA_EXCEEDED',
      message: expect.stringContaining('use 1,800 bytes of 2,500 bytes'),
      usedBytes: 1800,
      limitBytes: 2500,
    });
    expect(await bytes()).toBe(1800);
    const folders = await readdir(small.filesPath, { recursive: true, withFileTypes: true });
    expect(folders.filter((entry) => entry.isFile())).toHaveLength(2);
  });

  it('refuse more than an uploader may send in an hour, at every node, and leave others alone', async () => {
    await small.sql('delete from attachment');
    const uploader = await small.person('OWNER');
    const { id } = await small.ticket();
    for (const node of [0, 1, 0, 1]) {
      const file = await give(uploader, id, 1000, node);
      expect(file.status).toBe(201);
      await uploader.run(REMOVE, { input: { attachmentId: file.id } });
    }

    const refused = await give(uploader, id, 1000, 1);

    expect(refused).toMatchObject({ status: 429, code: 'UPLOAD_RATE_EXCEEDED', usedBytes: 4000, limitBytes: 4000 });
    expect(Number(refused.retryAfter)).toBeGreaterThan(3000);
    expect((await give(await small.person('OWNER'), id, 1000)).status).toBe(201);
  });
});

describe('a store that speaks S3', () => {
  const objects = new Map<string, Buffer>();
  let service: Server;
  let store: S3Store;

  beforeAll(async () => {
    // The store is another's: what it keeps by key is all that is played here.
    service = createServer((request, response) => {
      const key = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        if (!request.headers.authorization?.includes('Credential=key/')) return response.writeHead(403).end();
        const held = objects.get(key);
        if (request.method === 'PUT') objects.set(key, unchunked(Buffer.concat(parts), request.headers['content-encoding']));
        else if (request.method === 'DELETE') objects.delete(key);
        else if (!held) return response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
        response.writeHead(200, { etag: '"x"' }).end(request.method === 'GET' ? held : undefined);
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as { port: number };
    store = new S3Store({
      bucket: 'files',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    });
  });
  afterAll(() => new Promise((resolve) => service.close(resolve)));

  /** Streams come in chunks with their lengths before them (aws-chunked). */
  function unchunked(body: Buffer, encoding: string | undefined): Buffer {
    if (!encoding?.includes('aws-chunked')) return body;
    const parts: Buffer[] = [];
    for (let at = 0; ;) {
      const end = body.indexOf('\r\n', at);
      const length = parseInt(body.subarray(at, end).toString(), 16);
      if (!length) return Buffer.concat(parts);
      parts.push(body.subarray(end + 2, end + 2 + length));
      at = end + 2 + length + 2;
    }
  }

  it('keeps a file, gives it back, and takes it away', async () => {
    const content = randomBytes(200_000);
    const key = `${crypto.randomUUID()}/${crypto.randomUUID()}`;

    const stored = await store.put(key, Readable.from([content]), 1_000_000);

    expect(stored).toEqual({ size: 200_000, sha256: createHash('sha256').update(content).digest('hex') });
    const parts: Buffer[] = [];
    for await (const part of await store.read(key)) parts.push(part as Buffer);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    await store.remove(key);
    await expect(store.read(key)).rejects.toThrow();
  });

  it('keeps nothing of a file that is too large', async () => {
    const key = `${crypto.randomUUID()}/${crypto.randomUUID()}`;
    await expect(store.put(key, Readable.from([randomBytes(70_000), randomBytes(70_000)]), 100_000)).rejects.toThrow(FileTooLarge);
    expect([...objects.keys()].some((held) => held.endsWith(key))).toBe(false);
  });
});
