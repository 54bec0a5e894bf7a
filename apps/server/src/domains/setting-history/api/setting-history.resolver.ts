import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import {
  newestVersionOf,
  SettingKind,
  settingVersionByKey,
  settingVersionKey,
  type SettingVersion,
} from '../../../platform/setting-versions.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { versionCursors, listSettingVersions } from '../list-versions.ts';
import { restoreSetting } from '../restore-setting.ts';
import {
  asInput,
  SettingRestoreInput,
  SettingRestorePayload,
  SettingVersionConnection,
  SettingVersionType,
} from './setting-history.type.ts';

@Resolver()
export class SettingHistoryResolver {
  @Query(() => SettingVersionConnection, { description: 'What was saved of settings, newest first, at most 100 a page.' })
  async settingVersions(
    @Arg('kind', () => SettingKind, { nullable: true, description: 'Of this kind alone.' }) kind: SettingKind | null,
    @Arg('settingId', () => ID, { nullable: true, description: 'Of this one alone.' }) settingId: string | null,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { scope }: Context,
  ): Promise<Connection<SettingVersion>> {
    const { versions, hasNext } = await listSettingVersions(scope, { kind, settingId, first, after });
    return connection(versions, versionCursors.of, { next: hasNext });
  }

  @Mutation(() => SettingRestorePayload, {
    description: 'Saves a setting as an earlier version has it, and makes it again if it was deleted.',
  })
  @ReturnsUserErrors()
  settingRestore(
    @Arg('input', () => SettingRestoreInput) input: SettingRestoreInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SettingRestorePayload>> {
    return restoreSetting(scope, input);
  }
}

@Resolver(() => SettingVersionType)
export class SettingVersionResolver {
  @FieldResolver(() => String, { description: 'All that it said, as JSON in the shape of the input that saves it.' })
  state(@Root() { kind, state }: SettingVersion): string {
    return JSON.stringify(asInput(kind, state));
  }

  @FieldResolver(() => String, { nullable: true, description: 'The same of the version before it; null where none is kept.' })
  async stateBefore(@Root() { kind, settingId, version }: SettingVersion, @Ctx() { scope }: Context): Promise<string | null> {
    const before = await scope.load(settingVersionByKey, settingVersionKey({ kind, settingId, version: version - 1 }));
    return before && !before.deleted ? JSON.stringify(asInput(kind, before.state)) : null;
  }

  @FieldResolver(() => Int, { description: 'The newest version of the setting.' })
  async newest(@Root() { kind, settingId, version }: SettingVersion, @Ctx() { scope }: Context): Promise<number> {
    return (await scope.load(newestVersionOf, `${kind} ${settingId}`))?.version ?? version;
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for the desk itself, and where savedAt is.' })
  savedBy(@Root() { savedById }: SettingVersion, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, savedById);
  }
}
