export { ConflictResolver } from './conflict.resolver.ts';
export { allNames, namesOf, StatusResolver, TopicResolver } from './reference.resolver.ts';
export { TicketResolver } from './ticket.resolver.ts';
export {
  LocalizedName,
  LocalizedNameInput,
  MemberCannotReadType,
  ReferenceNotFoundType,
  StatusMoveRefusedType,
  StatusType,
  TagType,
  TicketNotFoundType,
  TicketType,
  TopicType,
} from './ticket.type.ts';
