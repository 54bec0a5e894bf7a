import { streamChanges, type StreamedChange } from '../../platform/live/change-stream.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import { ContactEvent } from './contact.events.ts';
import { canReadContactDetails } from './contact.policy.ts';

/** Streams every changed contact to viewers who may list contacts. No contact is ever deleted, so none is gone. */
export function streamContacts(after: StreamHead | null): LiveSource<StreamedChange> {
  return streamChanges({
    topics: [ContactEvent.CHANGED],
    after,
    changesOf: async ({ viewer }, { type, subjectId: id }) =>
      type === ContactEvent.CHANGED && canReadContactDetails(viewer) ? [{ kind: 'CHANGED', id }] : [],
  });
}
