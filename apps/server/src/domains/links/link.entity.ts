import { defineEntity, p } from '@mikro-orm/core';

/** What the first of two linked tickets is to the second. RELATED says the same in both directions. */
const LinkKind = {
  RELATED: 'RELATED',
  PARENT: 'PARENT',
  DUPLICATES: 'DUPLICATES',
  BLOCKS: 'BLOCKS',
  FOLLOWS_UP: 'FOLLOWS_UP',
} as const;
type LinkKind = (typeof LinkKind)[keyof typeof LinkKind];

const TicketLinkSchema = defineEntity({
  name: 'TicketLink',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    kind: p.enum(() => LinkKind).columnType('text'),
    fromId: p.uuid(),
    toId: p.uuid(),
    createdAt: p.datetime(),
  },
});

/** That two tickets have to do with each other. */
export class TicketLink extends TicketLinkSchema.class {}
TicketLinkSchema.setClass(TicketLink);

/** What another ticket is to the one that is looked at. */
export const LinkRole = {
  RELATED: 'RELATED',
  PARENT: 'PARENT',
  CHILD: 'CHILD',
  DUPLICATE: 'DUPLICATE',
  DUPLICATE_OF: 'DUPLICATE_OF',
  BLOCKED: 'BLOCKED',
  BLOCKER: 'BLOCKER',
  FOLLOW_UP: 'FOLLOW_UP',
  EARLIER: 'EARLIER',
} as const;
export type LinkRole = (typeof LinkRole)[keyof typeof LinkRole];

const roles: Record<LinkKind, { readonly first: LinkRole; readonly second: LinkRole }> = {
  RELATED: { first: 'RELATED', second: 'RELATED' },
  PARENT: { first: 'PARENT', second: 'CHILD' },
  DUPLICATES: { first: 'DUPLICATE', second: 'DUPLICATE_OF' },
  BLOCKS: { first: 'BLOCKER', second: 'BLOCKED' },
  FOLLOWS_UP: { first: 'FOLLOW_UP', second: 'EARLIER' },
};

/** What the other ticket of a link is to this one. */
export function roleOfOther({ kind, fromId }: TicketLink, ticketId: string): LinkRole {
  return fromId === ticketId ? roles[kind].second : roles[kind].first;
}

/** The link by which the other ticket has a role to this one. Related tickets are kept in the order of their ids, once. */
export function linkFor(role: LinkRole, ticketId: string, otherId: string): Pick<TicketLink, 'kind' | 'fromId' | 'toId'> {
  const kind = (Object.keys(roles) as LinkKind[]).find((one) => roles[one].first === role || roles[one].second === role) ?? 'RELATED';
  if (kind === 'RELATED') {
    const [fromId = '', toId = ''] = [ticketId, otherId].sort();
    return { kind, fromId, toId };
  }
  return roles[kind].first === role ? { kind, fromId: otherId, toId: ticketId } : { kind, fromId: ticketId, toId: otherId };
}
