import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { waitFor, World, type Person, type Reply } from '../../testing/world.ts';

const errors = 'userErrors { __typename ... on UserError { code field message } ... on SettingsConflict { version } }';
const plain = 'userErrors { __typename ... on UserError { code field message } }';
const person = 'person { email active allTeams invited secondFactor customRole { name } member { id name role teams { name } } }';
const INVITE = `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) { link ${person} ${plain} } }`;
const INVITE_AGAIN = `mutation ($input: MemberRefInput!) { memberInviteAgain(input: $input) { link ${person} ${plain} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { email } userErrors { ... on UserError { code } } } }`;
const RESET_LINK = `mutation ($input: MemberRefInput!) { memberResetLink(input: $input) { link ${plain} } }`;
const EDIT = `mutation ($input: MemberEditInput!) { memberEdit(input: $input) { ${person} ${plain} } }`;
const TEAM_CREATE = `mutation ($input: TeamCreateInput!) { teamCreate(input: $input) { team { id name } ${plain} } }`;
const TEAM_RENAME = `mutation ($input: TeamRenameInput!) { teamRename(input: $input) { team { id name } ${plain} } }`;
const TEAM_DELETE = `mutation ($input: TeamDeleteInput!) { teamDelete(input: $input) { team { id } ${plain} } }`;
const role = 'role { id name role permissions version }';
const ROLE_CREATE = `mutation ($input: RoleCreateInput!) { roleCreate(input: $input) { ${role} ${plain} } }`;
const ROLE_EDIT = `mutation ($input: RoleEditInput!) { roleEdit(input: $input) { ${role} ${errors} } }`;
const ROLE_DELETE = `mutation ($input: RoleDeleteInput!) { roleDelete(input: $input) { ${role} ${plain} } }`;
const MACHINE = `mutation ($input: MachineTokenCreateInput!) { machineTokenCreate(input: $input) { accessToken { id permissions } secret ${plain} } }`;
const TOKEN = `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { accessToken { id permissions } secret ${plain} } }`;
const REVOKE = `mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { accessToken { id } ${plain} } }`;
const PEOPLE = `{ people { email active invited secondFactor lastSeenAt member { name } } }`;
const LOG = `query ($after: String) { securityLog(first: 100, after: $after) { edges { node { id kind details address actor { name } subject { name } } } pageInfo { hasNextPage } } }`;
const TICKET = `subscription ($id: ID!) { ticketChanged(id: $id) { id subject } }`;

let world: World;
let owner: Person;
let admin: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  owner = await world.person('OWNER', { name: 'Olga' });
  admin = await world.person('ADMIN', { name: 'Adam' });
});
afterAll(() => world.close());

/** A browser in which the person has just signed in. */
async function browserOf({ member }: Person): Promise<Browser> {
  const browser = new Browser(world);
  await browser.signIn(member.email);
  return browser;
}

/** Somebody whose program holds this secret. */
const program = (secret: string) => ({
  ask: async (query: string, variables: object = {}): Promise<Reply> =>
    new Browser(world).ask(query, variables, { authorization: `Bearer ${secret}` }),
});

