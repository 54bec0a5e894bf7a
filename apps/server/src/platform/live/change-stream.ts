import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../scope.ts';
import type { LiveSource } from './live-source.ts';
import type { StreamHead } from './stream-head.ts';

export const StreamChangeKind = { CHANGED: 'CHANGED', GONE: 'GONE', RELOAD: 'RELOAD', HEARTBEAT: 'HEARTBEAT' } as const;
export type StreamChangeKind = (typeof StreamChangeKind)[keyof typeof StreamChangeKind];

/** What an event means for one object: it changed for the viewer, or it is gone for them. */
export interface ObjectChange {
  readonly kind: 'CHANGED' | 'GONE';
  readonly id: string | null;
}

/** One message of a stream of changed objects. The event is null for RELOAD and HEARTBEAT. */
export interface StreamedChange {
  readonly kind: StreamChangeKind;
  readonly id: string | null;
  readonly event: LoggedEvent | null;
  readonly head: StreamHead;
}

export interface ChangeStream {
  readonly topics: readonly string[];
  readonly after: StreamHead | null;
  /** The objects that the event concerns. Leaves out those that the viewer neither sees nor saw. */
  changesOf(scope: Scope, event: LoggedEvent): Promise<readonly ObjectChange[]>;
}

/**
 * Streams which objects changed, for API clients that keep a copy. A message names the object and states its present
 * condition, so the last of several changes in one step replaces the earlier ones.
 */
export function streamChanges({ topics, after, changesOf }: ChangeStream): LiveSource<StreamedChange> {
  return {
    topics,
    after,
    begin: async () => ({ payloads: [] }),
    async step(scope, { events, head }) {
      const changes = await Promise.all(events.map((event) => changesOf(scope, event)));
      const latest = new Map<string, StreamedChange>();
      for (const [index, event] of events.entries()) {
        for (const { kind, id } of changes[index] ?? []) {
          const key = id ?? event.id;
          latest.delete(key);
          latest.set(key, { kind, id, event, head: { ...head, position: event.position } });
        }
      }
      return { payloads: [...latest.values()] };
    },
    reload: (head) => ({ kind: 'RELOAD', id: null, event: null, head }),
    heartbeat: (head) => ({ kind: 'HEARTBEAT', id: null, event: null, head }),
  };
}
