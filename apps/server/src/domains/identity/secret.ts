import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2) as (algorithm: string, parameters: Argon2Parameters) => Promise<Buffer>;

// The OWASP password storage cheat sheet's argon2id setting: 19 MiB, two passes, one lane.
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

/** An argon2id hash with its salt, as `argon2id$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const hash = await derive('argon2id', { ...cost, message: password, nonce });
  return ['argon2id', nonce.toString('base64url'), hash.toString('base64url')].join('$');
}

const nobody = hashPassword(randomBytes(16).toString('hex'));

/** Compares in constant time; with no stored hash it works as long and answers no, so that addresses cannot be probed. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, salt = '', hash = ''] = (stored ?? (await nobody)).split('$');
  const given = await derive('argon2id', { ...cost, message: password, nonce: Buffer.from(salt, 'base64url') });
  return timingSafeEqual(given, Buffer.from(hash, 'base64url')) && typeof stored === 'string';
}

/** A secret of 256 random bits, with a prefix that tells what it opens. */
export function newSecret(prefix: 'session' | 'baton' | 'link'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}
