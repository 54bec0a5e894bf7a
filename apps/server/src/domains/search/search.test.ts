import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { tsQuery, wantedIn } from './query-words.ts';

const SEARCH = `query ($text: String!, $filter: TicketFilterInput, $first: Int, $after: String) { search(text: $text, filter: $filter, first: $first, after: $after) {
  edges { cursor node { ticket { id subject } snippets { source pieces { text isMatch } } } } pageInfo { hasNextPage endCursor } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id version } userErrors { ... on UserError { message } } } }`;
const EDIT_NOTE = `mutation ($input: NoteEditInput!) { noteEdit(input: $input) { userErrors { ... on UserError { message } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { message } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { message } } } }`;
const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { userErrors { ... on UserError { message } } } }`;

let world: World;
let team: string;
let ada: Person;
let light: Person;
let guest: Person;
let stranger: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  light = await world.person('LIGHT_AGENT', { teams: [team] });
  guest = await world.person('GUEST', { teams: [team] });
  stranger = await world.person('AGENT', { teams: [await world.team()] });
});
afterAll(() => world.close());

interface Found {
  readonly node: {
    readonly ticket: { readonly id: string; readonly subject: string };
    readonly snippets: { source: string; pieces: { text: string; isMatch: boolean }[] }[];
  };
}
const search = async (text: string, person = ada, more: object = {}): Promise<Found[]> =>
  (await person.run(SEARCH, { text, filter: {}, ...more })).search.edges;
const subjects = async (text: string, person = ada) => (await search(text, person)).map(({ node }) => node.ticket.subject);
const ticket = (subject: string, more: object = {}) => world.ticket({ subject, teamId: team, ...more });

describe('a search', () => {
  it('finds words wherever they stand in a ticket, together, in any form and as they are being typed', async () => {
    const { id } = await ticket('The zeppelin lost its anchor', { description: '<p>It <b>drifts</b> over Lviv&nbsp;now</p>' });
    await ada.run(NOTE, { input: { ticketId: id, body: '<p>Called the aerodrome</p>' } });

    for (const text of [
      'zeppelins',
      'drifting zeppelin',
      'ZEPPELIN aerodrome',
      'zep',
      'anchor aerodr',
      '"lost its anchor"',
      'zeppelin -submarine',
    ])
      expect([text, await subjects(text)]).toEqual([text, ['The zeppelin lost its anchor']]);
    for (const text of [
      'zeppelin submarine',
      '"anchor lost"',
      'zeppelin -drift',
      'the',
      '-submarine',
      '',
      '   ',
      '"',
      "'; drop table ticket; --",
    ])
      expect([text, await subjects(text)]).toEqual([text, []]);
  });

  it('finds Ukrainian words in any case and with any apostrophe', async () => {
    await ticket('Зламався комп’ютер у бухгалтерії');

    for (const text of ["комп'ютера", 'компʼютером', 'бухгалтерія', 'бухгалтерією', 'бухг'])
      expect([text, await subjects(text)]).toEqual([text, ['Зламався комп’ютер у бухгалтерії']]);
    const [found] = await search("комп'ютери");
    expect(found?.node.snippets[0]?.pieces).toContainEqual({ text: 'компʼютер', isMatch: true });
  });

  it('finds what was misspelt, and only where nothing is spelt so', async () => {
    await ticket('Refrigerator hums at night');
    await ticket('Сповіщення приходять двічі');

    expect(await subjects('refrigarator')).toEqual(['Refrigerator hums at night']);
    expect(await subjects('сповищення')).toEqual(['Сповіщення приходять двічі']);
    expect(await subjects('refrigerator')).toEqual(['Refrigerator hums at night']);
  });

  it('puts what stands in the subject before what was said on the way, and a ticket’s own number before all', async () => {
    const said = await ticket('Question about invoices');
    await ada.run(NOTE, { input: { ticketId: said.id, body: '<p>Perhaps the gramophone is at fault</p>' } });
    await ticket('Gramophone plays backwards');
    const [row] = await world.sql<{ number: number }>('select number from ticket where id = ?', [said.id]);
    await ticket(`Nothing but ${row?.number} gramophones`);

    expect((await subjects('gramophone')).at(-1)).toBe('Question about invoices');
    expect((await subjects(`#${row?.number}`)).at(0)).toBe('Question about invoices');
    expect(await subjects(`${row?.number}`)).toEqual(['Question about invoices', `Nothing but ${row?.number} gramophones`]);
  });

  it('shows where the words stand, as text', async () => {
    const { id } = await ticket('Odd <script> in a letterhead');
    await ada.run(NOTE, { input: { ticketId: id, body: '<p>The letterhead came from the old printer, I think</p>' } });

    const [found] = await search('letterhead printer');

    expect(found?.node.snippets).toEqual([
      {
        source: 'SUBJECT',
        pieces: [
          { text: 'Odd  script  in a ', isMatch: false },
          { text: 'letterhead', isMatch: true },
        ],
      },
      {
        source: 'NOTE',
        pieces: [
          { text: 'letterhead', isMatch: true },
          { text: ' came from the old ', isMatch: false },
          { text: 'printer', isMatch: true },
          { text: expect.stringContaining('I think'), isMatch: false },
        ],
      },
    ]);
  });

  it('keeps to a filter, and to pages', async () => {
    for (let index = 0; index < 5; index++) await ticket(`Kaleidoscope ${index}`, { priority: index < 2 ? 'HIGH' : 'LOW' });
    const first = (await ada.run(SEARCH, { text: 'kaleidoscope', filter: { priorities: ['LOW'] }, first: 2 })).search;
    const next = (
      await ada.run(SEARCH, { text: 'kaleidoscope', filter: { priorities: ['LOW'] }, first: 2, after: first.pageInfo.endCursor })
    ).search;

    expect([...first.edges, ...next.edges].map(({ node }: Found) => node.ticket.subject)).toEqual([
      'Kaleidoscope 4',
      'Kaleidoscope 3',
      'Kaleidoscope 2',
    ]);
    expect([first.pageInfo.hasNextPage, next.pageInfo.hasNextPage]).toEqual([true, false]);
    await expect(ada.run(SEARCH, { text: 'x'.repeat(201) })).rejects.toThrow('at most 200 characters');
    const [row] = await world.sql<{ number: number }>(`select number from ticket where subject = 'Kaleidoscope 0'`);
    expect(await search(`#${row?.number}`, ada, { filter: { priorities: ['LOW'] } })).toEqual([]);
    expect(await search(`#${row?.number}`, ada, { filter: { priorities: ['HIGH'] } })).toHaveLength(1);
    // A filter is judged here as everywhere.
    await expect(ada.run(SEARCH, { text: 'x', filter: { teamIds: ['y'] } })).rejects.toThrow('Invalid ID');
    await expect(ada.run(SEARCH, { text: 'x', after: 'y' })).rejects.toThrow('cursor');
  });

  it('is the same for a member who cannot read notes before and after a note, in results, order and corrections', async () => {
    const client = await world.contact({ name: 'Quill' });
    for (const [subject, description] of [
      ['Wombatron one', 'A wombatron, and the wombatron next to it, stopped humming'],
      ['Wombatron two', 'It hums. The wombatron hums on and the other wombatron too'],
      ['Plain', 'One wombatron was seen far from any other humming thing'],
    ] as const)
      await ticket(subject, { description: `<p>${description}</p>`, requesterId: client.id });
    const texts = [
      'wombatron',
      'wombatorn',
      'wombatron humming',
      'zyphoquilex',
      'zyphoquilx',
      '"wombatron hums"',
      'wombatron -zyphoquilex',
      'Zypho',
    ];
    const seen = async () => {
      const answers = [];
      for (const text of texts) answers.push([text, await search(text, guest)]);
      return answers;
    };
    const before = await seen();

    for (const { node } of await search('wombatron')) {
      const body = `<p>zyphoquilex wombatorn ${'padding '.repeat(node.ticket.subject === 'Wombatron one' ? 400 : 3)} wombatron hums</p>`;
      await ada.run(NOTE, { input: { ticketId: node.ticket.id, body } });
    }

    expect(await seen()).toEqual(before);
    expect(before.map(([, found]) => (found as Found[]).length)).toEqual([3, 3, 3, 0, 0, 1, 3, 0]);
    // Those who read notes find and correct by them.
    expect(await subjects('zyphoquilx', light)).toHaveLength(3);
  });

  it('corrects by words of visible tickets alone', async () => {
    await ticket('A zumbarok');
    await world.ticket({ subject: 'The zumbarak and the brontolith', teamId: await world.team() });
    const hidden = await world.ticket({ subject: 'The vortexian', teamId: team });
    await world.sql('update ticket set deleted_at = now() where id = ?', [hidden.id]);

    // Spelled so in a ticket of another team, which must not keep the correction away.
    expect(await subjects('zumbarak')).toEqual(['A zumbarok']);
    expect(await subjects('brontolyth')).toEqual([]);
    expect(await subjects('vortexiam')).toEqual([]);
    expect(await subjects('brontolyth', await world.person('ADMIN'))).toEqual(['The zumbarak and the brontolith']);
  });

  it('ranks tickets the same for a member who cannot read customer details, whatever these are', async () => {
    const [short, long] = [await world.contact({ name: 'Ann', email: null }), await world.contact({ name: 'Bob', email: null })];
    for (const [requesterId, subject] of [
      [long.id, 'Kettlephone a'],
      [short.id, 'Kettlephone b'],
      [short.id, 'Kettlephone c'],
    ] as const)
      await ticket(subject, { requesterId, description: '<p>The kettlephone rings again and again in the kitchen</p>' });
    const before = await subjects('kettlephone kitchen', light);
    const { contact } = await ada.run('query ($id: ID!) { contact(id: $id) { version } }', { id: long.id });
    await ada.run('mutation ($i: ContactEditInput!) { contactEdit(input: $i) { userErrors { ... on UserError { message } } } }', {
      i: {
        contactId: long.id,
        version: contact.version,
        name: 'Bob',
        emails: Array.from({ length: 15 }, (_, index) => `kettlephone${index}@kitchen${index}.test`),
        phones: [],
        notes: '',
      },
    });

    expect(before).toHaveLength(3);
    const [{ details } = {}] = await world.sql<{ details?: string }>(
      `select count(*) as details from contact_address where contact_id = ?`,
      [long.id],
    );
    expect(details).toBe('14');
    expect(await subjects('kettlephone kitchen', light)).toEqual(before);
  });

  it('tells nobody what they may not read: hidden tickets, notes, and the client’s details', async () => {
    const client = await world.contact({ name: 'Ottokar Zilk', email: 'otto.rarename@example.org' });
    const { id } = await ticket('A plain question', { requesterId: client.id });
    await ada.run(NOTE, { input: { ticketId: id, body: '<p>Whispered xylophone</p>' } });

    for (const [text, ...finders] of [
      ['xylophone', ada, light],
      ['rarename', ada],
      ['otto.rarename@example.org', ada],
      ['zilk', ada, light, guest],
      ['"plain question"', ada, light, guest],
      ['"whispered xylophone"', ada, light],
      // Misspelt as well.
      ['xylophon', ada, light],
    ] as const)
      for (const person of [ada, light, guest, stranger])
        expect([text, person.id, await subjects(text, person)]).toEqual([
          text,
          person.id,
          (finders as readonly Person[]).includes(person) ? ['A plain question'] : [],
        ]);
    expect(JSON.stringify(await search('question xylophone', ada))).toContain('xylophone');
    expect(JSON.stringify(await search('plain', guest))).not.toContain('ylophone');
  });

  it('finds what is new at once and what is gone no more: edits, replies, notes, merges', async () => {
    const client = await world.contact();
    const { id } = await ticket('Harpsichord', { requesterId: client.id });
    await ada.run(EDIT, { input: { ticketId: id, subject: { from: 'Harpsichord', to: 'Bassoon' } } });
    await ada.run(REPLY, { input: { ticketId: id, body: '<p>About your theremin</p>' } });
    const { note } = (await ada.run(NOTE, { input: { ticketId: id, body: '<p>a tambourine</p>' } })).noteAdd;
    expect(await Promise.all(['harpsichord', 'bassoon', 'theremin', 'tambourine'].map((text) => subjects(text)))).toEqual([
      [],
      ['Bassoon'],
      ['Bassoon'],
      ['Bassoon'],
    ]);

    await ada.run(EDIT_NOTE, { input: { noteId: note.id, version: note.version, body: '<p>an ocarina</p>' } });
    const destination = await ticket('Orchestra', { requesterId: client.id });
    await ada.run(MERGE, { input: { sourceId: id, destinationId: destination.id } });

    expect(await Promise.all(['tambourine', 'ocarina', 'theremin', 'bassoon'].map((text) => subjects(text)))).toEqual([
      [],
      ['Orchestra'],
      ['Orchestra'],
      ['Bassoon'],
    ]);
  });

  it('forgets a client who was erased, and the words that were theirs alone', async () => {
    const owner = await world.person('OWNER');
    const client = await world.contact({ name: 'Wolfhilde Quastenberg', email: 'wq@example.org' });
    await ticket('Personal matter of Quastenberg', { requesterId: client.id });
    const words = () =>
      world.sql<{ word: string }>(`select word from search_word where word like 'quasten%' or word like 'wolfhild%' or word = 'person'`);
    expect(await words()).toHaveLength(3);

    await owner.run(`mutation ($id: ID!) { contactErase(input: { contactId: $id }) { userErrors { ... on UserError { message } } } }`, {
      id: client.id,
    });
    expect(await subjects('quastenberg', owner)).toEqual([]);
    expect((await words()).map(({ word }) => word)).not.toContain('quastenberg');
  });
});

