import { NotPermitted } from '../../kernel/domain-error.ts';
import { may } from '../../kernel/viewer.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { readSecurityLog, type SecurityEvent } from '../../platform/security-log.ts';

export interface SecurityPage {
  readonly events: readonly SecurityEvent[];
  readonly hasNext: boolean;
}

export const securityCursors = new Cursors<SecurityEvent>('securityLog', ['uuid'], ({ id }) => [id]);

/** What touched security in the workspace, newest first. */
export async function listSecurityEvents(scope: Scope, first: number, after: string | null): Promise<SecurityPage> {
  if (!may(scope.viewer, 'security.read')) throw new NotPermitted('Your role does not read the security log. Ask an administrator.');
  const count = requirePageSize('first', first);
  const [before = null] = securityCursors.read('after', after) ?? [];
  const found = await readSecurityLog(scope, count + 1, before);
  return { events: found.slice(0, count), hasNext: found.length > count };
}
