import { ownership, type Permission } from '../../kernel/viewer.ts';

const guest: readonly Permission[] = ['ticket.read'];
const lightAgent: readonly Permission[] = ['ticket.read', 'ticket.granted.see', 'note.read', 'note.write', 'watch.self', 'token.own'];
const agent: readonly Permission[] = [
  'ticket.read',
  'ticket.create',
  'ticket.edit.own',
  'ticket.unteamed.see',
  'note.read',
  'note.write',
  'watch.self',
  'watch.others',
  'contact.read',
  'contact.create',
  'token.own',
];
const supervisor: readonly Permission[] = [...agent, 'ticket.edit.any', 'ticket.assign', 'view.share', 'people.read', 'report.read'];
const administrator: readonly Permission[] = [
  ...supervisor,
  // They see every ticket anyway; who lacks a permission could not give it to anybody.
  'ticket.granted.see',
  'ticket.delete',
  'note.edit.any',
  'token.machine',
  'people.manage',
  'security.read',
  'settings.save',
];

const byRole: Readonly<Record<string, readonly Permission[]>> = {
  OWNER: [...administrator, ownership],
  ADMIN: administrator,
  SUPERVISOR: supervisor,
  AGENT: agent,
  LIGHT_AGENT: lightAgent,
  GUEST: guest,
};

/** What a built-in role may do. A role nobody defined may do nothing. */
export function permissionsOf(role: string): readonly Permission[] {
  return byRole[role] ?? [];
}

/** Owners and administrators have every team in their scope, whatever their teams are. */
export function seesEveryTeam(role: string, allTeams: boolean): boolean {
  return allTeams || seesEveryTicket(role);
}

/** No team, topic or assignee limits what owners and administrators read. */
export function seesEveryTicket(role: string): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}
