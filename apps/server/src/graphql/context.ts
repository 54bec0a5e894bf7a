import { GraphQLError } from 'graphql';
import type { Viewer } from '../kernel/viewer.ts';
import type { EventFeed } from '../platform/event-feed.ts';
import type { PresenceBoard } from '../platform/presence-board.ts';
import type { Scope } from '../platform/scope.ts';

/** What a transport knows of the one who asks. */
export interface Transport {
  readonly secret: string | null;
  readonly userAgent: string;
  readonly address: string;
  /** Keeps a session's secret in the browser, or takes it away. Does nothing over a socket, which cannot set cookies. */
  keepSession(secret: string, expiresAt: Date): void;
  dropSession(): void;
}

/** How a context is made: who the secret stands for now, and a unit of work for them. */
export interface ContextFactory {
  authenticate(secret: string): Promise<Viewer | null>;
  scopeFor(viewer: Viewer): Scope;
}

/** What subscriptions hear from. */
export interface LiveSources {
  readonly feed: EventFeed;
  readonly presence: PresenceBoard;
}

/** One request, or one subscription for as long as it is open. */
export class Context {
  // Not a #private field: Apollo hands resolvers a shallow copy of the context.
  private unitOfWork: Scope | null = null;

  constructor(
    readonly transport: Transport,
    private readonly factory: ContextFactory,
    readonly live: LiveSources,
    private viewer: Viewer | null,
  ) {}

  static async open(transport: Transport, factory: ContextFactory, live: LiveSources): Promise<Context> {
    return new Context(transport, factory, live, transport.secret ? await factory.authenticate(transport.secret) : null);
  }

  get isSignedIn(): boolean {
    return this.viewer !== null;
  }

  get scope(): Scope {
    if (!this.viewer) throw unauthenticated();
    this.unitOfWork ??= this.factory.scopeFor(this.viewer);
    return this.unitOfWork;
  }

  /** Goes on as somebody who signed in just now. */
  become(viewer: Viewer): void {
    this.viewer = viewer;
    this.unitOfWork = null;
  }

  /** Asks again who this is and forgets what was loaded: a socket outlives both rights and rows. */
  async renew(): Promise<Scope> {
    this.viewer = this.transport.secret ? await this.factory.authenticate(this.transport.secret) : null;
    this.unitOfWork = null;
    return this.scope;
  }

  /** The source of a subscription, each of whose deliveries is seen with the rights and rows of that moment. */
  renewing<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
    const renew = () => this.renew();
    return {
      async next() {
        const result = await source.next();
        if (!result.done) await renew();
        return result;
      },
      return: () => source.return?.() ?? Promise.resolve({ value: undefined, done: true }),
      throw: (error) => source.throw?.(error) ?? Promise.reject(error),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

function unauthenticated(): GraphQLError {
  return new GraphQLError('You are not signed in, or your session has ended. Sign in and try again.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}

/** What a subscription's `subscribe` is given. */
export interface SubscribeOptions<Args> {
  readonly args: Args;
  readonly context: Context;
}