it('finds a client’s tickets by every address, by further details, and by the name that they have now', async () => {
  const client = await world.contact({ name: 'Quillon Brasche' });
  await ticket('About the hinge', { requesterId: client.id });
  expect(await subjects('brasche')).toEqual(['About the hinge']);

  const EDIT_CARD = `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { userErrors { ... on UserError { message } } } }`;
  const { contactEdit } = await ada.run(EDIT_CARD, {
    input: {
      contactId: client.id,
      version: client.version,
      name: 'Quillon Overmeer',
      emails: ['first@overmeer.test', 'spare@hedgerow.test'],
      phones: [],
      notes: '',
      data: [{ name: 'Contract', value: 'Platinumplus' }],
    },
  });

  expect(contactEdit.userErrors).toEqual([]);
  for (const text of ['overmeer', 'spare@hedgerow.test', 'hedgerow', 'platinumplus'])
    expect([text, await subjects(text)]).toEqual([text, ['About the hinge']]);
  expect(await subjects('brasche')).toEqual([]);
});

describe('a question', () => {
  it('is words, phrases and what is not wanted; the last word may be begun', () => {
    expect(wantedIn('red "old printer" -ink pap')).toEqual([
      { text: 'red', isPhrase: false, isUnwanted: false, isBegun: false },
      { text: 'old printer', isPhrase: true, isUnwanted: false, isBegun: false },
      { text: 'ink', isPhrase: false, isUnwanted: true, isBegun: false },
      { text: 'pap', isPhrase: false, isUnwanted: false, isBegun: true },
    ]);
    expect(wantedIn('red ').at(-1)).toMatchObject({ isBegun: false });
  });

  it('of a phrase looks at no fewer documents than have it, for generated texts', async () => {
    const word = fc.constantFrom('old', 'printers', 'of', 'the', 'lost', 'e-mail', 'a/b', 'baton.test/x', 'їжак', 'Ї', '12.5', 'old');
    const texts = fc.sample(fc.array(word, { minLength: 2, maxLength: 9 }), { numRuns: 200, seed: 5 }).map((words) => words.join(' '));
    const phrases = fc.sample(fc.array(word, { minLength: 2, maxLength: 3 }), { numRuns: 200, seed: 7 }).map((words) => words.join(' '));

    const [counted]: { matching: string; found: string }[] = await world.sql(
      `select count(*) as matching, count(*) filter (where search_pairs(to_tsvector('english', d)) @> search_pairs(to_tsvector('english', p))) as found
       from jsonb_array_elements_text(?::jsonb) d, jsonb_array_elements_text(?::jsonb) p where to_tsvector('english', d) @@ phraseto_tsquery('english', p)`,
      [JSON.stringify(texts), JSON.stringify(phrases)],
    );

    expect(Number(counted?.matching)).toBeGreaterThan(500);
    expect(counted?.found).toBe(counted?.matching);
  });

  it('is never more than words to the database', () => {
    const known = [{ stems: [String.raw`a'b\c`], phrase: '', pairs: [], near: [] }];
    expect(tsQuery([{ text: 'x', isPhrase: false, isUnwanted: false, isBegun: false }], known, 'AC')).toBe(String.raw`('a''b\\c':AC)`);
  });
});

