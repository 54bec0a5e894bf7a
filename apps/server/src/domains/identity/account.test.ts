import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { waitFor, World, type Person } from '../../testing/world.ts';

const REDEEM = `mutation ($input: LinkRedeemInput!) { linkRedeem(input: $input) { signedIn userErrors { ... on UserError { code field message } } } }`;
const CHANGE = `mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { changed userErrors { ... on UserError { code field } } } }`;
const FORGOTTEN = `mutation ($input: PasswordForgottenInput!) { passwordForgotten(input: $input) { accepted userErrors { ... on UserError { code } } } }`;
const BEGIN = `mutation { secondFactorBegin { secret uri userErrors { ... on UserError { code } } } }`;
const CONFIRM_FACTOR = `mutation ($input: SecondFactorCodeInput!) { secondFactorConfirm(input: $input) { recoveryCodes userErrors { ... on UserError { code } } } }`;
const END_FACTOR = `mutation ($input: SecondFactorCodeInput!) { secondFactorEnd(input: $input) { ended userErrors { ... on UserError { code } } } }`;
const SESSIONS = `{ sessions { id current userAgent createdAt } }`;
const END_SESSION = `mutation ($input: SessionEndInput!) { sessionEnd(input: $input) { ended userErrors { ... on UserError { code } } } }`;
const END_OTHERS = `mutation { sessionsEndOthers { ended userErrors { ... on UserError { code } } } }`;
const CONFIRM = `mutation ($input: ConfirmInput!) { confirm(input: $input) { confirmed userErrors { ... on UserError { code } } } }`;
const TOKEN = `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { secret userErrors { ... on UserError { code } } } }`;
const SWITCH = `mutation ($input: WorkspaceSwitchInput!) { workspaceSwitch(input: $input) { viewer { workspace { name } } userErrors { ... on UserError { code } } } }`;
const ACCEPT = `mutation ($input: InvitationAcceptInput!) { invitationAccept(input: $input) { acceptedId userErrors { ... on UserError { code } } } }`;

let world: World;
let count = 0;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
});
afterAll(() => world.close());

async function somebody(): Promise<{ person: Person; email: string; browser: Browser }> {
  const name = `Somebody ${++count}`;
  const person = await world.person('AGENT', { name });
  const email = `somebody.${count}@desk.test`;
  const browser = new Browser(world);
  await browser.signIn(email);
  return { person, email, browser };
}

