import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { World, type Person, type Reply } from '../../testing/world.ts';

const codes = 'userErrors { __typename ... on UserError { code field message } }';
const TOKEN = `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { accessToken { id expiresAt permissions } secret ${codes} } }`;
const MACHINE = `mutation ($input: MachineTokenCreateInput!) { machineTokenCreate(input: $input) { accessToken { id expiresAt } secret ${codes} } }`;
const REVOKE = `mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { accessToken { id } ${codes} } }`;
const EDIT = `mutation ($input: MemberEditInput!) { memberEdit(input: $input) { person { member { role } } ${codes} } }`;
const INVITE = `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) { person { email } ${codes} } }`;
const ROLE = `mutation ($input: RoleCreateInput!) { roleCreate(input: $input) { role { id } ${codes} } }`;

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER', { name: 'Olga' });
});
afterAll(() => world.close());

const program = (secret: string) => ({
  ask: (query: string, variables: object = {}): Promise<Reply> =>
    new Browser(world).ask(query, variables, { authorization: `Bearer ${secret}` }),
});

/** The code of a refusal, as data or as an error; null where the operation succeeded. */
function refusalOf({ data, errors }: Reply): string | null {
  if (errors) return errors[0]?.extensions.code ?? 'ERROR';
  return (Object.values(data ?? {})[0] as { userErrors?: { code: string }[] } | null)?.userErrors?.[0]?.code ?? null;
}

async function tokenOf(person: Person, input: object): Promise<{ id: string; secret: string; expiresAt: string }> {
  const { accessTokenCreate } = await person.run(TOKEN, { input: { name: 'test', ...input } });
  expect(accessTokenCreate.userErrors).toEqual([]);
  return { ...accessTokenCreate.accessToken, secret: accessTokenCreate.secret };
}

describe('a token without permissions', () => {
  it('of an owner does nothing that its owner could do', async () => {
    const empty = program((await tokenOf(owner, { permissions: [] })).secret);
    const agent = await world.person('AGENT');
    const ref = { input: { memberId: agent.id } };
    await world.ticket({ assigneeId: owner.id });

    expect(refusalOf(await empty.ask('{ outgoingMails { id } }'))).toBe('NOT_PERMITTED');
    expect(
      refusalOf(await empty.ask(`mutation ($input: MemberRefInput!) { memberResetLink(input: $input) { link ${codes} } }`, ref)),
    ).not.toBeNull();
    expect(refusalOf(await empty.ask(EDIT, { input: { memberId: agent.id, role: 'OWNER' } }))).toBe('NOT_PERMITTED');
    expect((await empty.ask('{ tickets(first: 10) { totalCount edges { node { id } } } }')).data?.tickets?.edges ?? []).toEqual([]);
    expect(refusalOf(await empty.ask('{ notifications { edges { node { id } } } }'))).toBe('NOT_PERMITTED');
  });
});

describe('account operations', () => {
  const operations: [string, object][] = [
    [`mutation { secondFactorBegin { secret ${codes} } }`, {}],
    [`mutation ($input: SecondFactorCodeInput!) { secondFactorConfirm(input: $input) { recoveryCodes ${codes} } }`, { code: '000000' }],
    [`mutation ($input: SecondFactorCodeInput!) { secondFactorEnd(input: $input) { ended ${codes} } }`, { code: '000000' }],
    [`mutation { sessionsEndOthers { ended ${codes} } }`, {}],
    [`mutation ($input: SessionEndInput!) { sessionEnd(input: $input) { ended ${codes} } }`, { id: crypto.randomUUID() }],
    [
      `mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { changed ${codes} } }`,
      { current: 'correct horse', next: 'violet otter bicycle' },
    ],
    [`mutation ($input: ConfirmInput!) { confirm(input: $input) { confirmed ${codes} } }`, { password: 'correct horse' }],
    [`mutation ($input: MemberRefInput!) { memberResetLink(input: $input) { link ${codes} } }`, { memberId: crypto.randomUUID() }],
  ];

  it('are refused for every access token, also for one with all permissions of its owner', async () => {
    const full = program((await tokenOf(owner, {})).secret);
    const answers = await Promise.all(operations.map(([query, input]) => full.ask(query, { input })));

    expect(answers.map(refusalOf)).toEqual(operations.map(() => 'NOT_PERMITTED'));
    expect(refusalOf(await full.ask('{ sessions { id } }'))).toBe('NOT_PERMITTED');
  });

  it('need a browser in which the person has confirmed their password recently', async () => {
    const browser = new Browser(world);
    await browser.signIn(owner.member.email);
    await world.sql(`update session set confirmed_at = now() - interval '16 minutes'`);
    const asked = operations.filter(([query]) => !query.includes(' confirm('));
    const answers = await Promise.all(asked.map(([query, input]) => browser.ask(query, { input })));

    expect(answers.map(refusalOf)).toEqual(asked.map(() => 'CONFIRMATION_NEEDED'));
  });
});

