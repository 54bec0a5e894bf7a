import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '../app.ts';
import { createLogger } from '../platform/logger.ts';
import { World } from '../testing/world.ts';

const people: Readonly<Record<string, { email: string; email_verified: boolean }>> = {
  ada: { email: 'ada@desk.test', email_verified: true },
  mallory: { email: 'ada@desk.test', email_verified: false },
  nobody: { email: 'nobody@elsewhere.test', email_verified: true },
};

let world: World;
let provider: Server;
let app: App;
let home: string;

beforeAll(async () => {
  world = await World.open();
  await world.person('AGENT', { name: 'Ada' });
  provider = createServer();
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(provider.address() as { port: number }).port}`;
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  home = `http://127.0.0.1:${port}`;
  const oidc = new Provider(issuer, {
    clients: [{ client_id: 'baton', client_secret: 'a secret of the test', redirect_uris: [`${home}/auth/oidc/callback`] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
  });
  provider.on('request', oidc.callback());
  const singleSignOn = { issuer, clientId: 'baton', clientSecret: 'a secret of the test', name: 'Example login' };
  app = await openApp(
    world.desk,
    { publicUrl: home, graphiql: true, introspection: true, trustedProxies: [], pagesPath: null, singleSignOn },
    createLogger('silent'),
  );
  await app.http.listen({ port, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await world.close();
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
});

/** A browser that goes where it is sent, and fills in what the provider asks. */
class Traveller {
  readonly #cookies = new Map<string, Map<string, string>>();

  async go(url: string, form?: Record<string, string>): Promise<{ url: string; response: Response; text: string }> {
    const jar = this.jar(url);
    const response = await fetch(url, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', ...value] = pair.split('=');
      jar.set(name, value.join('='));
    }
    return { url, response, text: await response.text() };
  }

  /** Signs in at the provider as somebody, and answers where it ends on the desk. */
  async signInAs(login: string, start = `${home}/auth/oidc?to=/views/open`): Promise<string> {
    let at = await this.go(start);
    for (let step = 0; step < 12; step++) {
      const to = at.response.headers.get('location');
      if (to) {
        const next = new URL(to, at.url).href;
        if (next.startsWith(home) && !next.includes('/auth/oidc')) return next.slice(home.length);
        // A browser would go there.
        if (!next.startsWith('http://127.0.0.1:')) return next;
        at = await this.go(next);
        continue;
      }
      const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1] ?? '';
      const action = /action="([^"]+)"/.exec(at.text)?.[1] ?? at.url;
      at = await this.go(new URL(action, at.url).href, { prompt, login, password: 'x' });
    }
    throw new Error('the way never ended');
  }

  jar(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }

  async email(): Promise<string | null> {
    const response = await fetch(`${home}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `baton_session=${this.jar(home).get('baton_session') ?? ''}` },
      body: JSON.stringify({ query: '{ viewer { email } }' }),
    });
    return ((await response.json()) as { data: { viewer: { email: string } | null } }).data.viewer?.email ?? null;
  }
}

describe('single sign-on', () => {
  it('lets in whom the provider vouches for, and knows them by its id from then on', async () => {
    const ada = new Traveller();
    const first = await ada.signInAs('ada');
    await world.sql(`update account set email = 'married@desk.test' where email = 'ada@desk.test'`);
    const again = new Traveller();
    const second = await again.signInAs('ada');
    await world.sql(`update account set email = 'ada@desk.test' where email = 'married@desk.test'`);

    expect([first, second]).toEqual(['/views/open', '/views/open']);
    expect(await ada.email()).toBe('ada@desk.test');
    expect(await again.email()).toBe('ada@desk.test');
  });

  it('takes no address that the provider did not verify, and lets nobody in who is not of the desk', async () => {
    const mallory = new Traveller();
    const stranger = new Traveller();

    expect(await mallory.signInAs('mallory')).toBe('/sign-in?fault=unknown');
    expect(await stranger.signInAs('nobody')).toBe('/sign-in?fault=unknown');
    expect(await mallory.email()).toBeNull();
  });

  it.each([
    '//evil.test/',
    '/%09/evil.test',
    '/%0A/evil.test',
    '/%5Cevil.test',
    '/.//evil.test',
    'https://evil.test',
    '/views&to=//evil.test',
  ])('leads to a page of this site after signing in with to=%s', async (to) => {
    expect(await new Traveller().signInAs('ada', `${home}/auth/oidc?to=${to}`)).toBe('/');
  });

  it('signs in with a line feed in the requested page', async () => {
    expect(await new Traveller().signInAs('ada', `${home}/auth/oidc?to=/views/open%0AX:1`)).toBe('/views/openX:1');
  });

  it('leads to a page of this site when the cookie of the attempt names another', async () => {
    const browser = new Traveller();
    const begin = await browser.go(`${home}/auth/oidc?to=/views/open`);
    const attempt = JSON.parse(decodeURIComponent(browser.jar(home).get('baton_oidc') ?? ''));
    browser.jar(home).set('baton_oidc', encodeURIComponent(JSON.stringify({ ...attempt, to: '//evil.test/' })));

    expect(await browser.signInAs('ada', new URL(begin.response.headers.get('location') ?? '', home).href)).toBe('/');
  });

  it('finishes nothing that this browser did not begin', async () => {
    const lured = new Traveller();
    const { response } = await lured.go(`${home}/auth/oidc/callback?code=x&state=y`);
    const begun = new Traveller();
    await begun.go(`${home}/auth/oidc`);
    const forged = await begun.go(`${home}/auth/oidc/callback?code=x&state=of-somebody-else`);

    expect(response.headers.get('location')).toBe('/sign-in?fault=expired');
    expect(forged.response.headers.get('location')).toBe('/sign-in?fault=provider');
  });

  it('is offered by name to anybody who asks how to come in', async () => {
    const response = await fetch(`${home}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ signInOptions { singleSignOn } }' }),
    });

    expect(await response.json()).toMatchObject({ data: { signInOptions: { singleSignOn: null } } });
  });
});