/** The token of the latest reset link, once `letters` emails were sent. */
async function linkTo(email: string, letters = 1): Promise<string> {
  let bodies: { body: string }[] = [];
  await waitFor(async () => {
    bodies = await world.sql('select body from outgoing_mail where recipient = ? order by created_at desc', [email]);
    return bodies.length === letters;
  }, `${letters} emails to ${email}`);
  return bodies[0]?.body.match(/#(\S+)/)?.[1] ?? '';
}

/** Waits until no request for a reset link is left. */
async function requestsAnswered(): Promise<void> {
  await waitFor(async () => (await world.sql('select 1 from password_request')).length === 0, 'the requests to be answered');
}

describe('a password', () => {
  it('is changed by whoever knows the one there is, and signs everybody else out', async () => {
    const { email, browser } = await somebody();
    const elsewhere = new Browser(world, 1);
    await elsewhere.signIn(email);

    const wrong = await browser.run(CHANGE, { input: { current: 'wrong', next: 'violet otter bicycle' } });
    const weak = await browser.run(CHANGE, { input: { current: 'correct horse', next: 'password1' } });
    const right = await browser.run(CHANGE, { input: { current: 'correct horse', next: 'violet otter bicycle' } });

    expect(wrong.passwordChange.userErrors).toMatchObject([{ code: 'PASSWORD_REFUSED' }]);
    expect(weak.passwordChange.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'password' }]);
    expect(right.passwordChange).toMatchObject({ changed: true, userErrors: [] });
    expect(await browser.isSomebody()).toBe(true);
    expect(await elsewhere.isSomebody()).toBe(false);
    expect(await new Browser(world).signIn(email, 'violet otter bicycle')).toEqual([]);
  });

  it('is set anew by a letter, once, and not by a link that was followed by another', async () => {
    const { email, browser } = await somebody();
    const stranger = new Browser(world);
    await stranger.run(FORGOTTEN, { input: { email } });
    const first = await linkTo(email);
    await stranger.run(FORGOTTEN, { input: { email } });
    const second = await linkTo(email, 2);
    const redeem = (token: string) => stranger.run(REDEEM, { input: { kind: 'RESET', token, password: 'quiet lantern harvest' } });

    const old = await redeem(first);
    const done = await redeem(second);
    const again = await redeem(second);

    expect(old.linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
    expect(done.linkRedeem).toEqual({ signedIn: true, userErrors: [] });
    expect(again.linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
    expect(await browser.isSomebody()).toBe(false);
    expect(await stranger.isSomebody()).toBe(true);
  });

  it('is kept when the new one is refused, and so is the link', async () => {
    const { email } = await somebody();
    await new Browser(world).run(FORGOTTEN, { input: { email } });
    const token = await linkTo(email);
    const weak = await new Browser(world).run(REDEEM, { input: { kind: 'RESET', token, password: 'qwerty123' } });
    const strong = await new Browser(world).run(REDEEM, { input: { kind: 'RESET', token, password: 'marble canoe thirteen' } });

    expect(weak.linkRedeem.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'password' }]);
    expect(strong.linkRedeem.signedIn).toBe(true);
  });

  it('has links that end after an hour', async () => {
    const { email } = await somebody();
    await new Browser(world).run(FORGOTTEN, { input: { email } });
    const token = await linkTo(email);
    await world.sql(`update letter set expires_at = now() - interval '1 second' where used_at is null`);

    const late = await new Browser(world).run(REDEEM, { input: { kind: 'RESET', token, password: 'marble canoe thirteen' } });

    expect(late.linkRedeem.userErrors).toMatchObject([{ code: 'LINK_INVALID' }]);
  });

  it('is forgotten with the same answer for an address nobody has, and with three letters an hour at most', async () => {
    const { email } = await somebody();
    const ask = (to: string) => new Browser(world).run(FORGOTTEN, { input: { email: to } });

    const known = await ask(email);
    const unknown = await ask('nobody@nowhere.test');
    for (let time = 0; time < 5; time++) await ask(email);
    await requestsAnswered();

    expect(unknown).toEqual(known);
    const letters = await world.sql('select 1 from outgoing_mail where recipient = ?', [email]);
    expect(letters).toHaveLength(3);
    expect(await world.sql('select 1 from outgoing_mail where recipient = ?', ['nobody@nowhere.test'])).toEqual([]);
  });
});

