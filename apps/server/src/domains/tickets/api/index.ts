export { ConflictResolver } from './conflict.resolver.ts';
export { allNames, StatusResolver, TopicResolver } from './reference.resolver.ts';
export { TicketResolver } from './ticket.resolver.ts';
export { LocalizedName, ReferenceNotFoundType, StatusMoveRefusedType, TicketNotFoundType, TicketType } from './ticket.type.ts';
