import { GraphQLError } from 'graphql';
import type { Origin, Viewer } from '../kernel/viewer.ts';
import type { LiveDesk } from '../platform/live/live-desk.ts';
import type { LiveSource } from '../platform/live/live-source.ts';
import type { TimeWatch } from '../platform/live/time-watch.ts';
import type { PresenceBoard } from '../platform/presence-board.ts';
import type { Scope } from '../platform/scope.ts';
import type { OperationCost } from './operation-cost.ts';

/** What a transport knows of the one who asks. */
export interface Transport extends Origin {
  readonly secret: string | null;
  /** The secret came in the Authorization header: the caller means this credential and no other. */
  readonly bearer: boolean;
  /** What the browser remembers of accounts that signed in with it; null for a new one. */
  readonly device: string | null;
  /** Keeps a session's secret in the browser, or takes it away. Does nothing over a socket, which cannot set cookies. */
  keepSession(secret: string, expiresAt: Date): void;
  dropSession(): void;
  keepDevice(device: string): void;
}

/** How a context is made: who the secret stands for now, and a unit of work for them. */
export interface ContextFactory {
  authenticate(secret: string, origin: Origin): Promise<Viewer | null>;
  /** Says to the holder of a token why it opens nothing. Missing where an invalid token is answered like none. */
  explain?(secret: string): Promise<string>;
  scopeFor(viewer: Viewer): Scope;
  /** Counts in the security log that the viewer was refused. */
  logDenial(viewer: Viewer, what: string): void;
}

/** What subscriptions hear from. */
export interface LiveSources {
  readonly desk: LiveDesk;
  readonly presence: PresenceBoard;
  readonly time: TimeWatch;
}

/** One request, or one delivery of a subscription. */
export class Context {
  /** What the operation may cost; null until it is admitted. */
  cost: OperationCost | null = null;

  constructor(
    readonly transport: Transport,
    private readonly factory: ContextFactory,
    readonly live: LiveSources,
    private viewer: Viewer | null,
    // Not a #private field: Apollo hands resolvers a shallow copy of the context.
    private unitOfWork: Scope | null = null,
  ) {}

  static async open(transport: Transport, factory: ContextFactory, live: LiveSources): Promise<Context> {
    const { secret, bearer } = transport;
    const viewer = secret ? await factory.authenticate(secret, transport) : null;
    if (secret && bearer && !viewer && factory.explain) throw unauthenticated(await factory.explain(secret));
    return new Context(transport, factory, live, viewer && from(viewer, transport));
  }

  get isSignedIn(): boolean {
    return this.viewer !== null;
  }

  /** Whose requests are counted together: a person's or a program's, a link's, or those of an address. */
  get counted(): string {
    if (!this.viewer) return `address ${this.transport.address}`;
    const { workspaceId, memberId, ticketId } = this.viewer;
    return `${workspaceId} ${ticketId ?? memberId}`;
  }

  /** The ticket that the caller's public link opens; null for members and without a credential. */
  get linkedTicketId(): string | null {
    return this.viewer?.ticketId ?? null;
  }

  get scope(): Scope {
    if (this.viewer?.unsecured) throw secondFactorRequired();
    return this.ownScope;
  }

  /** For what is somebody's own: their account, and the way to a second factor, while that is all they may do. */
  get ownScope(): Scope {
    if (!this.viewer) throw unauthenticated();
    this.unitOfWork ??= this.factory.scopeFor(this.viewer);
    return this.unitOfWork;
  }

  /** Goes on as somebody who signed in just now. */
  become(viewer: Viewer): void {
    this.viewer = from(viewer, this.transport);
    this.unitOfWork = null;
  }

  /** The viewer was refused an operation that they lack a permission for. */
  denied(what: string): void {
    if (this.viewer?.kind === 'MEMBER') this.factory.logDenial(this.viewer, what);
  }

  /** A delivery worked out in a unit of work that others share. It knows nothing of the one whose socket it began with. */
  seenBy(scope: Scope): Context {
    return new Context(nobodysTransport, this.factory, this.live, scope.viewer, scope);
  }
}

function from(viewer: Viewer, { address, userAgent }: Origin): Viewer {
  return { ...viewer, origin: { address, userAgent } };
}

const nobodysTransport: Transport = {
  secret: null,
  bearer: false,
  device: null,
  userAgent: '',
  address: '',
  keepSession: () => undefined,
  dropSession: () => undefined,
  keepDevice: () => undefined,
};

function unauthenticated(message = 'You are not signed in, or your session has ended. Sign in and try again.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
}

function secondFactorRequired(): GraphQLError {
  return new GraphQLError('This workspace asks for a second factor. Set one up in your account, then go on.', {
    extensions: { code: 'SECOND_FACTOR_REQUIRED' },
  });
}

/** What a subscription's `subscribe` is given. */
export interface SubscribeOptions<Args> {
  readonly args: Args;
  readonly context: Context;
}

/** Lets a subscription's `subscribe` answer a source of ours, where type-graphql's types know iterators alone. */
export function following<Args>(sourceOf: (options: SubscribeOptions<Args>) => LiveSource | Promise<LiveSource>) {
  return sourceOf as unknown as (options: SubscribeOptions<Args>) => Promise<AsyncIterable<never>>;
}
