export { createRole, editRole, type SaveRole } from './change-roles.ts';
export { TeamNotFound } from './access.errors.ts';
export { TeamEvent } from './access.events.ts';
export { createTeam, editTeam, type TeamWanted } from './change-teams.ts';
