import { createHash } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { DomainError, InvalidInput } from '../kernel/domain-error.ts';
import type { Scope } from './scope.ts';

const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    key: p.text().primary(),
    operation: p.text(),
    payloadHash: p.text(),
    resultId: p.uuid(),
    createdAt: p.datetime(),
  },
});

/** What a member asked for once, and what came of it. */
export class IdempotencyKey extends IdempotencyKeySchema.class {}
IdempotencyKeySchema.setClass(IdempotencyKey);

/** The same key came with something else to do. */
class IdempotencyKeyReused extends DomainError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  constructor() {
    super('This idempotency key was used for something else before. Use a new key for every new thing you create.', 'idempotencyKey');
  }
}

export interface OnceOnly {
  /** Chosen by the client, 8 to 100 characters; without one the work is simply done. */
  readonly key: string | null | undefined;
  readonly operation: string;
  /** What is asked. The same key with another payload is refused. */
  readonly payload: unknown;
}

/**
 * Makes something once, however often and at however many nodes it is asked with the same key: the key and what was
 * made commit together, and whoever comes second waits for the first and gets the same. Answers the id of what was made.
 */
export function once(scope: Scope, { key, operation, payload }: OnceOnly, make: (tx: Scope) => Promise<string>): Promise<string> {
  return scope.transaction(async (tx) => {
    if (key === null || key === undefined) return make(tx);
    if (!/^[\w.:-]{8,100}$/.test(key)) {
      throw new InvalidInput('An idempotency key has 8 to 100 letters, digits, points, colons, hyphens or underscores.', 'idempotencyKey');
    }
    const { workspaceId, viewer, em } = tx;
    const { memberId } = viewer;
    const payloadHash = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
    // Whoever has the same key waits here until the first has committed or failed.
    await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${workspaceId} ${memberId} ${key}`]);
    const known = await em.findOne(IdempotencyKey, { workspaceId, memberId, key });
    if (known) {
      if (known.operation !== operation || known.payloadHash !== payloadHash) throw new IdempotencyKeyReused();
      return known.resultId;
    }
    const resultId = await make(tx);
    await em.insert(IdempotencyKey, { workspaceId, memberId, key, operation, payloadHash, resultId, createdAt: tx.now() });
    return resultId;
  });
}
