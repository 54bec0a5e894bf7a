import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { retryLaterOf } from './retry-later.ts';

interface HttpRefusal {
  /** When the same request can succeed; missing where it cannot. */
  readonly seconds?: number;
  readonly code: string;
  readonly message: string;
}

const badRequest = { code: 'BAD_REQUEST', message: 'The request cannot be read. Check its URL, its headers and its body.' };

/** What Fastify refuses before a route runs, in words of ours: its own messages name its parts. */
const refusals: Readonly<Record<number, HttpRefusal>> = {
  400: badRequest,
  404: { code: 'NOT_FOUND', message: 'Nothing is at this address. Check the path and the method.' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'This address does not take that method.' },
  408: { code: 'REQUEST_TIMEOUT', message: 'The request did not arrive in time. Send it again.' },
  413: { code: 'REQUEST_TOO_LARGE', message: 'The body is too large. Allowed: 1 MiB, and for files the limit of this server.' },
  414: { code: 'URI_TOO_LONG', message: 'The URL is too long. Shorten it.' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'This content type is not read here. Send application/json.' },
  431: { code: 'HEADERS_TOO_LARGE', message: 'The headers are too large. Send fewer or shorter ones.' },
};

const ownFault: HttpRefusal = {
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong on our side. Nothing was changed; try again.',
};

/** Answers every error of a request with a stable code and a message of ours. Faults of ours are logged in full. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => refuse(request, reply, 404));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const later = retryLaterOf(error);
    if (later) return send(request, reply.header('retry-after', later.seconds), later.status, later);
    const status = statusOf(error);
    if (status >= 500) request.log.error({ err: error }, 'a request failed');
    return refuse(request, reply, status);
  });
}

/** For URLs that cannot be decoded, which Fastify refuses before its error handler is reached. */
export function refuseUrl(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void refuse(request, reply, 400);
}

function statusOf({ statusCode = 500, code }: FastifyError): number {
  // A Host header with which no URL can be made.
  if (code === 'ERR_INVALID_URL') return 400;
  return statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}

function refuse(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  return send(request, reply, status, refusals[status] ?? (status < 500 ? badRequest : ownFault));
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, refusal: HttpRefusal): FastifyReply {
  const { code, message, seconds } = refusal;
  const isGraphql = /\/graphql(\?|$)/.test(request.url);
  const body = isGraphql ? { errors: [{ message, extensions: { code, retryAfter: seconds } }] } : { code, message };
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}
