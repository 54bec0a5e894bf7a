import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { Context, type ContextFactory, type LiveSources } from '../../../graphql/context.ts';
import { requestTransport } from '../../../graphql/http-transport.ts';
import { DomainError, InvalidInput, NotPermitted } from '../../../kernel/domain-error.ts';
import { cleanText } from '../../../kernel/text.ts';
import type { FileStore } from '../../../platform/files/file-store.ts';
import type { Scope } from '../../../platform/scope.ts';
import { UploadRateExceeded, type RateLimits } from '../../../platform/rate-limits.ts';
import { retryLaterOf } from '../../../platform/retry-later.ts';
import { findClientFile, findFile } from '../find-files.ts';
import type { Attachment } from '../attachment.entity.ts';
import { FileQuotaExceeded } from '../file-quota.ts';
import { uploadAsClient, uploadFile, type FileLimits } from '../upload-file.ts';

export interface FileRoutes {
  readonly factory: ContextFactory;
  readonly clientFactory: ContextFactory;
  readonly live: LiveSources;
  readonly limits: RateLimits;
  readonly store: FileStore;
  readonly allowed: FileLimits;
  /** Whether the desk is reached by https. */
  readonly secure: boolean;
}

/** Pictures that no browser runs anything of. SVG is not among them: it can hold scripts. */
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
/** What an upload counts in requests. */
const uploadPoints = 5;

interface Answerable {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly storageKey: string;
}

/**
 * Files in and out. What comes out is never run by a browser: it is downloaded, or, where it is a harmless picture, shown in
 * a sandbox without any right, under the type that its content has.
 */
export function serveFiles(app: FastifyInstance, { factory, clientFactory, live, limits, store, allowed, secure }: FileRoutes): void {
  const open = async (request: FastifyRequest, reply: FastifyReply, by: ContextFactory, points: number) => {
    const context = await Context.open(requestTransport(request, reply, secure), by, live);
    await limits.countRequest(context.counted, points);
    return context;
  };

  void app.register(async (files) => {
    // Not read into memory: the body is what is stored. Any page of another site must ask first to send this type.
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

    const takeIn = (
      request: FastifyRequest,
      reply: FastifyReply,
      by: ContextFactory,
      upload: (scope: Scope, asked: Readonly<Record<string, string>>, content: Readable) => Promise<Attachment>,
    ) =>
      answer(reply, async () => {
        const context = await open(request, reply, by, uploadPoints);
        if (!context.isSignedIn)
          return reply.code(401).send({ code: 'UNAUTHENTICATED', message: 'Sign in, or send a token, and try again.' });
        if (request.headers['content-type'] !== 'application/octet-stream') {
          return reply.code(415).send({ code: 'INVALID_INPUT', message: 'Send the file itself as the body, as application/octet-stream.' });
        }
        const content = request.body as Readable;
        const length = Number(request.headers['content-length'] ?? allowed.mostBytes);
        const reserved = Math.min(length, allowed.mostBytes);
        try {
          await limits.reserveUpload(context.counted, reserved);
          const { id, size, type } = await upload(context.scope, queryOf(request), content);
          await limits.releaseUpload(context.counted, reserved - size);
          return reply.code(201).send({ id, size, type });
        } catch (error) {
          if (error instanceof NotPermitted) context.denied('files');
          throw error;
        } finally {
          // What was refused in the middle is not read to its end.
          if (!content.readableEnded) reply.header('connection', 'close');
        }
      });

    files.post('/files', (request, reply) =>
      takeIn(request, reply, factory, (scope, { ticketId = '', draftId = null, name = '' }, content) =>
        uploadFile(scope, store, allowed, { ticketId, draftId, name, content }),
      ),
    );

    // `messageId`: of the message that it is for, which the page chose.
    files.post('/client/files', (request, reply) =>
      takeIn(request, reply, clientFactory, (scope, { messageId = '', name = '' }, content) =>
        uploadAsClient(scope, store, allowed, { draftId: messageId, name, content }),
      ),
    );

    files.get<{ Params: { id: string } }>('/files/:id/:name', (request, reply) =>
      answer(reply, async () => {
        const context = await open(request, reply, factory, 1);
        return send(request, reply, context.isSignedIn ? await findFile(context.scope, request.params.id) : null);
      }),
    );

    files.get<{ Params: { id: string } }>('/client/files/:id', (request, reply) =>
      answer(reply, async () => {
        const context = await open(request, reply, clientFactory, 1);
        return send(request, reply, context.isSignedIn ? await findClientFile(context.scope, request.params.id) : null);
      }),
    );
  });

  async function send(request: FastifyRequest, reply: FastifyReply, file: Answerable | null) {
    // The same for what is not there and what is not theirs.
    if (!file) return reply.code(404).send({ code: 'FILE_NOT_FOUND', message: 'There is no such file, or it is not yours to see.' });
    const inline = 'show' in (request.query as object) && shown.has(file.type);
    const name = encodeURIComponent(file.name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
    reply
      .header('content-type', inline ? file.type : 'application/octet-stream')
      .header('content-length', file.size)
      .header('content-disposition', `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`)
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('cross-origin-resource-policy', 'same-origin')
      .header('x-content-type-options', 'nosniff')
      // Rights end: a browser may keep it, and asks each time whether it still may.
      .header('cache-control', 'private, no-cache')
      .header('etag', `"${file.storageKey.split('/').at(-1)}"`);
    if (request.headers['if-none-match'] === reply.getHeader('etag')) return reply.code(304).send();
    return reply.send(await store.read(file.storageKey));
  }
}

/** What an upload says of itself in its URL: each thing once, as clean as any other input. */
function queryOf({ query }: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(query as Readonly<Record<string, string | string[]>>).map(([name, value]) => {
      if (typeof value !== 'string') throw new InvalidInput(`"${name}" is given ${value.length} times. Give it once.`, name);
      return [name, cleanText(value)];
    }),
  );
}

async function answer(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    const later = retryLaterOf(error);
    if (later) return reply.code(later.status).header('retry-after', later.seconds).send({ code: later.code, message: later.message });
    if (error instanceof GraphQLError) return reply.code(401).send({ code: error.extensions.code, message: error.message });
    if (error instanceof UploadRateExceeded || error instanceof FileQuotaExceeded) {
      const { code, message, field, usedBytes, limitBytes } = error;
      if (error instanceof UploadRateExceeded) reply.header('retry-after', error.seconds);
      return reply.code(error instanceof UploadRateExceeded ? 429 : 413).send({ code, message, field, usedBytes, limitBytes });
    }
    if (!(error instanceof DomainError)) throw error;
    return reply.code(error instanceof NotPermitted ? 403 : 400).send({ code: error.code, message: error.message, field: error.field });
  }
}
