import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';
import { z } from 'zod';
import { ownPath } from '@baton/rules';
import type { Origin } from '../kernel/viewer.ts';
import type { Logger } from '../platform/logger.ts';
import { requestTransport } from './http-transport.ts';

interface SingleSignOnProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the sign-in page calls it. */
  readonly name: string;
}

export interface SingleSignOnSettings {
  readonly provider: SingleSignOnProvider;
  readonly publicUrl: string;
  readonly logger: Logger;
  /** Opens a session for whom the provider vouches; null for nobody of this desk. */
  readonly enter: (proven: Proven, origin: Origin) => Promise<{ secret: string; expiresAt: Date } | null>;
}

interface Proven {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
}

const path = '/auth/oidc';
const cookieName = 'baton_oidc';
const attemptSeconds = 600;

/** What a browser keeps between going to the provider and coming back. */
const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  // Another site under the same domain can set the cookie.
  to: z.string().transform(ownPath),
});
type Attempt = Readonly<z.infer<typeof attemptSchema>>;

/**
 * OpenID Connect by discovery, with code flow and PKCE (RFC 7636). The attempt lives in a cookie of the browser that began
 * it, so nobody can be made to finish somebody else's.
 */
export function serveSingleSignOn(app: FastifyInstance, { provider, publicUrl, logger, enter }: SingleSignOnSettings): void {
  const secure = publicUrl.startsWith('https:');
  const cookie = { path: '/auth', httpOnly: true, sameSite: 'lax', secure, maxAge: attemptSeconds } as const;
  const redirect = `${publicUrl}${path}/callback`;
  let found: Promise<Configuration> | null = null;
  // Asked for when first wanted, and again after a fault: the desk starts without its provider.
  const configuration = () =>
    (found ??= discover(provider).catch((error: unknown) => {
      found = null;
      throw error;
    }));

  app.get(path, async (request, reply) => {
    try {
      const attempt: Attempt = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        to: wantedOf(request),
      };
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirect,
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return await reply.setCookie(cookieName, JSON.stringify(attempt), cookie).redirect(url.href);
    } catch (error) {
      logger.error({ err: error }, 'the single sign-on provider could not be reached');
      return reply.redirect('/sign-in?fault=provider');
    }
  });

  app.get(`${path}/callback`, async (request, reply) => {
    const attempt = attemptOf(request);
    void reply.clearCookie(cookieName, cookie);
    if (!attempt) return reply.redirect('/sign-in?fault=expired');
    try {
      const came = new URL(request.url, publicUrl);
      const tokens = await authorizationCodeGrant(await configuration(), came, {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return await reply.redirect('/sign-in?fault=provider');
      const email = typeof claims.email === 'string' ? claims.email : null;
      const proven = { issuer: claims.iss, subject: claims.sub, email, emailVerified: claims.email_verified === true };
      const transport = requestTransport(request, reply, secure);
      const entered = await enter(proven, transport);
      if (!entered) return await reply.redirect('/sign-in?fault=unknown');
      transport.keepSession(entered.secret, entered.expiresAt);
      return await reply.redirect(attempt.to);
    } catch (error) {
      logger.warn({ err: error }, 'a single sign-on did not come to an end');
      return reply.redirect('/sign-in?fault=provider');
    }
  });
}

function discover({ issuer, clientId, clientSecret }: SingleSignOnProvider): Promise<Configuration> {
  const url = new URL(issuer);
  // In the clear to this very machine alone, as for trying out; the configuration refuses any other.
  const execute = url.protocol === 'http:' ? [allowInsecureRequests] : [];
  return discovery(url, clientId, clientSecret, undefined, { execute, timeout: 5 });
}

/** A path of this site, whatever was asked for. */
function wantedOf({ query }: FastifyRequest): string {
  return ownPath((query as { to?: unknown }).to);
}

function attemptOf({ cookies }: FastifyRequest): Attempt | null {
  try {
    return attemptSchema.parse(JSON.parse(cookies[cookieName] ?? ''));
  } catch {
    return null;
  }
}
