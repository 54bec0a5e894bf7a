import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { importFile } from '../import/index.ts';

const ERRORS = 'userErrors { ... on UserError { code field message } }';
const CREATE = `mutation ($input: TopicCreateInput!) { topicCreate(input: $input) { topic { id key version } ${ERRORS} } }`;
const EDIT = `mutation ($input: TopicEditInput!) { topicEdit(input: $input) { topic { id key version } ${ERRORS} } }`;
const OPEN = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id topic { key } } ${ERRORS} } }`;

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

let count = 0;
const names = () => [{ locale: 'en', text: `Topic ${++count}` }];
const create = async (input: object) => (await admin.run(CREATE, { input: { names: names(), ...input } })).topicCreate;
const edit = async (topicId: string, version: number, input: object) =>
  (await admin.run(EDIT, { input: { topicId, version, names: names(), ...input } })).topicEdit;
const open = async (input: object) => (await admin.run(OPEN, { input: { subject: 'x', internal: true, ...input } })).ticketCreate;

describe('the key of a topic', () => {
  it('is set once, also later, is unique, and never changes', async () => {
    const { topic } = await create({});
    expect(topic.key).toBeNull();

    const set = await edit(topic.id, 1, { key: 'billing' });
    expect(set.topic).toMatchObject({ key: 'billing', version: 2 });
    expect((await edit(topic.id, 2, {})).topic).toMatchObject({ key: 'billing', version: 3 });
    expect((await edit(topic.id, 3, { key: 'invoices' })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'key' }]);
    expect((await create({ key: 'billing' })).userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'key' }]);
    for (const key of ['Billing', '1st', 'a b', '', 'ї', 'a'.repeat(41)]) {
      expect((await create({ key })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'key' }]);
    }
    await expect(world.sql(`update topic set key = 'other' where id = ?`, [topic.id])).rejects.toThrow(/immutable/);
  });

  it('names the topic of a new ticket', async () => {
    const { topic } = await create({ key: 'network' });
    const other = await create({ key: 'printers' });

    expect((await open({ topicKey: 'network' })).ticket.topic).toEqual({ key: 'network' });
    expect((await open({ topicKey: 'network', topicId: topic.id })).ticket.topic).toEqual({ key: 'network' });
    expect((await open({ topicKey: 'unknown' })).userErrors).toMatchObject([{ code: 'REFERENCE_NOT_FOUND', field: 'topicKey' }]);
    expect((await open({ topicKey: 'network', topicId: other.topic.id })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: 'topicKey' },
    ]);
  });

  it('filters tickets, in lists, in nested filters and live', async () => {
    await create({ key: 'access' });
    const { ticket } = await open({ topicKey: 'access' });
    await open({});
    const find = async (filter: object) =>
      (
        await admin.run('query ($filter: TicketFilterInput!) { tickets(filter: $filter) { edges { node { id } } } }', { filter })
      ).tickets.edges.map(({ node }: { node: { id: string } }) => node.id);

    expect(await find({ topicKeys: ['access'] })).toEqual([ticket.id]);
    expect(await find({ topicKeys: ['unknown'] })).toEqual([]);
    expect(await find({ any: [{ topicKeys: ['access'] }, { topicKeys: ['unknown'] }] })).toEqual([ticket.id]);
    expect(await find({ not: { topicKeys: ['access'] } })).not.toContain(ticket.id);

    const live = admin.follow('subscription { ticketsChanged(filter: { topicKeys: ["access"] }) { kind ticketId } }');
    await live.begun();
    const later = await open({ topicKey: 'access' });
    await live.until(({ ticketsChanged }) => ticketsChanged.kind === 'ENTERED' && ticketsChanged.ticketId === later.ticket.id);
  });

  it('names the topic of an imported row', async () => {
    const { topic } = await create({ key: 'hardware' });
    const path = join(mkdtempSync(join(tmpdir(), 'baton-import-')), 'topics.csv');
    writeFileSync(path, 'subject,topic\nBy key,hardware\n');

    const { imported } = await importFile(world.desk.systemScope(world.workspaceId), {
      path,
      mapping: {},
      onStart: () => undefined,
      onRefused: () => undefined,
      onProgress: () => undefined,
    });

    expect(imported).toBe(1);
    expect(await world.sql(`select topic_id from ticket where subject = 'By key'`)).toEqual([{ topic_id: topic.id }]);
  });
});
