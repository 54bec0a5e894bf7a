import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';

const ivBytes = 12;
const tagBytes = 16;

/**
 * What the desk signs and seals with. One secret stands behind all of it; each purpose has a key of its own, derived as
 * RFC 5869 says (HKDF), so that what is known of one says nothing of another.
 */
export class Keys {
  readonly #byPurpose = new Map<string, Buffer>();

  constructor(private readonly secret: string) {}

  /** 256 bits that nobody can make who has not the secret, the same for the same text. */
  sign(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#key(purpose)).update(text).digest();
  }

  /** Makes a text unreadable and unchangeable without the secret: AES-256-GCM, as iv, tag and text in base64url. */
  seal(purpose: string, text: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key(purpose), iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** The text that was sealed. Fails when it was sealed with another secret, for another purpose, or changed. */
  unseal(purpose: string, sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#key(purpose), bytes.subarray(0, ivBytes));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
  }

  #key(purpose: string): Buffer {
    const key = this.#byPurpose.get(purpose) ?? Buffer.from(hkdfSync('sha256', this.secret, '', purpose, 32));
    this.#byPurpose.set(purpose, key);
    return key;
  }
}

/** The keys of a desk: from the secret it is given, or from one that its database keeps, made at the first start. */
export async function openKeys(orm: MikroORM, given: string | null): Promise<Keys> {
  if (given !== null) return new Keys(given);
  const em = orm.em.fork();
  await em.execute(`insert into server_key (name, secret) values ('desk', ?) on conflict do nothing`, [
    randomBytes(32).toString('base64url'),
  ]);
  const [row]: { secret: string }[] = await em.execute(`select secret from server_key where name = 'desk'`);
  if (!row) throw new Error('the database keeps no key');
  return new Keys(row.secret);
}

/** How a secret is stored that somebody comes back with. It is random and long, so a plain hash cannot be guessed back. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