describe('a second factor', () => {
  const codeOf = (secret: string, ago = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) - ago });

  it('is asked for once it was confirmed, takes each code once, and lets a recovery code in once', async () => {
    const { email, browser } = await somebody();
    const { secondFactorBegin: begun } = await browser.run(BEGIN);
    const before = await new Browser(world).signIn(email);
    const { secondFactorConfirm: confirmed } = await browser.run(CONFIRM_FACTOR, { input: { code: await codeOf(begun.secret, 30) } });
    const code = await codeOf(begun.secret);

    expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Baton/);
    expect(before).toEqual([]);
    expect(confirmed.recoveryCodes).toHaveLength(10);
    expect(await new Browser(world).signIn(email)).toMatchObject([{ code: 'SECOND_FACTOR_NEEDED' }]);
    expect(await new Browser(world).signIn(email, 'correct horse', '000000')).toMatchObject([{ code: 'SECOND_FACTOR_REFUSED' }]);
    expect(await new Browser(world).signIn(email, 'wrong', code)).toMatchObject([{ code: 'SIGN_IN_REFUSED' }]);
    expect(await new Browser(world).signIn(email, 'correct horse', code)).toEqual([]);
    expect(await new Browser(world).signIn(email, 'correct horse', code)).toMatchObject([{ code: 'SECOND_FACTOR_REFUSED' }]);
    expect(await new Browser(world).signIn(email, 'correct horse', confirmed.recoveryCodes[0])).toEqual([]);
    expect(await new Browser(world).signIn(email, 'correct horse', confirmed.recoveryCodes[0])).toMatchObject([
      { code: 'SECOND_FACTOR_REFUSED' },
    ]);
  });

  it('confirms a person once with one code, however many requests bring it at the same time', async () => {
    const { browser } = await somebody();
    const { secondFactorBegin: begun } = await browser.run(BEGIN);
    await browser.run(CONFIRM_FACTOR, { input: { code: await codeOf(begun.secret, 30) } });
    const input = { password: 'correct horse', code: await codeOf(begun.secret) };

    const answers = await Promise.all(Array.from({ length: 6 }, () => browser.run(CONFIRM, { input })));

    expect(answers.filter(({ confirm }) => confirm.confirmed)).toHaveLength(1);
    expect(answers.flatMap(({ confirm }) => confirm.userErrors).map(({ code }) => code)).toEqual(Array(5).fill('SECOND_FACTOR_REFUSED'));
  });

  it('lets one of two in who come with one code at the same time', async () => {
    const { email, browser } = await somebody();
    const { secondFactorBegin: begun } = await browser.run(BEGIN);
    await browser.run(CONFIRM_FACTOR, { input: { code: await codeOf(begun.secret, 30) } });
    const code = await codeOf(begun.secret);

    const answers = await Promise.all([new Browser(world), new Browser(world, 1)].map((one) => one.signIn(email, 'correct horse', code)));

    expect(answers.filter((refusals) => refusals.length === 0)).toHaveLength(1);
  });

  it('ends by a code, and a link for a new password does not get around it', async () => {
    const { email, browser } = await somebody();
    const { secondFactorBegin: begun } = await browser.run(BEGIN);
    const { secondFactorConfirm: confirmed } = await browser.run(CONFIRM_FACTOR, { input: { code: await codeOf(begun.secret) } });
    await new Browser(world).run(FORGOTTEN, { input: { email } });
    const stranger = new Browser(world);
    const reset = await stranger.run(REDEEM, { input: { kind: 'RESET', token: await linkTo(email), password: 'marble canoe thirteen' } });
    const inside = await stranger.isSomebody();
    const back = new Browser(world);
    await back.signIn(email, 'marble canoe thirteen', confirmed.recoveryCodes[0]);

    const wrong = await back.run(END_FACTOR, { input: { code: '123456' } });
    const ended = await back.run(END_FACTOR, { input: { code: confirmed.recoveryCodes[1] } });

    expect(reset.linkRedeem).toEqual({ signedIn: false, userErrors: [] });
    expect(inside).toBe(false);
    expect(wrong.secondFactorEnd.userErrors).toMatchObject([{ code: 'SECOND_FACTOR_REFUSED' }]);
    expect(ended.secondFactorEnd).toEqual({ ended: true, userErrors: [] });
    expect(await new Browser(world).signIn(email, 'marble canoe thirteen')).toEqual([]);
  });
});

