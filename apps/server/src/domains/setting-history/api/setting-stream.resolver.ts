import { Arg, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { StreamChange, streamChange } from '../../../graphql/change-stream.ts';
import { following } from '../../../graphql/context.ts';
import type { StreamedChange } from '../../../platform/live/change-stream.ts';
import { parseHead } from '../../../platform/live/stream-head.ts';
import { SettingKind } from '../../../platform/setting-versions.ts';
import { settingOf, streamSettings } from '../stream-settings.ts';

@ObjectType({ description: 'A message of the stream of settings. It names the setting; its content is read by the query of its kind.' })
class SettingChange extends StreamChange {
  @Field(() => SettingKind, { nullable: true, description: 'Null for RELOAD and HEARTBEAT.' }) settingKind!: SettingKind | null;
  @Field(() => ID, { nullable: true, description: 'Null when the order of all settings of the kind changed.' })
  settingId!: string | null;
}

@Resolver()
export class SettingStreamResolver {
  @Subscription(() => SettingChange, {
    description: 'Settings that were created, changed, reordered or deleted, for API clients that keep a copy. Resumable.',
    subscribe: following<{ after?: string | null }>(({ args }) => streamSettings(parseHead(args.after))),
  })
  settingsStreamed(
    @Arg('after', () => String, { nullable: true, description: 'The last position you have. Without one: from now on.' })
    _after: string | null,
    @Root() change: StreamedChange,
  ): SettingChange {
    const { event, id } = change;
    return { ...streamChange(change), settingKind: event && settingOf(event).kind, settingId: id };
  }
}
