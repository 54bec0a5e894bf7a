import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { StreamChangeKind, type StreamedChange } from '../platform/live/change-stream.ts';
import { formatHead } from '../platform/live/stream-head.ts';

registerEnumType(StreamChangeKind, {
  name: 'StreamChangeKind',
  description: 'The kind of message in a stream of changed objects.',
  valuesConfig: {
    CHANGED: { description: 'The object was created or changed. The message states how it is now.' },
    GONE: { description: 'The object was deleted, or you may no longer see it. Delete your copy.' },
    RELOAD: { description: 'Events before this position can no longer be delivered. Load everything again and continue from here.' },
    HEARTBEAT: { description: 'Nothing was missed up to this position. Sent every 10 seconds.' },
  },
});

/** What every message of such a stream has. */
@ObjectType()
export abstract class StreamChange {
  @Field(() => StreamChangeKind) kind!: StreamChangeKind;
  @Field(() => String, { description: 'Resume after this position.' }) position!: string;
}

export function streamChange({ kind, head }: StreamedChange): StreamChange {
  return { kind, position: formatHead(head) };
}
