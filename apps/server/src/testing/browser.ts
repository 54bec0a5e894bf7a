import type { Reply, World } from './world.ts';

/** A browser at the API's door, which keeps the cookie that it is given. */
export class Browser {
  /** The session's. */
  cookie = '';
  /** By which the server knows a browser that has signed in before. */
  device = '';

  constructor(
    private readonly world: World,
    private readonly node = 0,
  ) {}

  async ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`http://${this.world.node(this.node).url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: [this.cookie, this.device].filter(Boolean).join('; '), ...headers },
      body: JSON.stringify({ query, variables }),
    });
    for (const given of response.headers.getSetCookie()) {
      const [pair = ''] = given.split(';');
      if (pair.startsWith('baton_device=')) this.device = pair;
      else this.cookie = pair;
    }
    return (await response.json()) as Reply;
  }

  /** The data of an operation that must not fail. */
  async run(query: string, variables: object = {}): Promise<Reply['data']> {
    const { data, errors } = await this.ask(query, variables);
    if (errors) throw new Error(`the operation failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** Signs in; answers the refusals, none when it went well. */
  async signIn(email: string, password = 'correct horse', code: string | null = null): Promise<{ code: string }[]> {
    const { signIn } = await this.run(
      `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { email } userErrors { ... on UserError { code message } } } }`,
      { input: { email, password, code } },
    );
    return signIn.userErrors;
  }

  /** Whether somebody is signed in here. */
  async isSomebody(): Promise<boolean> {
    return (await this.run('{ viewer { email } }')).viewer !== null;
  }
}
