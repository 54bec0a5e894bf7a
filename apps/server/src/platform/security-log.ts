import { defineEntity, p } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { newId } from '../kernel/id.ts';
import { cutText } from '../kernel/text.ts';
import { tokenOf, type Origin } from '../kernel/viewer.ts';
import type { Scope } from './scope.ts';

const SecurityEventSchema = defineEntity({
  name: 'SecurityEvent',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    kind: p.text(),
    /** The member who did it; null for somebody who is not known yet. */
    actorId: p.uuid().strictNullable(),
    /** The member, token, team or role it was done to. */
    subjectId: p.uuid().strictNullable(),
    address: p.text(),
    userAgent: p.text(),
    details: p.json<Readonly<Record<string, unknown>>>(),
    at: p.datetime(),
    /** Number of refusals in its minute; 1 for other rows. */
    count: p.integer().default(1),
    /** The token that the actor used; null for a browser. */
    tokenId: p.uuid().strictNullable().default(null),
  },
});

/** An event that concerns security. The database refuses to delete one, and to change more than the count of refusals. */
export class SecurityEvent extends SecurityEventSchema.class {}
SecurityEventSchema.setClass(SecurityEvent);

export const SecurityEventKind = {
  SIGNED_IN: 'SIGNED_IN',
  SIGN_IN_REFUSED: 'SIGN_IN_REFUSED',
  SIGNED_OUT: 'SIGNED_OUT',
  SESSION_ENDED: 'SESSION_ENDED',
  PASSWORD_CHANGED: 'PASSWORD_CHANGED',
  PASSWORD_RESET_ASKED: 'PASSWORD_RESET_ASKED',
  SECOND_FACTOR_ON: 'SECOND_FACTOR_ON',
  SECOND_FACTOR_OFF: 'SECOND_FACTOR_OFF',
  TOKEN_CREATED: 'TOKEN_CREATED',
  TOKEN_REVOKED: 'TOKEN_REVOKED',
  MEMBER_INVITED: 'MEMBER_INVITED',
  INVITATION_ACCEPTED: 'INVITATION_ACCEPTED',
  MEMBER_CHANGED: 'MEMBER_CHANGED',
  TEAM_CHANGED: 'TEAM_CHANGED',
  ROLE_CHANGED: 'ROLE_CHANGED',
  WORKSPACE_CHANGED: 'WORKSPACE_CHANGED',
  SLA_CHANGED: 'SLA_CHANGED',
  TICKET_SETTINGS_CHANGED: 'TICKET_SETTINGS_CHANGED',
  CLIENT_DATA_EXPORTED: 'CLIENT_DATA_EXPORTED',
  CLIENT_DATA_ERASED: 'CLIENT_DATA_ERASED',
  DENIED: 'DENIED',
} as const;
export type SecurityEventKind = (typeof SecurityEventKind)[keyof typeof SecurityEventKind];

export interface SecurityEntry {
  readonly workspaceId: string;
  readonly kind: SecurityEventKind;
  readonly at: Date;
  readonly actorId?: string | null;
  readonly subjectId?: string | null;
  readonly tokenId?: string | null;
  readonly origin?: Origin | undefined;
  /** Plain facts for a reader; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes what somebody did who has no scope yet, such as a sign-in. Inside a transaction it commits with it. */
export async function logSecurity(em: EntityManager, { origin, details = {}, ...entry }: SecurityEntry): Promise<void> {
  await em.insert(SecurityEvent, {
    id: newId(),
    actorId: null,
    subjectId: null,
    tokenId: null,
    ...entry,
    address: origin?.address ?? '',
    userAgent: asLine(origin?.userAgent ?? ''),
    details,
  });
}

/** A client's own text as one short line. */
export function asLine(text: string): string {
  return cutText(text.replace(/\s+/g, ' '), 255);
}

/** Writes what the viewer does, in the transaction that does it. */
export function recordSecurity(
  tx: Scope,
  kind: SecurityEventKind,
  rest: { readonly subjectId?: string | null; readonly details?: Readonly<Record<string, unknown>> } = {},
): Promise<void> {
  const { workspaceId, viewer } = tx;
  const actorId = viewer.kind === 'MEMBER' ? viewer.memberId : null;
  const tokenId = tokenOf(viewer);
  return logSecurity(tx.em, { workspaceId, kind, actorId, tokenId, origin: viewer.origin, at: tx.now(), ...rest });
}

/** The newest first; `before` is the id of the last one had. Ids grow with time. */
export function readSecurityLog(scope: Scope, first: number, before: string | null): Promise<SecurityEvent[]> {
  return scope.em.find(
    SecurityEvent,
    { workspaceId: scope.workspaceId, ...(before ? { id: { $lt: before } } : {}) },
    { orderBy: { id: 'desc' }, limit: first },
  );
}
