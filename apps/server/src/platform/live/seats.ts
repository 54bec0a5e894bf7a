import { sameRights, type Viewer } from '../../kernel/viewer.ts';
import type { Logger } from '../logger.ts';

const lookMs = 500;

/** Whom each secret stands for now; null for nobody. One round trip for all. */
export type AuthenticateAll = (secrets: readonly string[]) => Promise<ReadonlyMap<string, Viewer | null>>;

/** One credential with something open on this node: who it stands for, by their rights of now. */
export interface Seat {
  readonly secret: string;
  readonly viewer: Viewer;
}

interface TakenSeat {
  readonly secret: string;
  viewer: Viewer;
  users: number;
}

/**
 * Looks twice a second whether those with something open still are who they were, with the rights they had: sessions
 * end, tokens are revoked, roles and teams change, on any node and by any hand, and nothing need tell us.
 */
export class Seats {
  readonly #seats = new Map<string, TakenSeat>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(
    private readonly authenticateAll: AuthenticateAll,
    private readonly logger: Logger,
    private readonly on: { readonly changed: (seat: Seat) => void; readonly lost: (seat: Seat) => void },
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  take(secret: string, viewer: Viewer): Seat {
    const seat = this.#seats.get(secret) ?? { secret, viewer, users: 0 };
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
    if (this.#looking || this.#seats.size === 0) return;
    this.#looking = true;
    try {
      const seats = [...this.#seats.values()];
      const viewers = await this.authenticateAll(seats.map(({ secret }) => secret));
      for (const seat of seats) {
        const viewer = viewers.get(seat.secret) ?? null;
        if (viewer === null) this.on.lost(seat);
        else if (!sameRights(seat.viewer, viewer)) this.#change(seat, viewer);
      }
    } catch (error) {
      this.logger.error({ err: error }, 'could not look whether rights changed; it is tried again at once');
    } finally {
      this.#looking = false;
    }
  }

  #change(seat: TakenSeat, viewer: Viewer): void {
    seat.viewer = viewer;
    this.on.changed(seat);
  }
}
