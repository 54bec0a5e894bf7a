import { isDeepStrictEqual } from 'node:util';
import { defineEntity, p } from '@mikro-orm/core';
import { domainEvent } from '../kernel/domain-event.ts';
import { newId } from '../kernel/id.ts';
import { SettingsConflict } from '../kernel/settings-error.ts';
import { loaderByKey } from './loader.ts';
import type { Scope } from './scope.ts';

export const SettingKind = {
  TOPIC: 'TOPIC',
  STATUS: 'STATUS',
  FIELD: 'FIELD',
  TAG: 'TAG',
  PRIORITIES: 'PRIORITIES',
  TEMPLATE: 'TEMPLATE',
  SKILL_GROUP: 'SKILL_GROUP',
  LIFECYCLE: 'LIFECYCLE',
  SLA_POLICY: 'SLA_POLICY',
  SLA_CALENDAR: 'SLA_CALENDAR',
  TEAM: 'TEAM',
  ROLE: 'ROLE',
} as const;
export type SettingKind = (typeof SettingKind)[keyof typeof SettingKind];

/** All that an edit of a setting takes, so that an edit can bring it back. */
export type SettingState = Readonly<Record<string, unknown>>;

const SettingVersionSchema = defineEntity({
  name: 'SettingVersion',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    kind: p.enum(() => SettingKind).columnType('text'),
    settingId: p.uuid(),
    version: p.integer(),
    /** Of what was deleted, what it said last. */
    state: p.json<SettingState>(),
    deleted: p.boolean(),
    /** Null for the desk itself, and where savedAt is. */
    savedById: p.uuid().strictNullable(),
    /** Null for what stood before versions were kept, and for what a desk begins with. */
    savedAt: p.datetime().strictNullable(),
  },
});

/** A setting as it was saved. The database refuses to change or delete one. */
export class SettingVersion extends SettingVersionSchema.class {}
SettingVersionSchema.setClass(SettingVersion);

/** A kind of settings, and what one of them says. */
export interface Setting<T> {
  readonly kind: SettingKind;
  readonly stateOf: (thing: T, tx: Scope) => SettingState | Promise<SettingState>;
}

interface Versioned {
  readonly id: string;
  version: number;
}

/** Under which id and version something is made: anew, or as what was deleted. */
export interface MadeAs {
  readonly id: string;
  readonly version: number;
}

export const madeAnew = (): MadeAs => ({ id: newId(), version: 1 });

/** Which setting changed, or was deleted; without a subject the order of its kind changed. */
export const settingChanged = 'setting.changed';

export function recordSettingChange(tx: Scope, kind: SettingKind, settingId: string | null): void {
  tx.record(domainEvent(settingChanged, null, { subjectId: settingId, changes: [{ field: 'setting', from: null, to: kind }] }));
}

export function recordSettingDeletion(tx: Scope, kind: SettingKind, settingId: string): void {
  tx.record(domainEvent(settingChanged, null, { subjectId: settingId, changes: [{ field: 'setting', from: kind, to: null }] }));
}

export async function settingCreated<T extends Versioned>(tx: Scope, setting: Setting<T>, thing: T): Promise<void> {
  await tx.em.flush();
  await keep(tx, setting, thing, saved(tx));
  recordSettingChange(tx, setting.kind, thing.id);
}

export interface Revision<T> {
  readonly thing: T;
  /** The version that the edit started from; null = the present one. */
  readonly version: number | null;
  readonly change: () => void | Promise<void>;
  /** The state after the change, for a setting whose unsaved state cannot be read. */
  readonly wanted?: SettingState;
}

/**
 * Changes a setting to its next version and keeps both. Returns false if the change leaves it as it is: then nothing is
 * recorded. Refuses an edit that started from another version.
 */
