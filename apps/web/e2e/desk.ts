import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromiumCommand } from '@baton/launcher/chromium';
import { freePort } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import axe from 'axe-core';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { onTestFailed } from 'vitest';
import { createDemoDatabase } from './demo-database.ts';

const serverFolder = fileURLToPath(new URL('../../server/', import.meta.url));
const pictures = fileURLToPath(new URL('../../../.data/screenshots/', import.meta.url));

interface Start {
  readonly nodes: number;
  readonly ports?: readonly number[];
  readonly closed?: boolean;
  /** Further settings of the servers, by the names of their environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Server {
  readonly environment: NodeJS.ProcessEnv;
  readonly url: string;
  process: ChildProcess;
}

/** The product as people run it: the built server as processes of its own, on real PostgreSQL and Redis, in Chromium. */
export class RunningDesk {
  /** What a page complained about. A test that ends with anything here has found a fault. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly servers: readonly Server[],
    private readonly browser: Browser,
    /** What the desk has sent, as it came over SMTP. */
    private readonly letters: readonly string[],
    private readonly databaseUrl: string,
    private readonly stopServices: () => Promise<void>,
  ) {}

  /** `ports`: one for each node, for a test that must know them before; any by default. */
  static async start({ nodes, ports, closed = false, settings = {} }: Start): Promise<RunningDesk> {
    const [databaseUrl, redis] = await Promise.all([createDemoDatabase(fillDemoDatabase), startRedis()]);
    const letters: string[] = [];
    const smtp = await openMailbox(letters);
    const servers = await Promise.all(
      (ports ?? (await freePorts(nodes))).map(async (port): Promise<Server> => {
        const environment = {
          ...demoEnvironment(databaseUrl, port),
          REDIS_URL: redis.url,
          // Closed: browsers run the pages' own operations and no others.
          GRAPHIQL: String(!closed),
          SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
          ...settings,
        };
        return { environment, url: `http://127.0.0.1:${port}`, process: await launch(environment) };
      }),
    );
    const browser = await chromium.launch({
      executablePath: chromiumCommand(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    mkdirSync(pictures, { recursive: true });
    const desk = new RunningDesk(servers, browser, letters, databaseUrl, async () => {
      await smtp.close();
      await redis.stop();
    });
    return desk;
  }

  /** The link in the newest letter to an address, as soon as it is there. */
  async linkTo(email: string): Promise<string> {
    for (let waited = 0; waited < 10_000; waited += 50) {
      const letter = this.letters.findLast((text) => text.includes(`To: ${email}`));
      const link = letter && textOf(letter).match(/https?:\S+#\S+/)?.[0];
      if (link) return link;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no letter came for ${email}`);
  }

  /** What only time would do, or a hand at the database. */
  async sql(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  /** A second workspace beside the demo desk's, made as its administrator makes one. */
  async workspace(name: string, owner: { name: string; email: string; password: string }): Promise<void> {
    const maker = spawn(
      process.execPath,
      ['dist/workspace.js', '--name', name, '--slug', name.toLowerCase(), '--owner', owner.name, '--email', owner.email],
      {
        cwd: serverFolder,
        env: { ...this.server(0).environment, OWNER_PASSWORD: owner.password },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const [exitCode] = (await once(maker, 'exit')) as [number | null];
    if (exitCode !== 0) throw new Error(`the workspace ${name} was not made`);
  }

  /** A browser in which nobody is signed in. */
  async stranger(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      baseURL: this.server(0).url,
      ...options,
    });
    return context.newPage();
  }

  /** Ends a node as a power cut would. */
  async kill(node: number): Promise<void> {
    const { process: server } = this.server(node);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  }

  /** Stops a node as a network that swallows every packet: nothing is closed, nothing is answered. */
  freeze(node: number): void {
    this.server(node).process.kill('SIGSTOP');
  }

  thaw(node: number): void {
    this.server(node).process.kill('SIGCONT');
  }

  async revive(node: number): Promise<void> {
    const server = this.server(node);
    server.process = await launch(server.environment);
  }

  /** Somebody, signed in, at one of the nodes: of the demo desk, whose people share a password, unless it is given. */
  async person(
    email: string,
    {
      node = 0,
      path = '/',
      password = 'baton-demo',
      ...options
    }: BrowserContextOptions & { node?: number; path?: string; password?: string } = {},
  ): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      baseURL: this.server(node).url,
      ...options,
    });
    const page = await context.newPage();
    onTestFailed(() => tellOf(page, email));
    page.on('pageerror', (error) => this.complaints.push(`${email}: ${error.message}`));
    page.on('console', (message) => {
      // Chromium reports each attempt to reach a server that is not there, and each answer that a session has ended.
      if (
        message.type() === 'error' &&
        !/ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_(SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INTERNET_DISCONNECTED)|status of 401|WebSocket/.test(
          message.text(),
        )
      )
        this.complaints.push(`${email}: ${message.text()}`);
    });
    await page.goto(`/sign-in?to=${encodeURIComponent(path)}`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.locator('[data-connection="live"]').first().waitFor();
    return page;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await Promise.all(this.servers.map(({ process: server }) => ended(server)));
    await this.stopServices();
  }

  private server(node: number): Server {
    const server = this.servers[node];
    if (!server) throw new Error(`there is no node ${node}`);
    return server;
  }
}

/** What stood on the page when a test failed: the only thing that tells of a fault which shows once in many runs. */
async function tellOf(page: Page, email: string): Promise<void> {
  if (page.isClosed()) return;
  await picture(page, `failed-${email}`);
  console.log(`${email} was at ${page.url()}:\n${await page.locator('body').ariaSnapshot()}`);
}

/** What a checker of accessibility finds wrong with the page: WCAG 2.2, A and AA, and landmarks that share a name. */
export async function faultsOf(page: Page): Promise<string[]> {
  // A line that comes or goes is pale for a moment.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[data-sonner-toast]')].every((line) => line.getAnimations({ subtree: true }).length === 0),
  );
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], rules: { 'landmark-unique': { enabled: true } } })`,
  )) as {
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  };
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** Texts and controls that do not fit: cut off by their own box, or beyond the edge of the given element. */
export function misfitsOf(within: Locator): Promise<string[]> {
  return within.evaluate((root) => {
    const edge = root.getBoundingClientRect().right;
    const brush = document.createElement('canvas').getContext('2d');
    /** The width that the text of a select needs. Its own `scrollWidth` never exceeds its box. */
    const needed = (select: HTMLSelectElement) => {
      const { font, paddingLeft, paddingRight } = getComputedStyle(select);
      const arrow = 16;
      if (brush) brush.font = font;
      const text = brush?.measureText(select.selectedOptions[0]?.text ?? '').width ?? 0;
      return text + parseFloat(paddingLeft) + parseFloat(paddingRight) + arrow;
    };
    /** The width that a control with parts of its own takes where it may. */
    const natural = (element: HTMLElement) => {
      const { style } = element;
      const before = style.cssText;
      style.cssText = 'width: max-content; flex: none';
      const { width } = element.getBoundingClientRect();
      style.cssText = before;
      return width;
    };
    return [...root.querySelectorAll<HTMLElement>('*')].flatMap((element) => {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest('.sr-only, datalist, option')) return [];
      const { overflowX, textOverflow } = getComputedStyle(element);
      const cuts = element.matches('input') || ((overflowX === 'hidden' || overflowX === 'clip') && textOverflow !== 'ellipsis');
      let isCut = cuts && element.scrollWidth > element.clientWidth;
      if (element instanceof HTMLSelectElement) isCut = needed(element) > box.width;
      if (element.matches('input[type=time], input[type=date]')) isCut = natural(element) > box.width + 1;
      const what = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40);
      if (isCut) return [`${what} is cut off`];
      return box.right > edge + 1 ? [`${what} is beyond the edge`] : [];
    });
  });
}

export function picture(page: Page, name: string): Promise<Buffer> {
  return page.screenshot({ path: `${pictures}${name}.png` });
}

/** Makes a ticket in the dialog and answers its number. */
export async function createTicket(page: Page, subject: string, team = 'Support'): Promise<string> {
  await page.getByRole('button', { name: 'New ticket' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Internal ticket').check();
  await dialog.getByLabel('Subject').fill(subject);
  await dialog.getByLabel('Team').selectOption({ label: team });
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: subject }).waitFor();
  return page.url().split('/').at(-1) ?? '';
}

/** Chooses in a picker by the words of the option. */
export async function choose(page: Page, picker: string, option: string): Promise<void> {
  // A picker is named by its property, and by the value where it shows one.
  await page.getByRole('button', { name: new RegExp(`^(\\+ )?${picker}(:|$)`) }).click();
  await page.getByPlaceholder('Search…').fill(option);
  await page.getByRole('option', { name: option }).first().click();
}

/** The words of a letter, which those of another alphabet make base64 and others quoted-printable. */
function textOf(letter: string): string {
  const [head = '', body = ''] = letter.split(/\r\n\r\n(.*)/s);
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  // A soft line break may stand anywhere.
  return body.replaceAll('=\r\n', '').replaceAll('=3D', '=');
}

async function openMailbox(letters: string[]): Promise<{ port: number; close: () => Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += String(chunk)));
      stream.on('end', () => {
        letters.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

function demoEnvironment(databaseUrl: string, port: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    DEMO: 'true',
    DEMO_TICKETS: '150',
  };
}

/** A server migrates the empty database and creates the demo workspace. */
async function fillDemoDatabase(databaseUrl: string): Promise<void> {
  await ended(await launch(demoEnvironment(databaseUrl, await freePort())));
}

async function launch(environment: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    cwd: serverFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes('Ctrl-C stops it.')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
  return server;
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}