describe('a token that a token created', () => {
  it('expires no later than it', async () => {
    const parent = await tokenOf(owner, { days: 1 });
    const { data } = await program(parent.secret).ask(TOKEN, { input: { name: 'Child', days: 365 } });
    const { data: machine } = await program(parent.secret).ask(MACHINE, { input: { name: 'Machine', days: 365, role: 'GUEST' } });

    expect(Date.parse(data.accessTokenCreate.accessToken.expiresAt)).toBeLessThanOrEqual(Date.parse(parent.expiresAt));
    expect(Date.parse(machine.machineTokenCreate.accessToken.expiresAt)).toBeLessThanOrEqual(Date.parse(parent.expiresAt));
  });

  it('is revoked with it, and so is what it created', async () => {
    const parent = await tokenOf(owner, {});
    const child = (await program(parent.secret).ask(TOKEN, { input: { name: 'Child' } })).data.accessTokenCreate;
    const grandchild = (await program(child.secret).ask(MACHINE, { input: { name: 'Machine', role: 'GUEST' } })).data.machineTokenCreate;
    const works = async (secret: string) => (await program(secret).ask('{ viewer { email } }')).data?.viewer != null;
    const before = [await works(child.secret), await works(grandchild.secret)];

    await owner.run(REVOKE, { input: { id: parent.id } });

    expect(before).toEqual([true, true]);
    expect([await works(parent.secret), await works(child.secret), await works(grandchild.secret)]).toEqual([false, false, false]);
  });
});

describe('team scope', () => {
  it('cannot be granted by a member who lacks it: not to themselves, an invited member or a service account', async () => {
    const [own, other] = [await world.team(), await world.team()];
    const permissions = ['ticket.read', 'people.read', 'people.manage', 'settings.save', 'token.machine', 'token.own'];
    const { roleCreate } = await owner.run(ROLE, { input: { name: 'Team lead', permissions } });
    const lead = await world.person('GUEST', { teams: [own] });
    const weak = await world.person('GUEST', { teams: [own] });
    const strong = await world.person('GUEST', { teams: [own, other] });
    await owner.run(EDIT, { input: { memberId: lead.id, role: 'CUSTOM', customRoleId: roleCreate.role.id } });
    const tried = async (query: string, input: object) => refusalOf(await lead.ask(query, { input }));

    for (const wider of [{ allTeams: true }, { teamIds: [own, other] }]) {
      expect(await tried(EDIT, { memberId: lead.id, ...wider })).toBe('NOT_PERMITTED');
      expect(await tried(EDIT, { memberId: weak.id, ...wider })).toBe('NOT_PERMITTED');
      const email = `${crypto.randomUUID()}@scope.test`;
      expect(await tried(INVITE, { name: 'X', email, role: 'GUEST', ...wider })).toBe('NOT_PERMITTED');
      expect(await tried(MACHINE, { name: 'X', role: 'GUEST', ...wider })).toBe('NOT_PERMITTED');
    }
    expect(await tried(EDIT, { memberId: strong.id, active: false })).toBe('NOT_PERMITTED');
    expect(await tried(EDIT, { memberId: weak.id, teamIds: [] })).toBeNull();
    expect(await tried(EDIT, { memberId: weak.id, teamIds: [own] })).toBeNull();
    expect(await tried(INVITE, { name: 'X', email: 'own@scope.test', role: 'GUEST', teamIds: [own] })).toBeNull();
    expect(await tried(MACHINE, { name: 'X', role: 'GUEST', teamIds: [own] })).toBeNull();
  });

  it('of all teams is not granted by a role that has it, by a member who lacks it', async () => {
    const everything = (await owner.run('{ roles { role permissions } }')).roles.find(({ role }: { role: string }) => role === 'ADMIN');
    const { roleCreate } = await owner.run(ROLE, { input: { name: 'Admin of one team', permissions: everything.permissions } });
    const own = await world.team();
    const lead = await world.person('GUEST', { teams: [own] });
    await owner.run(EDIT, { input: { memberId: lead.id, role: 'CUSTOM', customRoleId: roleCreate.role.id } });

    expect(refusalOf(await lead.ask(EDIT, { input: { memberId: lead.id, role: 'ADMIN' } }))).toBe('NOT_PERMITTED');
    expect(refusalOf(await lead.ask(MACHINE, { input: { name: 'X', role: 'ADMIN' } }))).toBe('NOT_PERMITTED');
  });
});
