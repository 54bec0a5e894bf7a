import { createECDH } from 'node:crypto';
import webPush from 'web-push';
import type { Keys } from '../keys.ts';

const timeoutMs = 10_000;
/** What was not fetched by then is old: the desk itself still shows it. */
const livesSeconds = 86_400;

export interface PushTarget {
  readonly endpoint: string;
  readonly publicKey: string;
  readonly auth: string;
}

/** GONE: the device can never be reached again. */
export const PushOutcome = { SENT: 'SENT', GONE: 'GONE' } as const;
export type PushOutcome = (typeof PushOutcome)[keyof typeof PushOutcome];

/**
 * Hands messages to the push services of browsers (RFC 8030), sealed for the one browser (RFC 8291) and signed as ours
 * (VAPID, RFC 8292). The key is made from the desk's secret, so that all nodes have the same and none is stored.
 */
export class PushService {
  /** What a browser subscribes with. */
  readonly publicKey: string;
  readonly #privateKey: string;

  constructor(
    keys: Keys,
    /** Whom a push service may write to: an https or mailto address. */
    private readonly contact: string,
    /** The hosts that may be sent to, with all under them. An address comes from a browser, and could be anybody's. */
    private readonly hosts: readonly string[],
  ) {
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(keys.sign('push', 'vapid'));
    this.publicKey = curve.getPublicKey('base64url');
    this.#privateKey = curve.getPrivateKey('base64url');
  }

  /** Whether an address is one of a push service that is known. */
  serves(endpoint: string): boolean {
    const url = URL.parse(endpoint);
    if (url === null || url.username !== '') return false;
    // A service on this very machine, named with its port, is one for trying out.
    if (this.hosts.includes(url.host) && url.hostname === '127.0.0.1') return true;
    return (
      url.protocol === 'https:' && url.port === '' && this.hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))
    );
  }

  /** Throws if the push service did not take the message. */
  async send(target: PushTarget, message: string, signal: AbortSignal): Promise<PushOutcome> {
    // Devices were once stored without this check.
    if (!isPushTarget(target)) return PushOutcome.GONE;
    const { endpoint, publicKey, auth } = target;
    const { method, headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh: publicKey, auth } }, message, {
      vapidDetails: { subject: this.contact, publicKey: this.publicKey, privateKey: this.#privateKey },
      TTL: livesSeconds,
      contentEncoding: webPush.supportedContentEncodings.AES_128_GCM,
    });
    const response = await fetch(endpoint, {
      method,
      headers: headers as Record<string, string>,
      body: new Uint8Array(body ?? Buffer.alloc(0)),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    }).catch((error: unknown) => {
      throw new PushFailed(`The push service ${new URL(endpoint).host} cannot be reached: ${reasonOf(error)}`);
    });
    await response.body?.cancel();
    if (response.ok) return PushOutcome.SENT;
    if (response.status === 404 || response.status === 410) return PushOutcome.GONE;
    throw new PushFailed(`The push service ${new URL(endpoint).host} responded with status ${response.status}.`);
  }
}

class PushFailed extends Error {}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

const authLength = 16;

/** Whether keys can seal a message: a point on the curve P-256, and a secret of 16 bytes. */
export function isPushTarget({ publicKey, auth }: Pick<PushTarget, 'publicKey' | 'auth'>): boolean {
  if (!isBase64Url(publicKey) || !isBase64Url(auth) || Buffer.from(auth, 'base64url').length !== authLength) return false;
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  try {
    curve.computeSecret(publicKey, 'base64url');
    return Buffer.from(publicKey, 'base64url').length === uncompressedPointLength;
  } catch {
    return false;
  }
}

/** RFC 8291 requires the uncompressed form. */
const uncompressedPointLength = 65;
const isBase64Url = (text: string) => /^[A-Za-z0-9_-]+$/.test(text);
