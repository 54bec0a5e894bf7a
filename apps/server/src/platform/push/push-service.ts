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

export const PushOutcome = { SENT: 'SENT', GONE: 'GONE', FAILED: 'FAILED' } as const;
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

  async send({ endpoint, publicKey, auth }: PushTarget, message: string): Promise<PushOutcome> {
    const { method, headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh: publicKey, auth } }, message, {
      vapidDetails: { subject: this.contact, publicKey: this.publicKey, privateKey: this.#privateKey },
      TTL: livesSeconds,
      contentEncoding: webPush.supportedContentEncodings.AES_128_GCM,
    });
    try {
      const answer = await fetch(endpoint, {
        method,
        headers: headers as Record<string, string>,
        body: new Uint8Array(body ?? Buffer.alloc(0)),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.ok) return PushOutcome.SENT;
      return answer.status === 404 || answer.status === 410 ? PushOutcome.GONE : PushOutcome.FAILED;
    } catch {
      // Not reached in time: the same to whoever waits as an answer that says so.
      return PushOutcome.FAILED;
    }
  }
}