describe('an invitation', () => {
  it('lets a person in by a link, once, with the role and teams that they were given', async () => {
    const team = await world.team('Night shift');
    const input = { name: 'Ivan Franko', email: 'Ivan@Elsewhere.test', role: 'AGENT', teamIds: [team], locale: 'uk' };
    const { memberInvite } = await admin.run(INVITE, { input });
    const tokenOf = ({ link }: { link: string }) => link.split('#')[1] ?? '';
    const first = tokenOf(memberInvite);
    const { memberInviteAgain } = await admin.run(INVITE_AGAIN, { input: { memberId: memberInvite.person.member.id } });
    const second = tokenOf(memberInviteAgain);
    const ivan = new Browser(world);
    const redeem = (token: string) =>
      ivan.run(`mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn ${plain} } }`, {
        input: { kind: 'INVITATION', token, password: 'stone garden eleven' },
      });

    const old = await redeem(first);
    const done = await redeem(second);
    const again = await redeem(second);
    const late = await admin.run(INVITE_AGAIN, { input: { memberId: memberInvite.person.member.id } });
    const { viewer } = await ivan.run('{ viewer { email member { name role teams { name } } } }');

    expect(memberInvite.person).toMatchObject({ invited: true, active: true, email: 'ivan@elsewhere.test' });
    expect(old.linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
    expect(done.linkRedeem.signedIn).toBe(true);
    expect(again.linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
    expect(late.memberInviteAgain).toMatchObject({ link: null, userErrors: [{ code: 'INVALID_INPUT', field: 'memberId' }] });
    expect(viewer).toEqual({
      email: 'ivan@elsewhere.test',
      member: { name: 'Ivan Franko', role: 'AGENT', teams: [{ name: 'Night shift' }] },
    });
  });

  it.each([
    ['Nina K. <Nina@Forms.test>', 'nina@forms.test'],
    ['mailto:Olha@Forms.test?subject=x', 'olha@forms.test'],
    [' petro@forms.test; ', 'petro@forms.test'],
    ['йожик@пошта.test'.normalize('NFD'), 'йожик@пошта.test'],
    ['roman@xn--80a1acny.test', 'roman@почта.test'],
  ])('takes the address out of %j, and finds its account in every form', async (given, email) => {
    const invite = async (address: string) =>
      (await admin.run(INVITE, { input: { name: 'Form', email: address, role: 'AGENT' } })).memberInvite;
    const { person: invited, link } = await invite(given);
    expect(invited.email).toBe(email);
    for (const other of [email.toUpperCase(), `<${email}>`, `${email.normalize('NFD')};`]) {
      expect((await invite(other)).userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'email' }]);
    }

    await new Browser(world).run(`mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn ${plain} } }`, {
      input: { kind: 'INVITATION', token: link.split('#')[1], password: 'stone garden eleven' },
    });

    for (const typed of [email, given, email.toUpperCase().normalize('NFD'), `mailto:${email}`, `Form <${email}>`]) {
      expect(await new Browser(world).signIn(typed, 'stone garden eleven')).toEqual([]);
    }
  });

  it('is refused for somebody who is there, for no address, for unknown teams and for a role above one’s own', async () => {
    const invite = async (input: object, by = admin) =>
      (await by.run(INVITE, { input: { name: 'X', email: 'x@x.test', role: 'AGENT', ...input } })).memberInvite.userErrors;

    expect(await invite({ email: 'adam@desk.test' })).toMatchObject([{ code: 'NAME_TAKEN', field: 'email' }]);
    for (const email of ['nothing', 'a@b@c.test', 'a b@c.test', 'a@c..test', '.a@c.test', 'a@-c.test', '<>', `${'a'.repeat(65)}@c.test`]) {
      expect(await invite({ email })).toMatchObject([{ code: 'INVALID_INPUT', field: 'email' }]);
    }
    expect(await invite({ teamIds: [crypto.randomUUID()] })).toMatchObject([{ code: 'TEAM_NOT_FOUND' }]);
    expect(await invite({ role: 'CUSTOM' })).toMatchObject([{ code: 'ROLE_NOT_FOUND' }]);
    expect(await invite({ role: 'OWNER' })).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(await invite({}, await world.person('SUPERVISOR'))).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(await world.sql(`select 1 from account where email = 'x@x.test'`)).toEqual([]);
  });
});

it('shows outgoing emails to owners alone', async () => {
  const { outgoingMails } = await owner.run('{ outgoingMails { recipient subject body sentAt } }');
  const refused = await admin.ask('{ outgoingMails { recipient } }');

  expect(outgoingMails).toEqual([]);
  expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_PERMITTED' } }]);
});

