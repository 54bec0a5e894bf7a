import { z } from 'zod';
import type { PubSub } from './pub-sub.ts';

export const PresenceActivity = {
  VIEWING: 'VIEWING',
  EDITING: 'EDITING',
  WRITING_NOTE: 'WRITING_NOTE',
  WRITING_REPLY: 'WRITING_REPLY',
} as const;
export type PresenceActivity = (typeof PresenceActivity)[keyof typeof PresenceActivity];

/** What one member does on a ticket or in a conversation, in the tab where they do most. */
export interface Presence {
  readonly memberId: string;
  readonly activity: PresenceActivity;
  /** The field somebody is in while EDITING. */
  readonly field: string | null;
}

const placeSchema = z.object({
  workspaceId: z.uuid(),
  /** The ticket or the conversation; null = online, on none in particular. */
  placeId: z.uuid().nullable(),
  memberId: z.uuid(),
  activity: z.enum(PresenceActivity),
  field: z.string().max(100).nullable(),
});
type Place = Readonly<z.infer<typeof placeSchema>>;

const inPlaceSchema = placeSchema.extend({ placeId: z.uuid() });
type InPlace = Place & PlaceKey;

const announcementSchema = z.object({
  node: z.uuid(),
  /** All places of the node, by connection. Replaces its previous announcement. */
  places: z.record(z.string().max(100), placeSchema),
});
type Announcement = z.infer<typeof announcementSchema>;

const repeatMs = 2000;
const forgottenAfterMs = 6500;
const rank: Record<PresenceActivity, number> = { VIEWING: 0, EDITING: 1, WRITING_NOTE: 2, WRITING_REPLY: 3 };

/**
 * Who is where, in memory alone. Each node says who is connected to it when that changes and every three seconds; a node
 * that falls silent takes its people with it, so a crash leaves nobody behind for longer than that.
 */
export class PresenceBoard {
  readonly #node = crypto.randomUUID();
  readonly #here = new Map<string, Place>();
  readonly #elsewhere = new Map<string, { places: Readonly<Record<string, Place>>; heardAt: number }>();
  readonly #unsubscribe: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pubSub: PubSub,
    /** Called when somebody came, went or does something else. */
    private readonly onChange: (workspaceId: string, placeId: string | null) => void,
  ) {}

  start(): void {
    this.#unsubscribe.push(this.pubSub.subscribe('presence', announcementSchema, (announcement) => this.#hear(announcement)));
    this.#unsubscribe.push(this.pubSub.subscribe('presence:act', inPlaceSchema, (place) => this.#apply(place)));
    this.#timer = setInterval(() => this.#repeat(), repeatMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#here.clear();
    this.#announce();
  }

  /** Puts a connection somewhere, in place of where it was. */
  enter(connection: string, place: Place): void {
    this.#move([this.#here.get(connection), place], () => this.#here.set(connection, place));
  }

  leave(connection: string): void {
    this.#move([this.#here.get(connection)], () => this.#here.delete(connection));
  }

  /**
   * Changes what a member does in a place, on every connection through which they have it open, on any node: the request
   * may reach another node than the socket did. Answers whether they are there at all.
   */
  act(place: InPlace): boolean {
    this.pubSub.publish('presence:act', place);
    return this.on(place.workspaceId, place.placeId).some(({ memberId }) => memberId === place.memberId);
  }

  /** The members on a ticket or in a conversation, once each. */
  on(workspaceId: string, placeId: string): Presence[] {
    const people = new Map<string, Presence>();
    for (const place of this.#everywhere()) {
      if (!samePlace(place, { workspaceId, placeId })) continue;
      const known = people.get(place.memberId);
      if (known && rank[known.activity] >= rank[place.activity]) continue;
      people.set(place.memberId, { memberId: place.memberId, activity: place.activity, field: place.field });
    }
    return [...people.values()].sort((a, b) => a.memberId.localeCompare(b.memberId));
  }

  /** The tickets and conversations of a workspace that members have open. */
  placeIds(workspaceId: string): string[] {
    const ids = new Set<string>();
    for (const place of this.#everywhere()) if (place.workspaceId === workspaceId && place.placeId) ids.add(place.placeId);
    return [...ids];
  }

  /** Everybody of a workspace who has a page of the desk open. */
  online(workspaceId: string): ReadonlySet<string> {
    const people = new Set<string>();
    for (const place of this.#everywhere()) if (place.workspaceId === workspaceId) people.add(place.memberId);
    return people;
  }

  #move(places: readonly (Place | undefined)[], change: () => void): void {
    change();
    this.#tell(places);
    this.#announce();
  }

  #apply(place: InPlace): void {
    for (const [connection, here] of [...this.#here]) {
      if (samePlace(here, place) && here.memberId === place.memberId) this.enter(connection, place);
    }
  }

  #announce(): void {
    const announcement: Announcement = { node: this.#node, places: Object.fromEntries(this.#here) };
    this.pubSub.publish('presence', announcement);
  }

  #hear({ node, places }: Announcement): void {
    if (node === this.#node) return;
    const before = this.#elsewhere.get(node)?.places;
    // A node heard for the first time does not know our people yet.
    if (!before) this.#announce();
    this.#elsewhere.set(node, { places, heardAt: performance.now() });
    this.#tell(differing(before ?? {}, places));
  }

  #repeat(): void {
    if (this.#here.size > 0) this.#announce();
    for (const [node, { places, heardAt }] of this.#elsewhere) {
      if (performance.now() - heardAt < forgottenAfterMs) continue;
      this.#elsewhere.delete(node);
      this.#tell(Object.values(places));
    }
  }

  *#everywhere(): Iterable<Place> {
    yield* this.#here.values();
    for (const { places } of this.#elsewhere.values()) yield* Object.values(places);
  }

  #tell(places: readonly (Place | undefined)[]): void {
    const told = new Set<string | null>();
    for (const place of places) {
      if (!place || told.has(place.placeId)) continue;
      told.add(place.placeId);
      this.onChange(place.workspaceId, place.placeId);
    }
  }
}

/** The places that came, went or say something else. */
function differing(before: Readonly<Record<string, Place>>, after: Readonly<Record<string, Place>>): (Place | undefined)[] {
  const connections = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...connections].flatMap((connection) =>
    JSON.stringify(before[connection]) === JSON.stringify(after[connection]) ? [] : [before[connection], after[connection]],
  );
}

interface PlaceKey {
  readonly workspaceId: string;
  readonly placeId: string;
}

function samePlace(a: Pick<Place, 'workspaceId' | 'placeId'>, b: PlaceKey): boolean {
  return a.placeId === b.placeId && a.workspaceId === b.workspaceId;
}
