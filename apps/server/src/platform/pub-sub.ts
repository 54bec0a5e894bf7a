import { EventEmitter } from 'node:events';
import { createClient, type RedisClientType } from 'redis';
import type { Logger } from './logger.ts';

/** Carries hints between nodes. May lose, double, delay or forget them: nothing that matters travels here alone. */
export interface PubSub {
  publish(channel: string, message: string): void;
  subscribe(channel: string, listener: (message: string) => void): () => void;
  /** Whether other nodes hear us now. */
  healthy(): boolean;
  close(): Promise<void>;
}

/** For one node alone, where no Redis is configured. */
export class LocalPubSub implements PubSub {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  publish(channel: string, message: string): void {
    // As over a network: the publisher is done before anybody hears.
    setImmediate(() => this.#emitter.emit(channel, message));
  }

  subscribe(channel: string, listener: (message: string) => void): () => void {
    this.#emitter.on(channel, listener);
    return () => this.#emitter.off(channel, listener);
  }

  healthy(): boolean {
    return true;
  }

  async close(): Promise<void> {
    this.#emitter.removeAllListeners();
  }
}

/** Redis carries the hints to other nodes; this node hears its own at once and does not wait for Redis. */
export class RedisPubSub implements PubSub {
  readonly #local = new LocalPubSub();
  readonly #node = crypto.randomUUID();
  readonly #publisher;
  readonly #subscriber;

  constructor(
    url: string,
    private readonly logger: Logger,
  ) {
    // A command while Redis is away fails at once: a hint that comes late is worth nothing.
    this.#publisher = createClient({ url, disableOfflineQueue: true, pingInterval: 10_000 });
    this.#subscriber = createClient({ url, pingInterval: 10_000 });
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on('error', (error: Error) => logger.warn({ reason: error.message }, 'redis is not reachable'));
    }
  }

  /** Connects and listens. Fails when Redis cannot be reached at start, which is a configuration fault. */
  async connect(): Promise<void> {
    await Promise.all([this.#publisher.connect(), this.#subscriber.connect()]);
    await this.#subscriber.pSubscribe('baton:*', (message, channel) => {
      const { node, body } = JSON.parse(message) as { node: string; body: string };
      if (node !== this.#node) this.#local.publish(channel.slice('baton:'.length), body);
    });
  }

  /** For what else is counted or kept there. Its commands fail at once while Redis is away. */
  get commands(): RedisClientType {
    return this.#publisher as unknown as RedisClientType;
  }

  publish(channel: string, message: string): void {
    this.#local.publish(channel, message);
    this.#publisher
      .publish(`baton:${channel}`, JSON.stringify({ node: this.#node, body: message }))
      .catch((error: Error) => this.logger.debug({ reason: error.message }, 'hint not published'));
  }

  subscribe(channel: string, listener: (message: string) => void): () => void {
    return this.#local.subscribe(channel, listener);
  }

  healthy(): boolean {
    return this.#publisher.isReady && this.#subscriber.isReady;
  }

  async close(): Promise<void> {
    await this.#local.close();
    await Promise.allSettled([this.#publisher.close(), this.#subscriber.close()]);
  }
}
