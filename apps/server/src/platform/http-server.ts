import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { limits } from '@baton/rules';
import fastifyCookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerErrors, refuseUrl } from './http-errors.ts';
import type { Logger } from './logger.ts';
import type { OpenRequests } from './open-requests.ts';
import { guarded, pathOf } from './raw-socket.ts';

type PageHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

const apiPaths = /^\/(graphql|graphiql|client|files|auth|healthz|readyz|metrics)(\/|\?|$)/;

const uploadPath = /^\/(client\/)?files(\?|$)/;
const uploadMs = 15 * 60_000;
const requestMs = 30_000;

const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
};

/** Answers of the API are data. A browser that is made to show one as a page runs and loads nothing. */
const apiHeaders = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };

/** What is for whoever has a link: kept out of searches and caches, and no other site is told of it. */
const clientPaths = /^\/(follow|client)(\/|\?|$)/;
const clientHeaders = { 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'private, no-store' };

export interface HttpSettings {
  readonly pagesPath: string | null;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string;
  readonly requests?: OpenRequests;
}

/**
 * One port for everything. Pages go to SvelteKit before Fastify reads a body, which would leave SvelteKit nothing to
 * read; the API goes to Fastify.
 */
export async function createHttpServer(
  { pagesPath, trustedProxies, publicUrl, requests }: HttpSettings,
  logger: Logger,
): Promise<FastifyInstance> {
  // A year, as the preload list asks for.
  const secure = publicUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {};
  const headers = Object.entries({ ...pageHeaders, ...secure });
  const pages = pagesPath && existsSync(pagesPath) ? await loadPages(pagesPath) : null;
  const app = Fastify({
    loggerInstance: logger,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: 1024 * 1024,
    // Large files take their time; whatever else is slow is cut off before.
    requestTimeout: uploadMs,
    forceCloseConnections: true,
    frameworkErrors: refuseUrl,
    // Signs such as "#" are three characters in a URL.
    routerOptions: { maxParamLength: limits.name * 3 },
    serverFactory(api) {
      const serve = (request: IncomingMessage, response: ServerResponse) => {
        requests?.add(response);
        for (const [name, value] of headers) response.setHeader(name, value);
        if (clientPaths.test(request.url ?? '/'))
          for (const [name, value] of Object.entries(clientHeaders)) response.setHeader(name, value);
        if (request.method !== 'POST' || !uploadPath.test(request.url ?? '/')) cutOffSlow(request);
        if (!pages || apiPaths.test(request.url ?? '/')) {
          for (const [name, value] of Object.entries(apiHeaders)) response.setHeader(name, value);
          return api(request, response);
        }
        if (pathOf(request.url) === null) return sendText(response, 400, 'The address of this request is malformed.');
        // Without a proxy to say so, the page server would take every request for https.
        request.headers['x-forwarded-proto'] ??= 'http';
        return pages(request, response, (error) => {
          if (error) logger.error({ err: error }, 'a page failed');
          sendText(response, error ? 500 : 404, error ? pageFailed : 'There is no such page.');
        });
      };
      const fail = (_request: IncomingMessage, response: ServerResponse) => sendText(response, 500, pageFailed);
      // Only requests for WebSockets are upgrades: some HTTP clients offer HTTP/2 with every request.
      const server = createServer({ shouldUpgradeCallback: isForWebSocket }, guarded(logger, serve, fail));
      // An error without a listener ends the process, and Node takes its own listener away when a socket is upgraded.
      server.on('connection', (socket) => socket.on('error', () => undefined));
      return server;
    },
  });
  answerErrors(app as unknown as FastifyInstance);
  await app.register(fastifyCookie);
  return app as unknown as FastifyInstance;
}

const pageFailed = 'This page failed. Load it again.';

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  for (const [name, value] of Object.entries(apiHeaders)) response.setHeader(name, value);
  response.end(text);
}

function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** A request that is not whole in time is nobody's who means well. */
function cutOffSlow(request: IncomingMessage): void {
  const timer = setTimeout(() => request.complete || request.destroy(), requestMs);
  request.once('close', () => clearTimeout(timer));
}

async function loadPages(path: string): Promise<PageHandler> {
  const { handler } = (await import(pathToFileURL(path).href)) as { handler: PageHandler };
  return handler;
}
