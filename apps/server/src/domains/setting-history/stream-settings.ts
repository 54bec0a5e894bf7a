import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import { streamChanges, type StreamedChange } from '../../platform/live/change-stream.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import { settingChanged, SettingKind } from '../../platform/setting-versions.ts';

/** Streams which settings changed. Roles are named only to viewers who may list them. */
export function streamSettings(after: StreamHead | null): LiveSource<StreamedChange> {
  return streamChanges({
    topics: [settingChanged],
    after,
    async changesOf({ viewer }, event) {
      if (event.type !== settingChanged) return [];
      const { kind, isDeleted } = settingOf(event);
      if (kind === SettingKind.ROLE && !may(viewer, 'people.read')) return [];
      return [{ kind: isDeleted ? 'GONE' : 'CHANGED', id: event.subjectId }];
    },
  });
}

export function settingOf({ changes: [change] }: Pick<LoggedEvent, 'changes'>): { kind: SettingKind; isDeleted: boolean } {
  return { kind: (change?.to ?? change?.from) as SettingKind, isDeleted: change?.to === null };
}