describe('sessions', () => {
  it('are listed with the one that asks, and ended one by one and all at once', async () => {
    const { email, browser } = await somebody();
    const [second, third] = [new Browser(world), new Browser(world, 1)];
    await second.signIn(email);
    await third.signIn(email);
    const { browser: other } = await somebody();
    const { sessions } = await browser.run(SESSIONS);
    const mine = sessions.find(({ current }: { current: boolean }) => current);
    const newest = sessions[0];

    const foreign = await other.run(END_SESSION, { input: { id: mine.id } });
    const one = await browser.run(END_SESSION, { input: { id: newest.id } });
    const others = await browser.run(END_OTHERS);

    expect(sessions).toHaveLength(3);
    expect(foreign.sessionEnd.userErrors).toMatchObject([{ code: 'SESSION_NOT_FOUND' }]);
    expect(one.sessionEnd.ended).toBe(1);
    expect(others.sessionsEndOthers.ended).toBe(1);
    expect([await browser.isSomebody(), await second.isSomebody(), await third.isSomebody()]).toEqual([true, false, false]);
  });

  it('open nothing any more with a cookie that was taken before signing out', async () => {
    const { browser } = await somebody();
    const thief = new Browser(world, 1);
    thief.cookie = browser.cookie;
    const before = await thief.isSomebody();
    await browser.run('mutation { signOut { signedOut } }');

    expect(before).toBe(true);
    expect(await thief.isSomebody()).toBe(false);
  });

  it('get a new secret with every signing in, whatever the browser came with', async () => {
    const { email } = await somebody();
    const browser = new Browser(world);
    browser.cookie = 'baton_session=session_chosen-by-somebody-else';
    await browser.signIn(email);

    expect(browser.cookie).not.toContain('chosen-by-somebody-else');
  });

  it('ask for the password again before they make a token when the person came in long ago', async () => {
    const { browser } = await somebody();
    const fresh = await browser.run(TOKEN, { input: { name: 'Fresh' } });
    await world.sql(`update session set confirmed_at = now() - interval '16 minutes'`);
    const old = await browser.run(TOKEN, { input: { name: 'Old' } });
    const wrong = await browser.run(CONFIRM, { input: { password: 'wrong' } });
    const right = await browser.run(CONFIRM, { input: { password: 'correct horse' } });
    const again = await browser.run(TOKEN, { input: { name: 'Again' } });

    expect(fresh.accessTokenCreate.secret).toMatch(/^baton_/);
    expect(old.accessTokenCreate.userErrors).toMatchObject([{ code: 'CONFIRMATION_NEEDED' }]);
    expect(wrong.confirm.userErrors).toMatchObject([{ code: 'PASSWORD_REFUSED' }]);
    expect(right.confirm.confirmed).toBe(true);
    expect(again.accessTokenCreate.secret).toMatch(/^baton_/);
  });

  it('move to another workspace of the same person, and to no other', async () => {
    const { email, browser, person } = await somebody();
    const stranger = await world.stranger();
    const foreign = stranger.person.member.workspaceId;
    const refused = await browser.run(SWITCH, { input: { workspaceId: foreign } });
    const early = await browser.run(ACCEPT, { input: { workspaceId: foreign } });
    await stranger.person.run(
      `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) { person { invited } userErrors { ... on UserError { code } } } }`,
      { input: { name: person.member.name, email, role: 'AGENT' } },
    );
    const { viewer: invited } = await browser.run('{ viewer { workspaces { name } invitations { workspaceId workspaceName } } }');
    const accepted = await browser.run(ACCEPT, { input: { workspaceId: foreign } });
    const { viewer } = await browser.run('{ viewer { workspaces { id name } invitations { workspaceId } } }');
    const byToken = await person.run('{ viewer { workspaces { name } invitations { workspaceId } } }');
    const before = browser.cookie;
    const moved = await browser.run(SWITCH, { input: { workspaceId: foreign } });
    const left = new Browser(world);
    left.cookie = before;

    expect(refused.workspaceSwitch.userErrors).toMatchObject([{ code: 'WORKSPACE_NOT_FOUND' }]);
    expect(early.invitationAccept.userErrors).toMatchObject([{ code: 'INVITATION_NOT_FOUND' }]);
    expect(invited).toEqual({ workspaces: [{ name: 'Desk' }], invitations: [{ workspaceId: foreign, workspaceName: 'Other' }] });
    expect(accepted.invitationAccept).toEqual({ acceptedId: foreign, userErrors: [] });
    expect(viewer.workspaces.map(({ name }: { name: string }) => name)).toEqual(['Desk', 'Other']);
    expect(viewer.invitations).toEqual([]);
    expect(byToken.viewer).toEqual({ workspaces: [{ name: 'Desk' }], invitations: [] });
    expect(moved.workspaceSwitch.viewer.workspace.name).toBe('Other');
    expect(await left.isSomebody()).toBe(false);
  });
});

