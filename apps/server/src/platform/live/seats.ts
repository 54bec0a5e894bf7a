import { sameRights, type Viewer } from '../../kernel/viewer.ts';
import type { Logger } from '../logger.ts';

const lookMs = 500;

/** Asks what secrets stand for now. */
export interface Credentials {
  /** The rights behind each secret, as words that are equal when the rights are; nothing for those that open nothing. */
  rightsBehind(secrets: readonly string[]): Promise<ReadonlyMap<string, string>>;
  authenticate(secret: string): Promise<Viewer | null>;
}

/** One credential with something open on this node: who it stands for, by their rights of now. */
export interface Seat {
  readonly secret: string;
  readonly viewer: Viewer;
}

interface TakenSeat {
  readonly secret: string;
  viewer: Viewer;
  /** As they were when last looked at; null = not looked at yet. */
  rights: string | null;
  users: number;
}

/**
 * Looks twice a second whether those with something open still are who they were, with the rights they had: sessions
 * end, tokens are revoked, roles and teams change, on any node and by any hand, and nothing need tell us.
 */
export class Seats {
  readonly #seats = new Map<string, TakenSeat>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | null = null;

  constructor(
    private readonly credentials: Credentials,
    private readonly logger: Logger,
    private readonly on: { readonly changed: (seat: Seat) => void; readonly lost: (seat: Seat) => void },
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
  }

  /** Resolves once it looks no more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look?.catch(() => undefined);
  }

  take(secret: string, viewer: Viewer): Seat {
    const seat = this.#seats.get(secret) ?? { secret, viewer, rights: null, users: 0 };
    this.#seats.set(secret, seat);
    seat.users += 1;
    if (!sameRights(seat.viewer, viewer)) this.#change(seat, viewer);
    return seat;
  }

  leave({ secret }: Seat): void {
    const seat = this.#seats.get(secret);
    if (seat && --seat.users === 0) this.#seats.delete(secret);
  }

  async look(): Promise<void> {
    if (this.#look || this.#seats.size === 0) return;
    await this.#start().catch((error: unknown) => this.logger.error({ err: error }, 'could not compare permissions, retrying in 0.5 s'));
  }

  /** Resolves once it has looked at what is committed now. Fails when the database cannot be reached. */
  async lookAgain(): Promise<void> {
    while (this.#look) await this.#look.catch(() => undefined);
    if (this.#seats.size > 0) await this.#start();
  }

  async #start(): Promise<void> {
    this.#look = this.#lookAtAll().finally(() => (this.#look = null));
    await this.#look;
  }

  async #lookAtAll(): Promise<void> {
    const seats = [...this.#seats.values()];
    const rights = await this.credentials.rightsBehind(seats.map(({ secret }) => secret));
    for (const seat of seats) {
      const found = rights.get(seat.secret) ?? null;
      if (found !== null && found === seat.rights) continue;
      const viewer = found === null ? null : await this.credentials.authenticate(seat.secret);
      seat.rights = found;
      if (viewer === null) this.on.lost(seat);
      else if (!sameRights(seat.viewer, viewer)) this.#change(seat, viewer);
    }
  }

  #change(seat: TakenSeat, viewer: Viewer): void {
    seat.viewer = viewer;
    this.on.changed(seat);
  }
}
