import type { MikroORM } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Logger } from '../logger.ts';
import type { LiveLoad } from '../metrics.ts';
import type { PubSub } from '../pub-sub.ts';
import type { Scope } from '../scope.ts';
import { joined } from '../joined.ts';
import { accessChanged } from './access-changed.ts';
import { EventReader } from './event-reader.ts';
import { Follower, LiveEnd, LiveGroup, type LiveStream, type Outlet, type Render } from './live-group.ts';
import type { LiveSource } from './live-source.ts';
import { Seats, type Credentials, type Seat } from './seats.ts';
import type { StreamHead } from './stream-head.ts';
import { readPlaces } from './stream-place.ts';

export { accessChanged };

const signalSchema = z.object({ workspaceId: z.uuid(), topic: z.string().max(200) });

/** How often those who follow are told that they miss nothing. */
const heartbeatMs = 10_000;

/** How long one reading of rows serves several deliveries. */
const unitMs = 250;

/** How long a workspace is read after its last subscription ended. A client that reconnects finds the recent events in memory. */
const lingerMs = 3000;

export interface LiveSettings {
  readonly orm: MikroORM;
  readonly pubSub: PubSub;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly retentionMs: number;
  readonly credentials: Credentials;
  readonly systemScope: (workspaceId: string) => Scope;
  /** The subjects of an event, by which subscriptions are found. */
  readonly topicsOf: (event: LoggedEvent) => readonly string[];
}

/** How somebody asks to follow a source. */
export interface Following<Payload> {
  readonly source: LiveSource<Payload>;
  readonly secret: string;
  readonly viewer: Viewer;
  readonly outlet: Outlet;
  /** The same for everybody who asks the same: operation, variables. */
  readonly question: string;
  readonly render: Render<Payload>;
}

/** An open subscription. */
export interface OpenFollowing {
  wake(): void;
  close(): void;
}

/** Called with the events of a workspace as this node reads them. */
export type EventListener = (workspaceId: string, events: readonly LoggedEvent[]) => void;

/** Everything on this node that follows what happens. */
export class LiveDesk {
  readonly #workspaces = new Map<string, LiveWorkspace>();
  /** Workspaces without subscriptions, until their readers end. */
  readonly #lingering = new Map<LiveWorkspace, NodeJS.Timeout>();
  readonly #ending = new Set<Promise<void>>();
  readonly #listeners = new Set<EventListener>();
  readonly #seats: Seats;
  #unsubscribe: () => void = () => undefined;
  #heart: NodeJS.Timeout | undefined;
  readonly #readPlace = joined((workspaceIds: readonly string[]) => readPlaces(this.settings.orm.em.fork(), workspaceIds));

