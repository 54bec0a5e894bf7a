import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { NameTakenType, SettingsConflictType, StillInUseType, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { SettingKind, type SettingState, type SettingVersion } from '../../../platform/setting-versions.ts';
import { RoleNotFoundType, TeamNotFoundType } from '../../access/api/index.ts';
import { CustomFieldNotFoundType } from '../../fields/api/index.ts';
import { asTargetList, SlaCalendarNotFoundType, SlaPolicyNotFoundType } from '../../sla/api/index.ts';
import type { Targets } from '../../sla/index.ts';
import { SettingNotFoundType } from '../../ticket-settings/api/index.ts';
import { allNames, ReferenceNotFoundType } from '../../tickets/api/index.ts';
import type { Names } from '../../tickets/index.ts';
import type { RestoredSetting } from '../restore-setting.ts';

registerEnumType(SettingKind, { name: 'SettingKind' });

@ObjectType('SettingVersion', { description: 'A setting as it was saved, or as it was deleted. Never changed.' })
export class SettingVersionType implements Pick<SettingVersion, 'id' | 'kind' | 'settingId' | 'version' | 'deleted' | 'savedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => SettingKind) kind!: SettingKind;
  @Field(() => ID, { description: 'Of the setting; the workspace’s own for what it has one of.' }) settingId!: string;
  @Field(() => Int) version!: number;
  @Field(() => Boolean, { description: 'It was deleted then. What it said last stands here.' }) deleted!: boolean;
  @Field(() => Date, { nullable: true, description: 'Null for what stood before versions were kept.' }) savedAt!: Date | null;
}

export const SettingVersionConnection = connectionTypes('SettingVersion', () => SettingVersionType);

@InputType()
export class SettingRestoreInput {
  @Field(() => ID, { description: 'Of a version.' }) id!: string;
  @Field(() => Int, { description: 'SettingVersion.newest as you saw it.' }) newest!: number;
}

const SettingRestoreError = userErrorUnion('SettingRestoreError', [
  CustomFieldNotFoundType,
  NameTakenType,
  ReferenceNotFoundType,
  RoleNotFoundType,
  SettingNotFoundType,
  SettingsConflictType,
  SlaCalendarNotFoundType,
  SlaPolicyNotFoundType,
  StillInUseType,
  TeamNotFoundType,
]);

@ObjectType()
export class SettingRestorePayload implements Partial<RestoredSetting> {
  @Field(() => SettingVersionType, { nullable: true, description: 'The one that stands now.' }) settingVersion?: SettingVersion;
  @Field(() => [String], { nullable: true, description: 'The parts that named something that is gone by now, and are without it.' })
  leftOut?: readonly string[];
  @Field(() => [SettingRestoreError]) userErrors!: UserErrorData[];
}

/** A state in the shape of the input that saves it. */
export function asInput(kind: SettingKind, state: SettingState): Readonly<Record<string, unknown>> {
  if (kind === SettingKind.PRIORITIES) {
    const names = Object.entries(state.names as Record<string, Names>);
    return { names: names.map(([priority, own]) => ({ priority, names: allNames(own) })) };
  }
  if (kind === SettingKind.LIFECYCLE) {
    const [closeNotices, staleNotices] = [allNames(state.closeNotices as Names), allNames(state.staleNotices as Names)];
    return { ...state, closeNotices, staleNotices };
  }
  if (kind === SettingKind.SLA_POLICY) return { ...state, targets: asTargetList(state.targets as Targets) };
  const named = 'names' in state ? { ...state, names: allNames(state.names as Names) } : state;
  if (kind !== SettingKind.FIELD) return named;
  const options = state.options as readonly { id: string; names: Names }[];
  return { ...named, options: options.map(({ id, names }) => ({ id, names: allNames(names) })) };
}
