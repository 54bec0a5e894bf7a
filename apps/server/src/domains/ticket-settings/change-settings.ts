import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  recordSettingChange,
  reviseSetting,
  settingCreated,
  settingDeleted,
  type Revision,
  type Setting,
  type SettingKind,
} from '../../platform/setting-versions.ts';
import type { Workspace } from '../identity/index.ts';
import { settingsChanged, type Names } from '../tickets/index.ts';

/** Does something to what tickets are made of: by those who may, one after the other in a workspace, and told to everybody. */
export function changeSettings<T>(scope: Scope, work: (tx: Scope) => Promise<T>): Promise<T> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'settings.save'))
      throw new NotPermitted('Saving settings needs the permission "settings.save". Ask an administrator.');
    await tx.em.execute('select 1 from workspace where id = ? for no key update', [tx.workspaceId]);
    const before = tx.recordedCount;
    const result = await work(tx);
    await tx.em.flush();
    if (tx.recordedCount > before) tx.record(domainEvent(settingsChanged, null));
    return result;
  });
}

/** A kind of what tickets are made of. Each version of it is kept, and the security log says who saved which. */
export interface TicketSetting<T> extends Setting<T> {
  readonly nameOf: (thing: T) => string;
}

type Versioned = Parameters<typeof settingCreated>[2];

export async function ticketSettingCreated<T extends Versioned>(tx: Scope, setting: TicketSetting<T>, thing: T): Promise<T> {
  await settingCreated(tx, setting, thing);
  await note(tx, setting.kind, { name: setting.nameOf(thing), version: thing.version, created: true });
  return thing;
}

/** Changes it from the version that was opened; null = from whatever stands. */
export async function reviseTicketSetting<T extends Versioned>(tx: Scope, setting: TicketSetting<T>, revision: Revision<T>): Promise<T> {
  const { thing } = revision;
  if (await reviseSetting(tx, setting, revision)) await note(tx, setting.kind, { name: setting.nameOf(thing), version: thing.version });
  return thing;
}

/** To be told before it is gone. */
export async function ticketSettingDeleted<T extends Versioned>(tx: Scope, setting: TicketSetting<T>, thing: T): Promise<T> {
  await settingDeleted(tx, setting, thing);
  await note(tx, setting.kind, { name: setting.nameOf(thing), deleted: true });
  return thing;
}

/** Settings that stand in a workspace itself, with a version of their own. */
export class WorkspacePart {
  constructor(
    readonly workspace: Workspace,
    private readonly counter: 'lifecycleVersion' | 'prioritiesVersion',
  ) {}

  get id(): string {
    return this.workspace.id;
  }

  get version(): number {
    return this.workspace[this.counter];
  }

  set version(version: number) {
    this.workspace[this.counter] = version;
  }
}

/** Puts things in the order of some ids; those left out follow as they were. */
export async function putInOrder<T extends { readonly id: string; place: number }>(
  tx: Scope,
  kind: SettingKind,
  { things, ids }: { readonly things: readonly T[]; readonly ids: readonly string[] },
): Promise<T[]> {
  const placeOf = ({ id }: T) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  const ordered = things.toSorted((a, b) => placeOf(a) - placeOf(b));
  if (ordered.every((thing, place) => thing === things[place])) return ordered;
  for (const [place, thing] of ordered.entries()) thing.place = place;
  await note(tx, kind, { ordered: true });
  recordSettingChange(tx, kind, null);
  return ordered;
}

function note(tx: Scope, kind: SettingKind, facts: Readonly<Record<string, unknown>>): Promise<void> {
  return recordSecurity(tx, SecurityEventKind.TICKET_SETTINGS_CHANGED, { details: { setting: kind, ...facts } });
}

/** What a log calls a thing with a name in each language. */
export function nameInLog({ name }: { readonly name: Names }): string {
  return name.en ?? Object.values(name)[0] ?? '';
}

export async function isInUse({ em, workspaceId }: Scope, table: 'ticket' | 'ticket_tag', column: string, id: string): Promise<boolean> {
  const [row]: object[] = await em.execute(`select 1 from ${table} where workspace_id = ? and ${column} = ? limit 1`, [workspaceId, id]);
  return isId(id) && row !== undefined;
}