  constructor(private readonly settings: LiveSettings) {
    this.#seats = new Seats(settings.credentials, settings.logger, {
      changed: (seat) => this.#workspaces.get(seat.viewer.workspaceId)?.unsettle(seat),
      lost: (seat) => this.#workspaces.get(seat.viewer.workspaceId)?.dismiss(seat),
    });
  }

  start(): void {
    this.#seats.start();
    this.#heart = setInterval(() => {
      for (const workspace of this.#workspaces.values()) workspace.beat();
    }, heartbeatMs);
    this.#unsubscribe = this.settings.pubSub.subscribe('signal', signalSchema, ({ workspaceId, topic }) => this.signal(workspaceId, topic));
  }

  /** Resolves once nothing asks the database any more. */
  async close(): Promise<void> {
    clearInterval(this.#heart);
    this.#unsubscribe();
    const workspaces = [...this.#workspaces.values()];
    this.#workspaces.clear();
    for (const timer of this.#lingering.values()) clearTimeout(timer);
    this.#lingering.clear();
    await Promise.all([this.#seats.stop(), ...this.#ending, ...workspaces.map((workspace) => workspace.close())]);
  }

  async follow<Payload>(following: Following<Payload>): Promise<OpenFollowing> {
    const workspace = this.#enter(following.viewer.workspaceId);
    const leave = () => this.#leave(following.viewer.workspaceId, workspace);
    try {
      await workspace.begin(following.source.after ?? null);
      return workspace.follow(following, this.#seats, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** What this node delivers now. */
  get load(): LiveLoad {
    const workspaces = [...this.#workspaces].filter(([, workspace]) => workspace.hasBegun);
    return {
      subscriptions: workspaces.reduce((sum, [, { users }]) => sum + users, 0),
      positions: new Map(workspaces.map(([id, { position }]) => [id, position])),
    };
  }

  /** Says something that is not in the log to those whom the topic concerns. */
  signal(workspaceId: string, topic: string, what = topic): void {
    this.#workspaces.get(workspaceId)?.signal(topic, what);
  }

  /** Says it on every node. Goes the way of hints, so nothing may be lost with it that is not kept elsewhere. */
  announce(workspaceId: string, topic: string): void {
    this.settings.pubSub.publish('signal', { workspaceId, topic });
  }

  listen(listener: EventListener): void {
    this.#listeners.add(listener);
  }

  /** Where the workspace's stream stands. Read it before the rows whose changes are then followed. */
  async head(scope: Scope): Promise<StreamHead> {
    const at = scope.now().getTime();
    const place = await this.#readPlace(scope.workspaceId);
    if (!place) throw new Error(`workspace ${scope.workspaceId} has no stream`);
    return { ...place, at };
  }

  #enter(workspaceId: string): LiveWorkspace {
    let workspace = this.#workspaces.get(workspaceId);
    if (!workspace) {
      workspace = new LiveWorkspace(workspaceId, this.settings, this.#seats, (events) => {
        for (const listener of this.#listeners) listener(workspaceId, events);
      });
      this.#workspaces.set(workspaceId, workspace);
    }
    workspace.users += 1;
    clearTimeout(this.#lingering.get(workspace));
    this.#lingering.delete(workspace);
    return workspace;
  }

  #leave(workspaceId: string, workspace: LiveWorkspace): void {
    workspace.users -= 1;
    if (workspace.users > 0 || this.#workspaces.get(workspaceId) !== workspace) return;
    const end = () => {
      this.#lingering.delete(workspace);
      this.#workspaces.delete(workspaceId);
      const ending = workspace.close().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    };
    this.#lingering.set(workspace, setTimeout(end, lingerMs));
  }
}

/** What is followed in one workspace. */
class LiveWorkspace implements LiveStream {
  /** Open subscriptions, and those that are being opened. */
  users = 0;
  readonly #reader: EventReader;
  readonly #groups = new Map<string, LiveGroup>();
  readonly #byTopic = new Map<string, Set<LiveGroup>>();
  /** Groups that nobody follows any more and that still work something out. */
  readonly #leaving = new Set<LiveGroup>();
  #unit: { readonly scope: Scope; readonly since: number; readonly at: number } | null = null;
  /** Whose lasting rows the next unit takes over. */
  #before: Scope | null = null;

  constructor(
    private readonly workspaceId: string,
    private readonly settings: LiveSettings,
    seats: Seats,
    onEvents: (events: readonly LoggedEvent[]) => void,
  ) {
    this.#reader = new EventReader({
      ...settings,
      workspaceId,
      // Otherwise a client could get a position after the change without the reload, and resume from it elsewhere.
      beforeEvents: async (events) => {
        if (events.some(({ type }) => type === accessChanged)) await seats.lookAgain();
      },
      onEvents: (events) => {
        onEvents(events);
        this.#dispatch(events);
      },
      onReset: () => this.#eachGroup((group) => group.reset()),
    });
  }

  /** Resolves once this node has read the log up to the cursor that a client resumes from. */
  async begin(after: StreamHead | null): Promise<void> {
    await this.#reader.begin();
    if (after) await this.#reader.catchUp(after);
  }

  get hasBegun(): boolean {
    return this.#reader.hasBegun;
  }

  get position(): number {
    return this.#reader.place.position;
  }

  get epoch(): string {
    return this.#reader.place.epoch;
  }

  now(): number {
    return this.#batch().at;
  }

  unit(): Scope {
    return this.#batch().scope;
  }

  /** One unit of work and one time for all that is told of one batch; what it has read must not grow old. */
  #batch() {
    const since = performance.now();
    if (!this.#unit || since - this.#unit.since > unitMs) {
      const scope = this.#before?.next() ?? this.settings.systemScope(this.workspaceId);
      this.#unit = { scope, since, at: this.settings.clock().getTime() };
      this.#before = scope;
    }
    return this.#unit;
  }

  between(after: StreamHead, upTo: number): Promise<readonly LoggedEvent[] | null> {
    return this.#reader.between(after, upTo);
  }

  follow<Payload>(
    { source, secret, viewer, outlet, question, render }: Following<Payload>,
    seats: Seats,
    leave: () => void,
  ): OpenFollowing {
    const key = `${source.audience ?? ''} ${question}`;
    const group = this.#group(key, source, render as Render<unknown>);
    const seat = seats.take(secret, viewer);
    const follower = new Follower(seat, outlet, source.after ?? null);
    const release = source.open?.();
    group.add(follower);
    let open = true;
    return {
      wake: () => group.wake(),
      close: () => {
        if (!open) return;
        open = false;
        release?.();
        seats.leave(seat);
        group.remove(follower);
        if (group.size === 0) this.#drop(key, group);
        leave();
      },
    };
  }

  signal(topic: string, what: string): void {
    this.#unit = null;
    for (const group of this.#byTopic.get(topic) ?? []) group.wake(what);
  }

  beat(): void {
    this.#eachGroup((group) => group.beat());
  }

  unsettle(seat: Seat): void {
    this.#eachGroup((group) => group.unsettle(seat));
  }

  dismiss(seat: Seat): void {
    this.#eachGroup((group) => group.dismiss(seat));
  }

  async close(): Promise<void> {
    const work = [...this.#groups.values(), ...this.#leaving].map((group) => group.done);
    this.#eachGroup((group) => group.end(LiveEnd.CLOSING));
    this.#groups.clear();
    await Promise.all([this.#reader.close(), ...work]);
  }

  #dispatch(events: readonly LoggedEvent[]): void {
    this.#unit = null;
    if (events.some(({ ticketId }) => ticketId === null)) this.#before = null;
    const before = (events[0]?.position ?? 1) - 1;
    const concerned = new Set<LiveGroup>();
    for (const event of events) {
      for (const topic of ['events', ...this.settings.topicsOf(event)]) {
        for (const group of this.#byTopic.get(topic) ?? []) concerned.add(group);
      }
    }
    for (const group of concerned) group.wake(undefined, before);
  }

  #group(key: string, source: LiveSource, render: Render<unknown>): LiveGroup {
    const known = this.#groups.get(key);
    if (known) return known;
    const group = new LiveGroup(source, this, render, this.settings.logger);
    this.#groups.set(key, group);
    for (const topic of source.topics) this.#byTopic.set(topic, (this.#byTopic.get(topic) ?? new Set()).add(group));
    return group;
  }

  #drop(key: string, group: LiveGroup): void {
    if (this.#groups.get(key) === group) this.#groups.delete(key);
    this.#leaving.add(group);
    void group.done.then(() => this.#leaving.delete(group));
    for (const topic of group.source.topics) {
      const groups = this.#byTopic.get(topic);
      groups?.delete(group);
      if (groups?.size === 0) this.#byTopic.delete(topic);
    }
  }

  #eachGroup(act: (group: LiveGroup) => void): void {
    for (const group of [...this.#groups.values()]) act(group);
  }
}
