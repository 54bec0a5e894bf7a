import type { Client } from '@urql/core';
import {
  TicketLogDocument,
  type ActivityEntryFragment,
  type ActorKind,
  type TicketLogQueryVariables,
} from '#lib/graphql/generated/graphql.ts';
import { activityKinds, type ActivityKind } from './activity-kinds.ts';

/** What of a log is looked at. `actor`: a member's id, or a kind of actor; null = anybody's. */
export interface LogFilter {
  readonly kind: ActivityKind | null;
  readonly actor: string | null;
}

const otherActors: readonly string[] = ['CLIENT', 'SYSTEM', 'IMPORT'] satisfies ActorKind[];
const pageSize = 100;

function asked({ kind, actor }: LogFilter): Pick<TicketLogQueryVariables, 'types' | 'actorIds' | 'actorKinds'> {
  const isKind = actor !== null && otherActors.includes(actor);
  return {
    types: kind ? [...activityKinds[kind]] : null,
    actorIds: actor === null || isKind ? null : [actor],
    actorKinds: isKind ? [actor as ActorKind] : null,
  };
}

/** A part of a ticket's log, page by page. What is newer than it was read comes with the ticket. */
export class ActivityLog {
  entries = $state.raw<readonly ActivityEntryFragment[]>([]);
  hasOlder = $state(false);
  loading = $state(false);
  fault = $state<string | null>(null);
  #cursor: string | null = null;
  #reading = 0;

  constructor(
    private readonly client: Client,
    private readonly ticketId: string,
    private readonly filter: LogFilter,
  ) {}

  /** The page before those that are there; the newest one first. */
  async load(): Promise<void> {
    const reading = ++this.#reading;
    this.loading = true;
    const variables = { id: this.ticketId, last: pageSize, before: this.#cursor, ...asked(this.filter) };
    const { data, error } = await this.client.query(TicketLogDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    if (reading !== this.#reading) return;
    this.loading = false;
    this.fault = data?.ticket ? null : (error?.message ?? '');
    if (!data?.ticket) return;
    const { edges, pageInfo } = data.ticket.activity;
    this.entries = [...edges.map(({ node }) => node), ...this.entries];
    this.hasOlder = pageInfo.hasPreviousPage;
    this.#cursor = pageInfo.startCursor;
  }

  /** All that there is, however long. */
  async loadAll(): Promise<void> {
    do await this.load();
    while (this.hasOlder && this.fault === null);
  }
}

/** Whether an entry that came meanwhile belongs to what is looked at. */
export function isAsked({ kind, actor }: LogFilter, entry: ActivityEntryFragment): boolean {
  const isOfKind = kind === null || (activityKinds[kind] as readonly string[]).includes(entry.type);
  return isOfKind && (actor === null || actor === (entry.actor?.id ?? entry.actorKind));
}
