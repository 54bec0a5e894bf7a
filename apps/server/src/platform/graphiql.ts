import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

interface Asset {
  readonly name: string;
  readonly package: string;
  readonly path: string;
  readonly type: string;
}

const assets: readonly Asset[] = [
  { name: 'react.js', package: 'react', path: 'umd/react.production.min.js', type: 'text/javascript' },
  { name: 'react-dom.js', package: 'react-dom', path: 'umd/react-dom.production.min.js', type: 'text/javascript' },
  { name: 'graphiql.js', package: 'graphiql', path: 'graphiql.min.js', type: 'text/javascript' },
  { name: 'graphiql.css', package: 'graphiql', path: 'graphiql.min.css', type: 'text/css' },
];

/** The packages export their modules only; the files for browsers lie beside them. */
function fileOf(asset: Asset): string {
  return join(dirname(require.resolve(`${asset.package}/package.json`)), asset.path);
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Baton GraphiQL</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/graphiql.css" />
    <style>html, body, #graphiql { height: 100%; margin: 0 }</style>
  </head>
  <body>
    <div id="graphiql"></div>
    <script src="/graphiql/react.js"></script>
    <script src="/graphiql/react-dom.js"></script>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>`;

/** Scripts from our own files alone. The editor sets style attributes and has fonts and images in its style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const start = `
const socket = (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/graphql';
const fetcher = GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl: socket });
const defaultQuery = '{\\n  views {\\n    key\\n    count\\n    tickets(first: 3) {\\n      edges {\\n        node {\\n          number\\n          subject\\n          status {\\n            name\\n          }\\n        }\\n      }\\n    }\\n  }\\n}\\n';
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery, defaultEditorToolsVisibility: 'variables' }),
);
`;

/** The explorer, from files of our own: it works offline and asks with the cookie of whoever is signed in. */
export function serveGraphiql(app: FastifyInstance): void {
  app.get('/graphiql', (_request, reply) => reply.header('content-security-policy', policy).type('text/html').send(page));
  app.get('/graphiql/start.js', (_request, reply) => reply.type('text/javascript').send(start));
  for (const asset of assets) {
    app.get(`/graphiql/${asset.name}`, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=86400').type(asset.type);
      return reply.send(await readFile(fileOf(asset)));
    });
  }
}