describe('guessing', () => {
  it('from one address keeps out neither another address nor a browser that has signed in before', async () => {
    const { email, browser } = await somebody();
    const attacker = new Browser(world);
    for (let attempt = 0; attempt < 11; attempt++) await attacker.signIn(email, 'guess');

    const returning = new Browser(world);
    returning.device = browser.device;

    expect(await attacker.signIn(email)).toMatchObject([{ code: 'TOO_MANY_ATTEMPTS' }]);
    expect(await returning.signIn(email)).toEqual([]);
    // Knowing one account makes the browser known to no other.
    const { email: other } = await somebody();
    for (let attempt = 0; attempt < 11; attempt++) await attacker.signIn(other, 'guess');
    expect(await returning.signIn(other)).toMatchObject([{ code: 'TOO_MANY_ATTEMPTS' }]);
  });

  it('is counted for a browser that has signed in before too', async () => {
    const { email, browser } = await somebody();
    const known = new Browser(world);
    known.device = browser.device;
    for (let attempt = 0; attempt < 10; attempt++) await known.signIn(email, 'guess');

    expect(await known.signIn(email)).toMatchObject([{ code: 'TOO_MANY_ATTEMPTS' }]);
  });

  it('is counted for all nodes together, and cannot be done many times in one request', async () => {
    const { email } = await somebody();
    const [one, two] = [new Browser(world), new Browser(world, 1)];
    const aliases = Array.from(
      { length: 9 },
      (_, index) =>
        `a${index}: signIn(input: { email: "${email}", password: "guess${index}" }) { userErrors { ... on UserError { code } } }`,
    );
    await one.ask(`mutation { ${aliases.join(' ')} }`);
    for (let attempt = 0; attempt < 10; attempt++) await (attempt % 2 ? one : two).signIn(email, 'guess');

    expect(await one.signIn(email)).toMatchObject([{ code: 'TOO_MANY_ATTEMPTS' }]);
    expect(await two.signIn(email)).toMatchObject([{ code: 'TOO_MANY_ATTEMPTS' }]);
  });
});

describe('a workspace that asks for a second factor', () => {
  const REQUIRE = `mutation ($required: Boolean!) { secondFactorRequire(input: { required: $required }) { workspace { secondFactorRequired } userErrors { ... on UserError { code message } } } }`;

  it('lets those without one do nothing but set one up, also where they are signed in, and programs go on', async () => {
    const strict = await World.open({ nodes: 2, redis: true });
    try {
      const owner = await strict.person('OWNER', { name: 'Olga' });
      const agent = await strict.person('AGENT', { name: 'Ada' });
      const { id } = await strict.ticket({ subject: 'Hidden until then' });
      const [boss, browser] = [new Browser(strict), new Browser(strict, 1)];
      await boss.signIn(owner.member.email);
      await browser.signIn(agent.member.email);
      const open = strict.seat(agent.member, browser.cookie.split('=')[1] ?? '', 1);
      const stream = open.follow('subscription ($id: ID!) { ticketChanged(id: $id) { subject } }', { id });
      await stream.begun();

      const early = await boss.run(REQUIRE, { required: true });
      const { secondFactorBegin: own } = await boss.run(BEGIN);
      await boss.run(CONFIRM_FACTOR, { input: { code: await generate({ secret: own.secret }) } });
      const required = await boss.run(REQUIRE, { required: true });
      await waitFor(() => stream.faults.length > 0, 'the open stream to end');

      expect(early.secondFactorRequire.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
      expect(required.secondFactorRequire).toEqual({ workspace: { secondFactorRequired: true }, userErrors: [] });
      for (const query of [
        '{ tickets(filter: {}) { totalCount } }',
        '{ members { id } }',
        '{ views { id } }',
        `{ node(id: "${id}") { id } }`,
      ]) {
        expect((await browser.ask(query)).errors).toMatchObject([{ extensions: { code: 'SECOND_FACTOR_REQUIRED' } }]);
      }
      expect((await open.ask(`{ ticket(id: "${id}") { subject } }`)).errors).toMatchObject([
        { extensions: { code: 'SECOND_FACTOR_REQUIRED' } },
      ]);
      const { viewer } = await browser.run('{ viewer { secondFactor workspace { secondFactorRequired } } }');
      expect(viewer).toEqual({ secondFactor: false, workspace: { secondFactorRequired: true } });
      // A program has nobody to ask for a code.
      expect((await agent.run('query ($id: ID!) { ticket(id: $id) { subject } }', { id })).ticket.subject).toBe('Hidden until then');

      const { secondFactorBegin: begun } = await browser.run(BEGIN);
      await browser.run(CONFIRM_FACTOR, { input: { code: await generate({ secret: begun.secret }) } });
      expect((await browser.run('query ($id: ID!) { ticket(id: $id) { subject } }', { id })).ticket.subject).toBe('Hidden until then');
      // What the authenticator knows is in no copy of the database.
      const kept = JSON.stringify(await strict.sql('select totp_secret from account'));
      for (const { secret } of [own, begun]) expect(kept).not.toContain(secret);
    } finally {
      await strict.close();
    }
  });
});
