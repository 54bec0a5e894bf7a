import proxyAddress from '@fastify/proxy-addr';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { Transport } from './context.ts';

const cookieName = 'baton_session';
/** Over TLS: browsers then take it from this very host, over TLS alone. */
const secureCookieName = `__Host-${cookieName}`;

/** A request's secret: an integrator's token in the header, or the browser's session in the cookie. */
function secretOf(authorization: string | undefined, cookies: Record<string, string | undefined>, secure: boolean): string | null {
  const token = authorization?.match(/^Bearer (\S+)$/i)?.[1];
  return token ?? cookies[secure ? secureCookieName : cookieName] ?? null;
}

export function requestTransport(request: FastifyRequest, reply: FastifyReply, secure: boolean): Transport {
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  const name = secure ? secureCookieName : cookieName;
  return {
    secret: secretOf(request.headers.authorization, request.cookies, secure),
    userAgent: request.headers['user-agent'] ?? '',
    address: request.ip,
    keepSession: (secret, expires) => void reply.setCookie(name, secret, { ...cookie, expires }),
    dropSession: () => void reply.clearCookie(name, cookie),
  };
}

/** Whose word on where a request came from is believed; nobody's where there are no trusted proxies. */
export type Trust = (address: string, hop: number) => boolean;

export function trustOf(proxies: readonly string[]): Trust {
  return proxies.length > 0 ? proxyAddress.compile([...proxies]) : () => false;
}

/** A socket's secret comes with the handshake: the cookie, or `authorization` among the connection parameters. */
export function socketTransport(
  request: IncomingMessage,
  parameters: Readonly<Record<string, unknown>> | undefined,
  secure: boolean,
  trust: Trust,
): Transport {
  const given = parameters?.authorization ?? parameters?.Authorization;
  const authorization = typeof given === 'string' ? given : request.headers.authorization;
  return {
    secret: secretOf(authorization, fastifyCookie.parse(request.headers.cookie ?? ''), secure),
    userAgent: request.headers['user-agent'] ?? '',
    address: proxyAddress(request, trust),
    keepSession: () => undefined,
    dropSession: () => undefined,
  };
}
