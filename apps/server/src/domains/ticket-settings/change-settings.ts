import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { SettingsConflict } from '../../kernel/settings-error.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { settingsChanged } from '../tickets/index.ts';

/**
 * Does something to what tickets are made of: by those who may, one after the other in a workspace, noted in the security
 * log and told to everybody.
 */
export function changeSettings<T>(scope: Scope, details: Readonly<Record<string, unknown>>, work: (tx: Scope) => Promise<T>): Promise<T> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'settings.save'))
      throw new NotPermitted('Saving settings needs the permission "settings.save". Ask an administrator.');
    await tx.em.execute('select 1 from workspace where id = ? for update', [tx.workspaceId]);
    const result = await work(tx);
    await tx.em.flush();
    await recordSecurity(tx, SecurityEventKind.TICKET_SETTINGS_CHANGED, { details });
    tx.record(domainEvent(settingsChanged, null));
    return result;
  });
}

/** Two who edit the same thing: the second is told, and overwrites nothing. */
export function requireVersion(thing: { readonly version: number }, version: number): void {
  if (thing.version !== version) throw new SettingsConflict(thing.version);
}

/** Things in the order of some ids; those left out follow as they were. */
export function inOrder<T extends { readonly id: string }>(things: readonly T[], ids: readonly string[]): T[] {
  const placeOf = ({ id }: T) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  return things.toSorted((a, b) => placeOf(a) - placeOf(b));
}

export async function isInUse({ em, workspaceId }: Scope, table: 'ticket' | 'ticket_tag', column: string, id: string): Promise<boolean> {
  const [row]: object[] = await em.execute(`select 1 from ${table} where workspace_id = ? and ${column} = ? limit 1`, [workspaceId, id]);
  return isId(id) && row !== undefined;
}
