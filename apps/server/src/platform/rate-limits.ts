import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type IRateLimiterOptions,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { RedisClientType } from 'redis';
import { DomainError } from '../kernel/domain-error.ts';
import { TooManyRequests } from './retry-later.ts';
import { formatBytes } from '../kernel/text.ts';

const minute = 60;
const hour = 3600;
/** Wrong tokens from one address in a minute, after which no other is looked at. */
const guessesPerMinute = 30;

/** One uploader sent as much as is allowed in an hour. */
export class UploadRateExceeded extends DomainError {
  readonly code = 'UPLOAD_RATE_EXCEEDED';
  constructor(
    readonly usedBytes: number,
    readonly limitBytes: number,
    readonly seconds: number,
  ) {
    super(
      `You uploaded ${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} allowed in an hour; this file does not fit. Try again in ${Math.ceil(seconds / minute)} min.`,
      'file',
    );
  }
}

export interface RateLimitSettings {
  /** Of one member, API client or address; 0 = no limit. */
  readonly requestsPerMinute: number;
  /** Of one member or public link; 0 = no limit. */
  readonly uploadBytesPerHour: number;
}

/** Limits on requests. Counts are shared between nodes through Redis; while Redis does not answer, each node counts alone. */
export class RateLimits {
  readonly #requests: SharedLimiter | null;
  readonly #guesses: SharedLimiter;

  readonly #uploads: SharedLimiter | null;
  readonly #uploadBytes: number;

  constructor(redis: RedisClientType | null, { requestsPerMinute, uploadBytesPerHour }: RateLimitSettings, namespace: string) {
    const limiter = (name: string, points: number, duration = minute) =>
      new SharedLimiter(redis, { keyPrefix: `baton:${namespace}:${name}`, points, duration });
    this.#requests = requestsPerMinute > 0 ? limiter('requests', requestsPerMinute) : null;
    this.#guesses = limiter('guesses', guessesPerMinute);
    this.#uploads = uploadBytesPerHour > 0 ? limiter('uploads', uploadBytesPerHour, hour) : null;
    this.#uploadBytes = uploadBytesPerHour;
  }

  /** Counts a request; throws TooManyRequests above the limit. */
  async countRequest(who: string, points: number): Promise<void> {
    await this.#requests?.consume(who, points);
  }

  /** Counts an upload before it is read, so that parallel ones count too; throws UploadRateExceeded above the limit. */
  async reserveUpload(who: string, bytes: number): Promise<void> {
    const counted = await this.#uploads?.add(who, bytes);
    if (!counted || counted.consumedPoints <= this.#uploadBytes) return;
    await this.releaseUpload(who, bytes);
    throw new UploadRateExceeded(counted.consumedPoints - bytes, this.#uploadBytes, secondsOf(counted));
  }

  /** Gives back what was reserved and not sent. */
  async releaseUpload(who: string, bytes: number): Promise<void> {
    await this.#uploads?.add(who, -bytes);
  }

  /** Throws TooManyRequests for an address that sent too many wrong secrets. */
  async requireFewGuesses(address: string): Promise<void> {
    const known = await this.#guesses.get(address);
    if (known && known.remainingPoints <= 0) throw tooManyRequests(known);
  }

  async countGuess(address: string): Promise<void> {
    await this.#guesses.consume(address, 1);
  }
}

/** Redis answers in a millisecond; a request does not wait for one that hangs. */
const redisDeadlineMs = 250;
/** After a failure Redis is not asked for this time. */
const redisPauseMs = 5000;

/** Counts in Redis, or in the memory of the node while Redis fails or hangs. */
class SharedLimiter {
  readonly #alone: RateLimiterMemory;
  readonly #shared: RateLimiterRedis | null;
  #askAt = 0;

  constructor(redis: RedisClientType | null, settings: IRateLimiterOptions) {
    this.#alone = new RateLimiterMemory(settings);
    this.#shared = redis && new RateLimiterRedis({ ...settings, storeClient: redis, useRedisPackage: true });
  }

  async consume(key: string, points: number): Promise<void> {
    await this.#ask((limiter) => limiter.consume(key, points));
  }

  /** Counts without refusing. */
  add(key: string, points: number): Promise<RateLimiterRes> {
    return this.#ask((limiter) => (points < 0 ? limiter.reward(key, -points) : limiter.penalty(key, points)));
  }

  get(key: string): Promise<RateLimiterRes | null> {
    return this.#ask((limiter) => limiter.get(key));
  }

  async #ask<T>(question: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> {
    if (!this.#shared || performance.now() < this.#askAt) return refusalAsError(question(this.#alone));
    try {
      return await refusalAsError(withDeadline(question(this.#shared)));
    } catch (error) {
      if (error instanceof TooManyRequests) throw error;
      this.#askAt = performance.now() + redisPauseMs;
      return refusalAsError(question(this.#alone));
    }
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time')), redisDeadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The library rejects with its count when a limit is reached. */
async function refusalAsError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) throw tooManyRequests(refusal);
    throw refusal;
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.ceil(msBeforeNext / 1000);
}

function tooManyRequests(count: RateLimiterRes): TooManyRequests {
  const seconds = secondsOf(count);
  return new TooManyRequests(`You asked for too much in a minute. Wait ${seconds} s, and ask for less at once.`, seconds);
}
