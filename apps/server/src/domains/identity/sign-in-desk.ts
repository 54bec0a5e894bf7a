import type { EntityManager } from '@mikro-orm/postgresql';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../kernel/clock.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { viewerOf } from './authenticate.ts';
import { TooManyAttempts } from './identity.errors.ts';
import { signIn, signOut } from './sign-in.ts';

interface Visitor {
  readonly userAgent: string;
  readonly address: string;
}

/** Where people sign in and out. Counts failures by account and by address, so that guessing gets nowhere. */
export class SignInDesk {
  readonly #byAccount = new RateLimiterMemory({ keyPrefix: 'account', points: 10, duration: 15 * 60 });
  readonly #byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 50, duration: 15 * 60 });

  constructor(
    private readonly openEm: () => EntityManager,
    private readonly clock: Clock,
  ) {}

  async signIn(
    { email, password }: { email: string; password: string },
    { userAgent, address }: Visitor,
  ): Promise<{ secret: string; expiresAt: Date; viewer: Viewer }> {
    const account = email.trim().toLowerCase();
    // Counted before the password is looked at, so that many tries at once are counted one by one.
    await this.#count(this.#byAddress, address);
    await this.#count(this.#byAccount, account);
    const em = this.openEm();
    const { secret, expiresAt, member } = await signIn(em, this.clock, { email, password, userAgent });
    await this.#byAccount.delete(account);
    await this.#byAddress.reward(address);
    return { secret, expiresAt, viewer: await viewerOf(em, member) };
  }

  async signOut(secret: string | null): Promise<void> {
    if (secret) await signOut(this.openEm(), secret);
  }

  async #count(limiter: RateLimiterMemory, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) throw new TooManyAttempts(Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}
