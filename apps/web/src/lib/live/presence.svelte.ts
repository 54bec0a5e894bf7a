import type { Client } from '@urql/core';
import {
  PresenceChangedDocument,
  PresenceSetDocument,
  type PresenceActivity,
  type PresenceChangedSubscription,
} from '#lib/graphql/generated/graphql.ts';
import { followState } from './follow-state.svelte.ts';

const quietAfterMs = 4000;
const repeatMs = 2000;

/** A ticket or a conversation. */
type PresencePlace = { readonly ticketId: string } | { readonly conversationId: string };

/** Who has a ticket or a conversation open, and what the others see of this member. Create it in a component. */
export class PlacePresence {
  people = $state.raw<PresenceChangedSubscription['presenceChanged']>([]);
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #told = '';
  #toldAt = 0;

  constructor(
    private readonly client: Client,
    private readonly place: () => PresencePlace | null,
  ) {
    followState(
      client,
      PresenceChangedDocument,
      () => place(),
      (data) => (this.people = data.presenceChanged),
    );
  }

  /** Says that we write or edit now. Silence for a few seconds says that we stopped. */
  acting(activity: PresenceActivity, field: string | null = null): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#tell('VIEWING', null), quietAfterMs);
    this.#tell(activity, field);
  }

  stop(): void {
    clearTimeout(this.#quiet);
    this.#tell('VIEWING', null);
  }

  #tell(activity: PresenceActivity, field: string | null): void {
    const place = this.place();
    const words = `${JSON.stringify(place)} ${activity} ${field}`;
    // Said again now and then: a reconnected socket begins as a mere viewer.
    if (place === null || (words === this.#told && performance.now() - this.#toldAt < repeatMs)) return;
    this.#told = words;
    this.#toldAt = performance.now();
    void this.client.mutation(PresenceSetDocument, { input: { ...place, activity, field } }).toPromise();
  }
}
