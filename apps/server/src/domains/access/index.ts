export { createRole, editRole, type SaveRole } from './change-roles.ts';
export { createTeam, editTeam, type TeamWanted } from './change-teams.ts';
