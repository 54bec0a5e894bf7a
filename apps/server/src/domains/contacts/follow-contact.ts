import { isId } from '../../kernel/id.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import { ContactEvent } from './contact.events.ts';

/** Ticks at the start and whenever somebody changed the client's card. */
export function followContact(contactId: string): LiveSource<true> {
  return {
    topics: [`subject:${contactId}`],
    begin: async () => ({ payloads: isId(contactId) ? [true] : [] }),
    step: async (_scope, { events }) => ({
      payloads: events.some(({ type, subjectId }) => type === ContactEvent.CHANGED && subjectId === contactId) ? [true] : [],
    }),
  };
}