describe('what may be a duplicate', () => {
  const SIMILAR = `query ($requesterId: ID!, $subject: String!, $topicId: ID) { similarTickets(requesterId: $requesterId, subject: $subject, topicId: $topicId) { subject } }`;
  const similar = async (person: Person, input: object) =>
    (await person.run(SIMILAR, input)).similarTickets.map(({ subject }: { subject: string }) => subject);

  it('is the same client’s, alike or of the topic, open or done of late, and seen by whoever asks', async () => {
    const client = await world.contact();
    const topicId = await world.topic('Printers');
    const other = await world.team();
    await ticket('The printer does not print', { requesterId: client.id });
    await ticket('Printer prints nothing', { requesterId: client.id });
    await ticket('Invoice of March', { requesterId: client.id, topicId });
    await ticket('Where is my parcel', { requesterId: client.id });
    await ticket('The printer does not print', { requesterId: (await world.contact()).id });
    await world.ticket({ subject: 'The printer does not print either', requesterId: client.id, teamId: other });
    const old = await ticket('The printer did not print', { requesterId: client.id });
    await world.sql(`update ticket set resolved_at = now() - interval '31 days', category = 'CLOSED' where id = ?`, [old.id]);
    const wanted = { requesterId: client.id, subject: 'printer does not print' };

    expect(await similar(ada, wanted)).toEqual(['The printer does not print', 'Printer prints nothing']);
    expect(await similar(ada, { ...wanted, topicId })).toEqual([
      'The printer does not print',
      'Printer prints nothing',
      'Invoice of March',
    ]);
    expect(await similar(stranger, wanted)).toEqual([]);
    expect(await similar(ada, { requesterId: client.id, subject: ' ' })).toEqual([]);
    expect(await similar(ada, { requesterId: crypto.randomUUID(), subject: 'printer' })).toEqual([]);
  });
});
