import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { accountOf, Account, requireConfirmedBrowser, Workspace } from '../identity/index.ts';
import { requireSettings } from './access.policy.ts';

/**
 * Asks everybody who signs in with a password for a second factor, or no longer. Whoever has none may from then on do
 * nothing but set one up, also where they are signed in now.
 */
export function requireSecondFactor(scope: Scope, required: boolean): Promise<Workspace> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    requireSettings(tx.viewer, 'people.manage');
    const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    if (workspace.secondFactorRequired === required) return workspace;
    const accountId = await accountOf(tx);
    const account = accountId === null ? null : await tx.em.findOneOrFail(Account, { id: accountId });
    if (required && account && account.totpConfirmedAt === null) {
      throw new InvalidInput('Set up a second factor for yourself first, or you would shut yourself out.', 'required');
    }
    workspace.secondFactorRequired = required;
    await recordSecurity(tx, SecurityEventKind.WORKSPACE_CHANGED, { details: { secondFactorRequired: required } });
    tx.record(domainEvent(accessChanged, null));
    return workspace;
  });
}

const leastLogDays = 30;
const mostLogDays = 3650;

/** Says for how long the security log is kept: what is older is taken away within the hour. Null keeps it for ever. */
export function keepSecurityLog(scope: Scope, days: number | null): Promise<Workspace> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    if (days !== null && !(days >= leastLogDays && days <= mostLogDays)) {
      throw new InvalidInput(
        `${days} days are not possible. Give ${leastLogDays} to ${mostLogDays}, or nothing to keep it for ever.`,
        'days',
      );
    }
    const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    if (workspace.securityLogDays === days) return workspace;
    await recordSecurity(tx, SecurityEventKind.WORKSPACE_CHANGED, {
      details: { securityLogDays: { from: workspace.securityLogDays, to: days } },
    });
    workspace.securityLogDays = days;
    return workspace;
  });
}
