export { AccessResolver, MachineResolver, PersonResolver, RoleDescriptionResolver, SecurityEventResolver } from './access.resolver.ts';
