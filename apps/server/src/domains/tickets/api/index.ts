export { ConflictResolver } from './conflict.resolver.ts';
export { allNames, namesOf, StatusResolver, TopicResolver } from './reference.resolver.ts';
export { TicketResolver } from './ticket.resolver.ts';
export {
  LocalizedName,
  LocalizedNameInput,
  ReferenceNotFoundType,
  StatusMoveRefusedType,
  TicketNotFoundType,
  TicketType,
} from './ticket.type.ts';