export async function reviseSetting<T extends Versioned>(
  tx: Scope,
  setting: Setting<T>,
  { thing, version, change, wanted }: Revision<T>,
): Promise<boolean> {
  const before = thing.version;
  if (version !== null && before !== version) throw new SettingsConflict(before);
  const state = plain(await setting.stateOf(thing, tx));
  if (wanted && isDeepStrictEqual(plain(wanted), state)) return false;
  await change();
  thing.version += 1;
  await tx.em.flush();
  if (isDeepStrictEqual(plain(await setting.stateOf(thing, tx)), state)) {
    thing.version = before;
    return false;
  }
  await keep(tx, setting, thing, { savedById: null, savedAt: null, version: before, state });
  await keep(tx, setting, thing, saved(tx));
  recordSettingChange(tx, setting.kind, thing.id);
  return true;
}

/** A state as it is stored. */
function plain(state: SettingState): SettingState {
  return JSON.parse(JSON.stringify(state)) as SettingState;
}

/** To be told before it is gone. */
export async function settingDeleted<T extends Versioned>(tx: Scope, setting: Setting<T>, thing: T): Promise<void> {
  await keep(tx, setting, thing, { savedById: null, savedAt: null });
  await keep(tx, setting, thing, { ...saved(tx), version: thing.version + 1, deleted: true });
  recordSettingDeletion(tx, setting.kind, thing.id);
}

type Kept = Pick<SettingVersion, 'savedById' | 'savedAt'> & Partial<Pick<SettingVersion, 'version' | 'deleted' | 'state'>>;

/** What is kept already stays as it is. */
async function keep<T extends Versioned>(tx: Scope, { kind, stateOf }: Setting<T>, thing: T, kept: Kept): Promise<void> {
  const state = kept.state ?? (await stateOf(thing, tx));
  const row = { kind, settingId: thing.id, version: thing.version, deleted: false, ...kept, state };
  await tx.em.upsert(
    SettingVersion,
    { workspaceId: tx.workspaceId, id: newId(), ...row },
    { onConflictFields: ['workspaceId', 'kind', 'settingId', 'version'], onConflictAction: 'ignore' },
  );
}

function saved(tx: Scope): Pick<SettingVersion, 'savedById' | 'savedAt'> {
  return { savedById: tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null, savedAt: tx.now() };
}

export interface SettingVersionsAsked {
  readonly kinds: readonly SettingKind[];
  readonly settingId: string | null;
  readonly first: number;
  /** The id of the last one had. Ids grow with time. */
  readonly before: string | null;
}

/** The newest first. */
export function readSettingVersions(
  { em, workspaceId }: Scope,
  { kinds, settingId, first, before }: SettingVersionsAsked,
): Promise<SettingVersion[]> {
  return em.find(
    SettingVersion,
    { workspaceId, kind: { $in: [...kinds] }, ...(settingId ? { settingId } : {}), ...(before ? { id: { $lt: before } } : {}) },
    { orderBy: { id: 'desc' }, limit: first },
  );
}

/** One version, by what settingVersionKey() says of it. */
export const settingVersionByKey = loaderByKey(
  ({ em, workspaceId }, keys: readonly string[]) =>
    em.find(SettingVersion, {
      workspaceId,
      $or: keys.map((key) => {
        const [kind, settingId = '', version] = key.split(' ');
        return { kind: kind as SettingKind, settingId, version: Number(version) };
      }),
    }),
  settingVersionKey,
);

export function settingVersionKey({ kind, settingId, version }: Pick<SettingVersion, 'kind' | 'settingId' | 'version'>): string {
  return `${kind} ${settingId} ${version}`;
}

interface NewestVersion {
  readonly key: string;
  readonly version: number;
}

/** The number of the newest version of a setting, by its kind and id with a space between. */
export const newestVersionOf = loaderByKey(
  ({ em, workspaceId }, keys: readonly string[]): Promise<NewestVersion[]> =>
    em.execute(
      `select asked.key, newest.version
       from jsonb_array_elements_text(?::jsonb) asked(key), lateral (
         select version from setting_version
         where workspace_id = ? and kind = split_part(asked.key, ' ', 1) and setting_id = split_part(asked.key, ' ', 2)::uuid
         order by version desc limit 1) newest`,
      [JSON.stringify(keys), workspaceId],
    ),
  ({ key }) => key,
);
