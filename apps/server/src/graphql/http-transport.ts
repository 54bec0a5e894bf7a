import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { Transport } from './context.ts';

const cookieName = 'baton_session';

/** A request's secret: an integrator's token in the header, or the browser's session in the cookie. */
function secretOf(authorization: string | undefined, cookies: Record<string, string | undefined>): string | null {
  const token = authorization?.match(/^Bearer (\S+)$/i)?.[1];
  return token ?? cookies[cookieName] ?? null;
}

export function requestTransport(request: FastifyRequest, reply: FastifyReply, secure: boolean): Transport {
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    secret: secretOf(request.headers.authorization, request.cookies),
    userAgent: request.headers['user-agent'] ?? '',
    address: request.ip,
    keepSession: (secret, expires) => void reply.setCookie(cookieName, secret, { ...cookie, expires }),
    dropSession: () => void reply.clearCookie(cookieName, cookie),
  };
}

/** A socket's secret comes with the handshake: the cookie, or `authorization` among the connection parameters. */
export function socketTransport(request: IncomingMessage, parameters: Readonly<Record<string, unknown>> | undefined): Transport {
  const given = parameters?.authorization ?? parameters?.Authorization;
  const authorization = typeof given === 'string' ? given : request.headers.authorization;
  return {
    secret: secretOf(authorization, fastifyCookie.parse(request.headers.cookie ?? '')),
    userAgent: request.headers['user-agent'] ?? '',
    address: request.socket.remoteAddress ?? '',
    keepSession: () => undefined,
    dropSession: () => undefined,
  };
}
