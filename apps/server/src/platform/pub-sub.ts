import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type RedisClientType } from 'redis';
import { z } from 'zod';
import { DroppedMessages } from './dropped-messages.ts';
import type { Logger } from './logger.ts';

/** Carries hints between nodes. It may lose, duplicate or delay them, so nothing depends on a hint alone. */
export interface PubSub {
  publish(channel: string, message: unknown): void;
  /** Passes on the messages that the schema accepts. Others are counted, logged and dropped. */
  subscribe<Message>(channel: string, schema: z.ZodType<Message>, listener: (message: Message) => void): () => void;
  /** Whether hints reach other nodes now. */
  healthy(): boolean;
  /** Messages dropped since the start. */
  readonly dropped: number;
  close(): Promise<void>;
}

type Listener = (message: unknown) => void;

/** For a single node, without Redis. */
export class LocalPubSub implements PubSub {
  // Not an EventEmitter: Redis decides the names of channels, and one of the name "error" would throw.
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #drops: DroppedMessages;

  constructor(private readonly logger: Logger) {
    this.#drops = new DroppedMessages(logger);
  }

  get dropped(): number {
    return this.#drops.count;
  }

  publish(channel: string, message: unknown): void {
    // As over a network, the publisher continues before anyone receives.
    setImmediate(() => this.deliver(channel, message));
  }

  subscribe<Message>(channel: string, schema: z.ZodType<Message>, listener: (message: Message) => void): () => void {
    const checked: Listener = (message) => {
      const parsed = schema.safeParse(message);
      if (!parsed.success) return this.drop(channel, z.prettifyError(parsed.error));
      listener(parsed.data);
    };
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(checked));
    return () => {
      listeners.delete(checked);
      if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
    };
  }

  deliver(channel: string, message: unknown): void {
    for (const listener of [...(this.#listeners.get(channel) ?? [])]) {
      try {
        listener(message);
      } catch (error) {
        this.logger.error({ err: error, channel }, 'a message could not be processed and was dropped');
      }
    }
  }

  drop(channel: string, reason: string): void {
    this.#drops.add(channel, reason);
  }

  healthy(): boolean {
    return true;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}

const envelope = z.object({ node: z.string(), body: z.unknown() });

/** The longest message that is parsed; an announcement of ten thousand connections has 2 million characters. */
const longestMessage = 8_000_000;
const pingMs = 5000;
const longestPauseMs = 2000;

export interface RedisSettings {
  readonly url: string;
  /** Separates the channels of this database from those of others that share the Redis. */
  readonly namespace: string;
  readonly logger: Logger;
}

/** Redis carries hints to other nodes. The own node gets its hints directly and does not wait for Redis. */
export class RedisPubSub implements PubSub {
  readonly #local: LocalPubSub;
  readonly #node = crypto.randomUUID();
  readonly #prefix: string;
  readonly #logger: Logger;
  readonly #publisher;
  readonly #subscriber;
  #subscribed = false;
  /** Null = not known yet. */
  #reachable: boolean | null = null;
  #closed = false;

  constructor({ url, namespace, logger }: RedisSettings) {
    this.#local = new LocalPubSub(logger);
    this.#prefix = `baton:${namespace}:`;
    this.#logger = logger;
    const settings = {
      url,
      pingInterval: pingMs,
      commandsQueueMaxLength: 10_000,
      socket: {
        socketTimeout: pingMs * 3,
        // The default gives up after a connection that fell silent.
        reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, longestPauseMs) * (0.75 + Math.random() / 2),
      },
    };
    // A command fails immediately while Redis is not reachable: a late hint is worth nothing.
    this.#publisher = createClient({ ...settings, disableOfflineQueue: true });
    this.#subscriber = createClient(settings);
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on('error', (error: Error) => this.#noteLoss(error));
      client.on('ready', () => void this.#listen());
    }
  }

  /** Resolves once connected, or after `patienceMs`: without Redis the node works, and connects when Redis is back. */
  async connect(patienceMs: number): Promise<void> {
    const connected = Promise.all([this.#publisher.connect(), this.#subscriber.connect()])
      .then(() => this.#listen())
      .catch((error: Error) => this.#noteLoss(error));
    await Promise.race([connected, delay(patienceMs, undefined, { ref: false })]);
    if (!this.healthy()) this.#noteLoss(new Error(`no connection within ${patienceMs / 1000} s`));
  }

  /** For other data that is kept in Redis. Commands fail immediately while Redis is not reachable. */
  get commands(): RedisClientType {
    return this.#publisher as unknown as RedisClientType;
  }

  get dropped(): number {
    return this.#local.dropped;
  }

  publish(channel: string, message: unknown): void {
    this.#local.publish(channel, message);
    this.#publisher
      .publish(this.#prefix + channel, JSON.stringify({ node: this.#node, body: message }))
      .catch((error: Error) => this.#logger.debug({ reason: error.message }, 'hint not published'));
  }

  subscribe<Message>(channel: string, schema: z.ZodType<Message>, listener: (message: Message) => void): () => void {
    return this.#local.subscribe(channel, schema, listener);
  }

  healthy(): boolean {
    return this.#subscribed && this.#publisher.isReady && this.#subscriber.isReady;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#local.close();
    const clients = [this.#publisher, this.#subscriber];
    // A client that is not connected would wait for its commands to be sent.
    await Promise.allSettled(clients.map(async (client) => (client.isReady ? client.close() : client.destroy())));
  }

  /** The client subscribes again by itself after each reconnect, but not after a first attempt that failed. */
  async #listen(): Promise<void> {
    if (!this.#subscribed && this.#subscriber.isReady) {
      try {
        this.#subscribed = true;
        await this.#subscriber.pSubscribe(`${this.#prefix}*`, (message, channel) => this.#receive(message, channel));
      } catch (error) {
        this.#subscribed = false;
        this.#noteLoss(error as Error);
      }
    }
    if (!this.healthy()) return;
    if (this.#reachable === false) this.#logger.warn('Redis is reachable again');
    this.#reachable = true;
  }

  #receive(message: string, fullChannel: string): void {
    const channel = fullChannel.slice(this.#prefix.length);
    if (message.length > longestMessage) return this.#local.drop(channel, `message of ${message.length} characters`);
    let parsed;
    try {
      parsed = envelope.safeParse(JSON.parse(message));
    } catch {
      return this.#local.drop(channel, 'not JSON');
    }
    if (!parsed.success) return this.#local.drop(channel, z.prettifyError(parsed.error));
    if (parsed.data.node !== this.#node) this.#local.deliver(channel, parsed.data.body);
  }

  #noteLoss({ message }: Error): void {
    if (this.#reachable === false || this.#closed) return;
    this.#reachable = false;
    this.#logger.warn({ reason: message }, 'Redis is not reachable, the node continues without it');
  }
}
