import proxyAddress from '@fastify/proxy-addr';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { Transport } from './context.ts';

const cookieName = 'baton_session';
/** Over TLS: browsers then take it from this very host, over TLS alone. */
const secureCookieName = `__Host-${cookieName}`;
const deviceCookieName = 'baton_device';
const deviceSeconds = 365 * 86_400;

type Cookies = Record<string, string | undefined>;

/** The credential of a request: a token in the header, or the session and device cookies of a browser. */
function credentialOf(
  authorization: string | undefined,
  cookies: Cookies,
  secure: boolean,
): Pick<Transport, 'secret' | 'bearer' | 'device'> {
  const token = authorization?.match(/^Bearer (\S+)$/i)?.[1];
  const device = cookies[secure ? `__Host-${deviceCookieName}` : deviceCookieName] ?? null;
  return { secret: token ?? cookies[secure ? secureCookieName : cookieName] ?? null, bearer: token !== undefined, device };
}

export function requestTransport(request: FastifyRequest, reply: FastifyReply, secure: boolean): Transport {
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  const name = secure ? secureCookieName : cookieName;
  const deviceName = secure ? `__Host-${deviceCookieName}` : deviceCookieName;
  return {
    ...credentialOf(request.headers.authorization, request.cookies, secure),
    userAgent: request.headers['user-agent'] ?? '',
    address: request.ip,
    keepSession: (secret, expires) => void reply.setCookie(name, secret, { ...cookie, expires }),
    dropSession: () => void reply.clearCookie(name, cookie),
    keepDevice: (device) => void reply.setCookie(deviceName, device, { ...cookie, maxAge: deviceSeconds }),
  };
}

/** Whose word on where a request came from is believed; nobody's where there are no trusted proxies. */
export type Trust = (address: string, hop: number) => boolean;

export function trustOf(proxies: readonly string[]): Trust {
  return proxies.length > 0 ? proxyAddress.compile([...proxies]) : () => false;
}

/** The address of the client, as trusted proxies report it. */
export function addressOf(request: IncomingMessage, trust: Trust): string {
  return proxyAddress(request, trust);
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
    ...credentialOf(authorization, fastifyCookie.parse(request.headers.cookie ?? ''), secure),
    userAgent: request.headers['user-agent'] ?? '',
    address: addressOf(request, trust),
    keepSession: () => undefined,
    dropSession: () => undefined,
    keepDevice: () => undefined,
  };
}
