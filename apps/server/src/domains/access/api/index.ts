export { AccessResolver, MachineResolver, PersonResolver, RoleDescriptionResolver, SecurityEventResolver } from './access.resolver.ts';
export { RoleNotFoundType, TeamNotFoundType } from './access.type.ts';
