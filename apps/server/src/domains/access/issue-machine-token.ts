import { NotPermitted } from '../../kernel/domain-error.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { issueToken, requireConfirmed, type AccessToken, type CreateAccessToken } from '../identity/index.ts';
import { createMachine, type Place } from './change-people.ts';

export type IssueMachineToken = CreateAccessToken & Place;

/** A token that belongs to no person: it goes on when its maker leaves. It acts as a member of its own, with a role. */
export function issueMachineToken(scope: Scope, command: IssueMachineToken): Promise<{ token: AccessToken; secret: string }> {
  return scope.transaction(async (tx) => {
    requireConfirmed(tx);
    if (!may(tx.viewer, 'token.machine')) throw new NotPermitted('Your role does not keep tokens of machines. Ask an administrator.');
    const { id } = await createMachine(tx, command);
    return issueToken(tx, id, command);
  });
}
