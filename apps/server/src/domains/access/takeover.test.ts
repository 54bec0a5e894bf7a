import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const codes = 'userErrors { __typename ... on UserError { code field message } }';
const INVITE = `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) { link person { invited secondFactor email lastSeenAt member { id } } ${codes} } }`;
const FORGOTTEN = `mutation ($input: PasswordForgottenInput!) { passwordForgotten(input: $input) { accepted ${codes} } }`;
const ACCEPT = `mutation ($input: InvitationAcceptInput!) { invitationAccept(input: $input) { acceptedId ${codes} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { workspace { name } } ${codes} } }`;
const RESET_LINK = `mutation ($input: MemberRefInput!) { memberResetLink(input: $input) { link ${codes} } }`;
const REDEEM = `mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn ${codes} } }`;

let world: World;
let owner: Person;
let rival: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER', { name: 'Olga' });
  rival = (await world.stranger()).person;
});
afterAll(() => world.close());

/** Every account secret that a member can read through the API. */
async function secretsReadBy(person: Person): Promise<string[]> {
  const { outgoingMails } = await person.run('{ outgoingMails { recipient subject body } }');
  return [...JSON.stringify(outgoingMails).matchAll(/#(link_[\w-]+)/g)].map(([, token]) => token ?? '');
}

async function workspacesOpenedBy(tokens: readonly string[]): Promise<string[]> {
  const opened: string[] = [];
  for (const token of tokens) {
    for (const kind of ['INVITATION', 'RESET']) {
      const browser = new Browser(world);
      await browser.run(REDEEM, { input: { kind, token, password: 'stone garden eleven' } });
      const { viewer } = await browser.run('{ viewer { workspaces { name } } }');
      opened.push(...(viewer?.workspaces ?? []).map(({ name }: { name: string }) => name));
    }
  }
  return opened;
}

describe('the owner of another workspace', () => {
  it('cannot sign in as a person that this workspace invited', async () => {
    await owner.run(INVITE, { input: { name: 'Ivan', email: 'ivan@both.test', role: 'AGENT' } });
    await rival.run(INVITE, { input: { name: 'Ivan', email: 'ivan@both.test', role: 'AGENT' } });

    const tokens = await secretsReadBy(rival);

    expect(tokens).toEqual([]);
    expect(await workspacesOpenedBy(tokens)).not.toContain('Desk');
  });

  it('cannot sign in as a member of this workspace by asking for a password reset', async () => {
    const agent = await world.person('AGENT', { name: 'Petro' });
    await rival.run(INVITE, { input: { name: 'Petro', email: agent.member.email, role: 'AGENT' } });
    await new Browser(world).run(FORGOTTEN, { input: { email: agent.member.email } });

    const tokens = [...(await secretsReadBy(rival)), ...(await secretsReadBy(owner))];

    expect(tokens).toEqual([]);
  });

  it('gets the same answer for an address that has an account and for one that has none', async () => {
    const agent = await world.person('AGENT', { name: 'Known' });
    const person = async (email: string) => {
      const { memberInvite } = await rival.run(INVITE, { input: { name: 'X', email, role: 'AGENT' } });
      const { email: own, member, ...rest } = memberInvite.person;
      expect([own, typeof member.id]).toEqual([email, 'string']);
      return rest;
    };

    expect(await person(agent.member.email)).toEqual(await person('unknown@both.test'));
  });
});

/** Invites a person by an owner and returns the token that the owner is shown; null where they are shown none. */
async function invite(by: Person, email: string): Promise<string | null> {
  const { memberInvite } = await by.run(INVITE, { input: { name: 'Invited', email, role: 'AGENT' } });
  expect(memberInvite.userErrors).toEqual([]);
  return memberInvite.link?.split('#')[1] ?? null;
}

async function redeem(token: string | null, password = 'stone garden eleven'): Promise<[browser: Browser, code: string | null]> {
  const browser = new Browser(world);
  const { linkRedeem } = await browser.run(REDEEM, { input: { kind: 'INVITATION', token, password } });
  return [browser, linkRedeem.userErrors[0]?.code ?? null];
}

async function enter(input: object): Promise<[browser: Browser, code: string | null]> {
  const browser = new Browser(world);
  const { signIn } = await browser.run(SIGN_IN, { input });
  return [browser, signIn.userErrors[0]?.code ?? null];
}

async function workspacesOf(browser: Browser): Promise<string[]> {
  const { viewer } = await browser.run('{ viewer { workspaces { name } } }');
  return viewer.workspaces.map(({ name }: { name: string }) => name);
}

describe('without a mail server, an invitation', () => {
  it('of a person without an account shows its link to the inviter, and opens one workspace', async () => {
    const email = 'new@shown.test';
    const [own, foreign] = [await invite(owner, email), await invite(rival, email)];

    const [browser, refused] = await redeem(foreign);

    expect(refused).toBeNull();
    expect(await workspacesOf(browser)).toEqual(['Other']);
    // The account exists now: the link of the other workspace does not set its password.
    expect((await redeem(own, 'violet otter bicycle'))[1]).toBe('SIGN_IN_REQUIRED');
    expect((await enter({ email, password: 'violet otter bicycle' }))[1]).toBe('SIGN_IN_REFUSED');
    const [both] = await enter({ email, password: 'stone garden eleven', invitation: own });
    expect(await workspacesOf(both)).toEqual(['Desk', 'Other']);
    expect((await enter({ email, password: 'stone garden eleven', invitation: own }))[1]).toBe('LINK_INVALID');
  });

  it('is not accepted without its link by an account for whose address another owner vouches alone', async () => {
    const email = 'squatted@shown.test';
    const [squatter] = await redeem(await invite(rival, email));
    expect(await invite(owner, email)).toEqual(expect.any(String));

    const { viewer } = await squatter.run('{ viewer { invitations { workspaceName } } }');
    const { invitationAccept } = await squatter.run(ACCEPT, { input: { workspaceId: world.workspaceId } });

    expect(viewer.invitations).toEqual([]);
    expect(invitationAccept.userErrors).toMatchObject([{ code: 'INVITATION_NOT_FOUND' }]);
    expect(await workspacesOf(squatter)).toEqual(['Other']);
  });

  it('of a person with an account shows no link, and is accepted by signing in', async () => {
    const agent = await world.person('AGENT', { name: 'Has account' });
    const { email } = agent.member;
    const browser = new Browser(world);
    await browser.signIn(email);

    expect(await invite(rival, email)).toBeNull();
    expect(await workspacesOf(browser)).toEqual(['Desk']);
    await browser.run(ACCEPT, { input: { workspaceId: rival.member.workspaceId } });
    expect(await workspacesOf(browser)).toEqual(['Desk', 'Other']);
  });

  it('of a person who works nowhere any more is accepted by signing in', async () => {
    const agent = await world.person('AGENT', { name: 'Left' });
    const { email } = agent.member;
    await world.sql('update member set active = false where id = ?', [agent.id]);
    expect((await enter({ email, password: 'correct horse' }))[1]).toBe('SIGN_IN_REFUSED');
    await invite(rival, email);

    const [browser] = await enter({ email, password: 'correct horse' });

    expect(await workspacesOf(browser)).toEqual(['Other']);
  });

  it('is accepted by the invited address alone', async () => {
    const other = await world.person('AGENT', { name: 'Someone else' });
    const token = await invite(rival, 'meant@shown.test');

    const [, code] = await enter({ email: other.member.email, password: 'correct horse', invitation: token });

    expect(code).toBe('INVITATION_NOT_ALLOWED');
    expect((await redeem(token))[1]).toBeNull();
  });
});

it('ends the reset link that an administrator was shown once the person joins another workspace', async () => {
  const agent = await world.person('AGENT', { name: 'Reset' });
  const browser = new Browser(world);
  await browser.signIn(owner.member.email);
  const { memberResetLink } = await browser.run(RESET_LINK, { input: { memberId: agent.id } });
  await invite(rival, agent.member.email);
  const [person] = await enter({ email: agent.member.email, password: 'correct horse' });
  await person.run(ACCEPT, { input: { workspaceId: rival.member.workspaceId } });

  const token = memberResetLink.link.split('#')[1];
  const { linkRedeem } = await new Browser(world).run(REDEEM, { input: { kind: 'RESET', token, password: 'stone garden eleven' } });

  expect(linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
});

describe('with a mail server, an invitation', () => {
  const received: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += String(chunk)));
      stream.on('end', () => {
        received.push(text.replaceAll('=\r\n', ''));
        done();
      });
    },
  });
  let mailing: World;

  beforeAll(async () => {
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as { port: number };
    mailing = await World.open({ smtpUrl: `smtp://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await mailing.close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });

  it('reaches the person alone, and its answer does not depend on whether the address has an account', async () => {
    const [boss, agent] = [(await mailing.stranger()).person, await mailing.person('AGENT', { name: 'Known' })];
    const answers: object[] = [];
    for (const email of [agent.member.email, 'unknown@mailed.test']) {
      const { memberInvite } = await boss.run(INVITE, { input: { name: 'X', email, role: 'AGENT' } });
      answers.push({ ...memberInvite, person: { ...memberInvite.person, email: null, member: null } });
      await waitFor(() => received.some((mail) => mail.includes(`To: ${email}`)), `the email to ${email}`);
    }
    const tokenTo = (email: string) => received.find((mail) => mail.includes(`To: ${email}`))?.match(/#(link_[\w-]+)/)?.[1];

    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ link: null, person: { invited: true } });
    expect((await boss.run('{ outgoingMails { id } }')).outgoingMails).toEqual([]);
    const newcomer = new Browser(mailing);
    const input = { kind: 'INVITATION', token: tokenTo('unknown@mailed.test'), password: 'stone garden eleven' };
    expect((await newcomer.run(REDEEM, { input })).linkRedeem.signedIn).toBe(true);
    const returning = new Browser(mailing);
    const { signIn } = await returning.run(SIGN_IN, {
      input: { email: agent.member.email, password: 'correct horse', invitation: tokenTo(agent.member.email) },
    });
    expect(signIn.viewer.workspace.name).toBe('Other');
  });
});
