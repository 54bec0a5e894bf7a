import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RedisClientType } from 'redis';
import { DomainError } from '../kernel/domain-error.ts';

const minute = 60;
/** Wrong tokens from one address in a minute, after which no other is looked at. */
const guessesPerMinute = 30;

export class TooManyRequests extends DomainError {
  readonly code = 'TOO_MANY_REQUESTS';
  constructor(readonly seconds: number) {
    super(`You asked for too much in a minute. Wait ${seconds} s, and ask for less at once.`);
  }
}

/**
 * How much somebody may ask, counted for all nodes together in Redis; where there is none, or while it is away, each node
 * counts by itself.
 */
export class RateLimits {
  readonly #requests: RateLimiterAbstract | null;
  readonly #guesses: RateLimiterAbstract;

  /** `requestsPerMinute` of one person, program or address; 0 = no limit. */
  constructor(
    redis: RedisClientType | null,
    requestsPerMinute: number,
    /** Tells this desk's counts from those of others that share the Redis. */
    deskName: string,
  ) {
    this.#requests = requestsPerMinute > 0 ? limiter(redis, `${deskName}:requests`, requestsPerMinute) : null;
    this.#guesses = limiter(redis, `${deskName}:guesses`, guessesPerMinute);
  }

  /** Counts what somebody asks; refuses with TooManyRequests. */
  async countRequest(who: string, points: number): Promise<void> {
    if (this.#requests) await counted(this.#requests.consume(who, points));
  }

  /** Refuses an address from which too many wrong secrets came. */
  async requireFewGuesses(address: string): Promise<void> {
    const known = await this.#guesses.get(address);
    if (known && known.remainingPoints <= 0) throw new TooManyRequests(secondsOf(known));
  }

  async countGuess(address: string): Promise<void> {
    await counted(this.#guesses.consume(address));
  }
}

function limiter(redis: RedisClientType | null, keyPrefix: string, points: number): RateLimiterAbstract {
  const settings = { keyPrefix: `baton:${keyPrefix}`, points, duration: minute };
  const alone = new RateLimiterMemory(settings);
  return redis ? new RateLimiterRedis({ ...settings, storeClient: redis, useRedisPackage: true, insuranceLimiter: alone }) : alone;
}

async function counted(consumed: Promise<unknown>): Promise<void> {
  try {
    await consumed;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) throw new TooManyRequests(secondsOf(refusal));
    throw refusal;
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.ceil(msBeforeNext / 1000);
}
