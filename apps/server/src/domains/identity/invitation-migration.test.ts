import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSecret } from '../../platform/keys.ts';
import { Browser } from '../../testing/browser.ts';
import { World, type Person } from '../../testing/world.ts';

const REDEEM = `mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn userErrors { ... on UserError { code } } } }`;

let world: World;
let owner: Person;
let rival: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
  rival = (await world.stranger()).person;
});
afterAll(() => world.close());

/** Invites a person as the version before did: with an account of no password, and a link that sets it. */
async function inviteAsBefore(email: string, inviters: readonly Person[]): Promise<string> {
  const token = `link_${crypto.randomUUID()}`;
  const account = crypto.randomUUID();
  await world.sql('insert into account (id, email, created_at) values (?, ?, now())', [account, email]);
  for (const { member } of inviters) {
    await world.sql(
      `insert into member (workspace_id, id, account_id, name, email, role, all_teams, created_at)
       values (?, gen_random_uuid(), ?, 'Invited', ?, 'AGENT', false, now())`,
      [member.workspaceId, account, email],
    );
  }
  await world.sql(
    `insert into letter (token_hash, kind, account_id, created_at, expires_at) values (?, 'INVITATION', ?, now(), now() + interval '1 day')`,
    [hashSecret(token), account],
  );
  return token;
}

it('keeps invitations to one workspace, ends those that open several, and lets roles and tokens read tickets as before', async () => {
  const { migrator } = world.desk.orm;
  const migrations = ['0027-identity-credentials', '0037-live-guard-event-token'];
  // The later one guards a column of the earlier one.
  for (const name of migrations.toReversed()) await migrator.down({ migrations: [name] });
  const one = await inviteAsBefore('one@before.test', [owner]);
  const several = await inviteAsBefore('several@before.test', [owner, rival]);
  await world.sql(
    `insert into custom_role (workspace_id, id, name, permissions, version) values (?, gen_random_uuid(), 'Old', '{note.read}', 1)`,
    [world.workspaceId],
  );
  await world.sql(`update access_token set permissions = '{note.read}' where member_id = ?`, [owner.id]);
  await world.sql(`update access_token set permissions = '{}' where member_id = ?`, [rival.id]);
  await migrator.up({ migrations });

  const browser = new Browser(world);
  const accept = (token: string) => browser.run(REDEEM, { input: { kind: 'INVITATION', token, password: 'stone garden eleven' } });
  expect((await accept(several)).linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
  expect((await accept(one)).linkRedeem).toEqual({ signedIn: true, userErrors: [] });
  expect((await browser.run('{ viewer { email workspaces { name } } }')).viewer).toEqual({
    email: 'one@before.test',
    workspaces: [{ name: 'Desk' }],
  });
  const waiting = await world.sql<{ account_id: null }>(`select account_id from member where email = 'several@before.test'`);
  expect(waiting).toEqual([{ account_id: null }, { account_id: null }]);
  expect(await world.sql('select permissions from custom_role')).toEqual([{ permissions: ['note.read', 'ticket.read'] }]);
  const tokens = await world.sql<{ permissions: string[] }>('select permissions from access_token order by cardinality(permissions)');
  expect(tokens.map(({ permissions }) => permissions)).toEqual([[], ['note.read', 'ticket.read']]);
});