it('lets an administrator give every role but the owner’s', async () => {
  const { id } = await world.person('GUEST');
  const given: string[] = [];
  for (const one of ['ADMIN', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST', 'OWNER']) {
    const { memberEdit } = await admin.run(EDIT, { input: { memberId: id, role: one } });
    if (memberEdit.person?.member.role === one) given.push(one);
  }

  expect(given).toEqual(['ADMIN', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST']);
});

describe('an administrator’s link', () => {
  it('sets a new password, is refused for owners and for those who work elsewhere too', async () => {
    const agent = await world.person('AGENT', { name: 'Petro' });
    const adminBrowser = await browserOf(admin);
    const { memberResetLink } = await adminBrowser.run(RESET_LINK, { input: { memberId: agent.id } });
    const token = memberResetLink.link.split('#')[1];
    const browser = new Browser(world);
    const { linkRedeem } = await browser.run(`mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn ${plain} } }`, {
      input: { kind: 'RESET', token, password: 'stone garden eleven' },
    });
    const ofOwner = await adminBrowser.run(RESET_LINK, { input: { memberId: owner.id } });
    const { person: foreigner } = await world.stranger();
    const { memberInvite: elsewhere } = await foreigner.run(INVITE, { input: { name: 'Petro', email: 'petro@desk.test', role: 'AGENT' } });
    await new Browser(world).run(SIGN_IN, {
      input: { email: 'petro@desk.test', password: 'stone garden eleven', invitation: elsewhere.link.split('#')[1] },
    });
    const ofBoth = await adminBrowser.run(RESET_LINK, { input: { memberId: agent.id } });

    expect(memberResetLink.link).toMatch(/^http:\/\/desk\.test\/reset#link_/);
    expect(linkRedeem.signedIn).toBe(true);
    expect(ofOwner.memberResetLink.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(ofBoth.memberResetLink.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });
});

describe('a change of somebody’s place', () => {
  it('changes their rights within a second in what is open, on every node', async () => {
    const team = await world.team();
    const agent = await world.person('AGENT', { teams: [team], node: 1 });
    const { id } = await world.ticket({ teamId: team });
    const stream = agent.follow(TICKET, { id });
    await stream.until(({ ticketChanged }) => ticketChanged?.id === id);

    const moved = performance.now();
    await admin.run(EDIT, { input: { memberId: agent.id, teamIds: [] } });
    await stream.until(({ ticketChanged }) => ticketChanged === null);
    const took = performance.now() - moved;
    await admin.run(EDIT, { input: { memberId: agent.id, active: false } });
    await waitFor(() => stream.faults.length > 0 || stream.ended, 'the stream to end');
    const after = await agent.ask('{ tickets { edges { node { id } } } }');

    expect(took).toBeLessThan(2000);
    expect(stream.faults.join()).toContain('session has ended');
    expect(after.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('keeps an owner in every workspace, and owners out of administrators’ hands', async () => {
    const stepDown = await owner.run(EDIT, { input: { memberId: owner.id, role: 'AGENT' } });
    const coup = await admin.run(EDIT, { input: { memberId: owner.id, active: false } });
    const climb = await admin.run(EDIT, { input: { memberId: admin.id, role: 'OWNER' } });
    const second = await world.person('ADMIN');
    const raised = await owner.run(EDIT, { input: { memberId: second.id, role: 'OWNER' } });
    const unknown = await owner.run(EDIT, { input: { memberId: crypto.randomUUID(), active: false } });
    const { person: foreigner } = await world.stranger();
    const foreign = await owner.run(EDIT, { input: { memberId: foreigner.id, active: false } });

    expect(stepDown.memberEdit.userErrors).toMatchObject([{ code: 'LAST_OWNER' }]);
    expect(coup.memberEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(climb.memberEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(raised.memberEdit.person.member.role).toBe('OWNER');
    expect(foreign).toEqual(unknown);
    await second.run(EDIT, { input: { memberId: second.id, role: 'ADMIN' } });
  });

  it('lets two owners who step down at once not both', async () => {
    const second = await world.person('OWNER');
    const answers = await Promise.all([owner, second].map((one) => one.run(EDIT, { input: { memberId: one.id, role: 'ADMIN' } })));

    const refused = answers.filter(({ memberEdit }) => memberEdit.userErrors.length > 0);
    expect(refused).toHaveLength(1);
    const [left] = await world.sql<{ count: string }>(`select count(*) from member where role = 'OWNER' and workspace_id = ?`, [
      world.workspaceId,
    ]);
    expect(Number(left?.count)).toBe(1);
    await world.sql(`update member set role = 'OWNER' where id = ?`, [owner.id]);
  });
});

describe('teams', () => {
  it('are made, renamed and deleted while they have no tickets', async () => {
    const { teamCreate } = await admin.run(TEAM_CREATE, { input: { name: 'Logistics' } });
    const twice = await admin.run(TEAM_CREATE, { input: { name: 'Logistics' } });
    const { teamRename } = await admin.run(TEAM_RENAME, { input: { teamId: teamCreate.team.id, name: 'Shipping' } });
    const { id } = await world.ticket({ teamId: teamCreate.team.id });
    const used = await admin.run(TEAM_DELETE, { input: { teamId: teamCreate.team.id } });
    await world.sql('update ticket set team_id = null where id = ?', [id]);
    const deleted = await admin.run(TEAM_DELETE, { input: { teamId: teamCreate.team.id } });
    const byAgent = await (await world.person('AGENT')).run(TEAM_CREATE, { input: { name: 'Mine' } });

    expect(twice.teamCreate.userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'name' }]);
    expect(teamRename.team.name).toBe('Shipping');
    expect(used.teamDelete.userErrors).toMatchObject([{ code: 'STILL_IN_USE' }]);
    expect(deleted.teamDelete.userErrors).toEqual([]);
    expect(byAgent.teamCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });
});

describe('a role of the workspace’s own', () => {
  it('gives just what it says, to all who have it, also after it was changed', async () => {
    const { roleCreate } = await admin.run(ROLE_CREATE, { input: { name: 'Reader', permissions: ['note.read'] } });
    const { id, version } = roleCreate.role;
    const reader = await world.person('AGENT');
    await admin.run(EDIT, { input: { memberId: reader.id, role: 'CUSTOM', customRoleId: id, allTeams: true } });
    const before = (await reader.run('{ viewer { permissions } }')).viewer.permissions;
    await admin.run(ROLE_EDIT, { input: { roleId: id, version, name: 'Reader', permissions: ['note.read', 'note.write'] } });
    const after = (await reader.run('{ viewer { permissions } }')).viewer.permissions;
    const stale = await admin.run(ROLE_EDIT, { input: { roleId: id, version, name: 'Writer', permissions: [] } });
    const used = await admin.run(ROLE_DELETE, { input: { roleId: id } });
    await admin.run(EDIT, { input: { memberId: reader.id, role: 'AGENT' } });
    const deleted = await admin.run(ROLE_DELETE, { input: { roleId: id } });
    const { roles } = await admin.run('{ roles { id name role permissions version } }');

    expect(before).toEqual(['note.read']);
    expect(after).toEqual(['note.read', 'note.write']);
    expect(stale.roleEdit.userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT', version: 2 }]);
    expect(used.roleDelete.userErrors).toMatchObject([{ code: 'STILL_IN_USE' }]);
    expect(deleted.roleDelete.userErrors).toEqual([]);
    expect(roles.map((one: { role: string }) => one.role)).toEqual(['OWNER', 'ADMIN', 'SUPERVISOR', 'AGENT', 'LIGHT_AGENT', 'GUEST']);
  });

  it('cannot hold, give or reach what its maker may not', async () => {
    const clerk = await world.person('AGENT');
    const own = { name: 'Clerk', permissions: ['people.read', 'people.manage', 'settings.save', 'note.read'] };
    const { roleCreate } = await admin.run(ROLE_CREATE, { input: own });
    await admin.run(EDIT, { input: { memberId: clerk.id, role: 'CUSTOM', customRoleId: roleCreate.role.id } });
    const agent = await world.person('AGENT');

    const more = await clerk.run(ROLE_CREATE, { input: { name: 'More', permissions: ['ticket.edit.any'] } });
    const unknown = await clerk.run(ROLE_CREATE, { input: { name: 'What', permissions: ['ticket.burn'] } });
    const itself = await clerk.run(ROLE_EDIT, {
      input: { roleId: roleCreate.role.id, version: 1, name: 'Clerk', permissions: [...own.permissions, 'security.read'] },
    });
    const climb = await clerk.run(EDIT, { input: { memberId: clerk.id, role: 'ADMIN' } });
    const stronger = await clerk.run(EDIT, { input: { memberId: agent.id, active: false } });
    const weaker = await clerk.run(ROLE_CREATE, { input: { name: 'Less', permissions: ['note.read'] } });

    expect(more.roleCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(unknown.roleCreate.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'permissions' }]);
    expect(itself.roleEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(climb.memberEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(stronger.memberEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(weaker.roleCreate.userErrors).toEqual([]);
  });

  it('saves no settings without the key to settings', async () => {
    const { roleCreate } = await admin.run(ROLE_CREATE, { input: { name: 'Half', permissions: ['people.manage', 'people.read'] } });
    const half = await world.person('AGENT');
    await admin.run(EDIT, { input: { memberId: half.id, role: 'CUSTOM', customRoleId: roleCreate.role.id } });

    const { people } = await half.run(PEOPLE);
    const saved = await half.run(TEAM_CREATE, { input: { name: 'Nope' } });

    expect(people.length).toBeGreaterThan(1);
    expect(saved.teamCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });
});

describe('a token', () => {
  it('can have fewer rights than its owner, and makes none with more', async () => {
    const { accessTokenCreate } = await admin.run(TOKEN, { input: { name: 'Reader', permissions: ['note.read', 'token.own'] } });
    const reader = program(accessTokenCreate.secret);
    const { data } = await reader.ask('{ viewer { permissions } }');
    const edit = await reader.ask(TEAM_CREATE, { input: { name: 'By token' } });
    const child = await reader.ask(TOKEN, { input: { name: 'Child' } });
    const wider = await reader.ask(TOKEN, { input: { name: 'Wider', permissions: ['settings.save'] } });
    const beyond = await (await world.person('AGENT')).run(TOKEN, { input: { name: 'Beyond', permissions: ['settings.save'] } });

    expect(accessTokenCreate.accessToken.permissions).toEqual(['note.read', 'token.own']);
    expect(data.viewer.permissions).toEqual(['note.read', 'token.own']);
    expect(edit.data.teamCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(child.data.accessTokenCreate.accessToken.permissions).toEqual(['note.read', 'token.own']);
    expect(wider.data.accessTokenCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(beyond.accessTokenCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });

  it('of a machine works as a member of its own, and what it follows ends within a second of its revoking', async () => {
    const team = await world.team();
    const { machineTokenCreate } = await admin.run(MACHINE, { input: { name: 'Billing sync', role: 'AGENT', teamIds: [team] } });
    const { secret, accessToken } = machineTokenCreate;
    const { id } = await world.ticket({ teamId: team });
    const machine = program(secret);
    const { data } = await machine.ask('{ viewer { member { name role } } }');
    const { machines } = await admin.run('{ machines { member { name } tokens { id } } }');
    const { members } = await admin.run('{ members { name } }');
    const stream = world.seat(admin.member, secret, 1).follow(TICKET, { id });
    await stream.begun();

    const started = performance.now();
    await admin.run(REVOKE, { input: { id: accessToken.id } });
    await waitFor(() => stream.faults.length > 0, 'the stream to end');
    const took = performance.now() - started;
    const byAgent = await (await world.person('AGENT')).run(MACHINE, { input: { name: 'No', role: 'GUEST' } });

    expect(data.viewer.member).toEqual({ name: 'Billing sync', role: 'AGENT' });
    expect(machines).toContainEqual({ member: { name: 'Billing sync' }, tokens: [{ id: accessToken.id }] });
    expect(members.map(({ name }: { name: string }) => name)).not.toContain('Billing sync');
    expect(took).toBeLessThan(2000);
    expect(byAgent.machineTokenCreate.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });
});

describe('the security log', () => {
  it('holds who came in, what was denied and what was changed, for administrators alone', async () => {
    const browser = new Browser(world);
    await browser.signIn('adam@desk.test', 'wrong');
    await browser.signIn('adam@desk.test');
    const agent = await world.person('AGENT', { name: 'Nosy' });
    await agent.run(TEAM_CREATE, { input: { name: 'Mine' } });
    await agent.ask(PEOPLE);
    const refused = await agent.ask(LOG);
    await waitFor(async () => (await deniedTo(agent)).flatMap(({ details }) => details.what).length === 3, 'the refusals to be logged');
    const { securityLog } = await admin.run(LOG);
    const entries = securityLog.edges.map(({ node }: { node: { kind: string; details: string; actor: { name: string } | null } }) => node);
    const kinds = new Set(entries.map(({ kind }: { kind: string }) => kind));

    expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_PERMITTED' } }]);
    for (const kind of [
      'SIGNED_IN',
      'SIGN_IN_REFUSED',
      'DENIED',
      'MEMBER_INVITED',
      'MEMBER_CHANGED',
      'TEAM_CHANGED',
      'ROLE_CHANGED',
      'TOKEN_CREATED',
      'TOKEN_REVOKED',
    ])
      expect(kinds).toContain(kind);
    expect((await deniedTo(agent)).flatMap(({ details }) => details.what).sort()).toEqual(['people', 'securityLog', 'teamCreate']);
    expect(JSON.stringify(entries)).not.toMatch(/baton_|link_|session_/);
    await expect(world.sql(`update security_event set kind = 'SIGNED_IN'`)).rejects.toThrow('never changed');
    await expect(world.sql('delete from security_event')).rejects.toThrow('never changed');
  });

  it('counts the refusals of a member in one row a minute, by operation, whatever aliases were asked', async () => {
    const agent = await world.person('AGENT');
    const aliases = Array.from({ length: 14 }, (_, index) => `a${index}: teamCreate(input: { name: "x" }) { team { id } }`).join(' ');
    for (let round = 0; round < 20; round++) await agent.run(`mutation { ${aliases} }`);
    const counted = async () => (await deniedTo(agent)).reduce((sum, { count }) => sum + count, 0);
    await waitFor(async () => (await counted()) === 280, 'all refusals to be logged');

    const rows = await deniedTo(agent);
    // The rounds may begin in one minute and end in the next.
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(rows.flatMap(({ details }) => details.what)).toEqual(rows.map(() => 'teamCreate'));
    const { securityLog } = await admin.run('{ securityLog(first: 5) { edges { node { kind count } } } }');
    expect(securityLog.edges.map(({ node }: { node: object }) => node)).toContainEqual({ kind: 'DENIED', count: rows[0]?.count });
    await expect(
      world.sql(`update security_event set count = count + 1, details = '{"what": []}' where minute is not null`),
    ).rejects.toThrow('never changed');
    await expect(world.sql(`update security_event set count = count - 1 where minute is not null`)).rejects.toThrow('never changed');
  });
});

function deniedTo({ id }: Person): Promise<{ count: number; details: { what: string[] } }[]> {
  return world.sql(`select count, details from security_event where kind = 'DENIED' and actor_id = ? order by at`, [id]);
}
