/** What somebody may do, by name. Roles are sets of these; policies ask for these and never for a role. */
const permissions = [
  'ticket.create',
  'ticket.edit.any',
  'ticket.edit.own',
  'ticket.assign',
  'ticket.unteamed.see',
  'ticket.granted.see',
  'note.read',
  'note.write',
  'note.edit.any',
  'watch.self',
  'watch.others',
  'contact.read',
  'contact.create',
  'token.own',
  'settings.save',
] as const;
export type Permission = (typeof permissions)[number];

/** Who is asking. A system viewer acts for the desk itself: clocks, imports, demo data. */
export interface Viewer {
  readonly kind: 'MEMBER' | 'SYSTEM';
  readonly workspaceId: string;
  /** `nobody` for the system, which is no member. */
  readonly memberId: string;
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
  readonly allTeams: boolean;
  readonly teamIds: ReadonlySet<string>;
}

export function may(viewer: Viewer, permission: Permission): boolean {
  return viewer.permissions.has(permission);
}

/** An id that no row has. */
export const nobody = '00000000-0000-0000-0000-000000000000';

export function systemViewer(workspaceId: string): Viewer {
  return {
    kind: 'SYSTEM',
    workspaceId,
    memberId: nobody,
    role: 'SYSTEM',
    permissions: new Set(permissions),
    allTeams: true,
    teamIds: new Set(),
  };
}
