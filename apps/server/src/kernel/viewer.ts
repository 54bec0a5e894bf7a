/** What somebody may do, by name. Roles are sets of these; policies ask for these and never for a role. */
const permissions = [
  'ticket.create',
  'ticket.edit.any',
  'ticket.edit.own',
  'ticket.assign',
  'ticket.delete',
  'ticket.unteamed.see',
  'ticket.granted.see',
  'note.read',
  'note.write',
  'note.edit.any',
  'watch.self',
  'watch.others',
  'contact.read',
  'contact.create',
  'view.share',
  'token.own',
  'token.machine',
  'people.read',
  'people.manage',
  'security.read',
  'report.read',
  'settings.save',
] as const;
export type Permission = (typeof permissions)[number];

export function isPermission(name: string): name is Permission {
  return (permissions as readonly string[]).includes(name);
}

/**
 * Who is asking. A system viewer acts for the desk itself: clocks, imports, demo data. A client has a link to one ticket
 * and no permission, so every rule about members says no to them.
 */
export interface Viewer {
  readonly kind: 'MEMBER' | 'SYSTEM' | 'CLIENT';
  readonly workspaceId: string;
  /** `nobody` for the system and for clients, who are no members. */
  readonly memberId: string;
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
  readonly allTeams: boolean;
  readonly teamIds: ReadonlySet<string>;
  /** By a token that was given fewer rights than its owner has. */
  readonly partial?: boolean;
  /** The workspace asks for a second factor that they have not set up: until then they may do that, and nothing else. */
  readonly unsecured?: boolean;
  /** The ticket that a client's link opens. */
  readonly ticketId?: string;
  /** Where they ask from, for the security log. No rule reads it. */
  readonly origin?: Origin;
}

export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** A question about a viewer. Pure: the same facts give the same answer. */
export type Rule = (viewer: Viewer) => boolean;

/** Asks a rule of a viewer. Policies ask in this way and no other, so that an answer can be worked out once for many. */
export function decide(viewer: Viewer, rule: Rule): boolean {
  return viewer instanceof SampleViewer ? viewer.decide(rule) : rule(viewer);
}

export function may(viewer: Viewer, permission: Permission): boolean {
  return decide(viewer, (one) => one.permissions.has(permission));
}

/**
 * One viewer in the place of many, while an answer is worked out that may be good for all of them. It remembers each
 * rule that was asked, and the answer holds for whoever gives the same answers. Whoever reads a fact past the rules
 * (whose id, which teams) makes the answer personal: it then holds for this one viewer and nobody else. So sharing is
 * safe by construction, and a resolver that forgets about it is slower, never wrong.
 */
export class SampleViewer implements Viewer {
  readonly kind;
  readonly workspaceId;
  readonly #one: Viewer;
  readonly #asked: { readonly rule: Rule; readonly answer: boolean }[] = [];
  #personal = false;

  constructor(one: Viewer) {
    this.#one = one;
    this.kind = one.kind;
    this.workspaceId = one.workspaceId;
  }

  get memberId(): string {
    return this.#reveal().memberId;
  }

  get role(): string {
    return this.#reveal().role;
  }

  get permissions(): ReadonlySet<Permission> {
    return this.#reveal().permissions;
  }

  get allTeams(): boolean {
    return this.#reveal().allTeams;
  }

  get teamIds(): ReadonlySet<string> {
    return this.#reveal().teamIds;
  }

  decide(rule: Rule): boolean {
    const answer = rule(this.#one);
    this.#asked.push({ rule, answer });
    return answer;
  }

  /** Whether what was worked out is what this viewer would have been told, by their rights of this moment. */
  speaksFor(viewer: Viewer): boolean {
    if (viewer === this.#one) return true;
    return !this.#personal && this.#asked.every(({ rule, answer }) => rule(viewer) === answer);
  }

  /** The same viewer in the place of many, of whom nothing has been asked yet. */
  alone(): SampleViewer {
    return new SampleViewer(this.#one);
  }

  /** Takes over an answer that was worked out before, with all that was asked for it. False when it is not for this viewer. */
  adopt(earlier: SampleViewer): boolean {
    if (!earlier.speaksFor(this.#one)) return false;
    this.#asked.push(...earlier.#asked);
    this.#personal ||= earlier.#personal;
    return true;
  }

  #reveal(): Viewer {
    this.#personal = true;
    return this.#one;
  }
}

/** Whether two viewers have the same rights. */
export function sameRights(a: Viewer, b: Viewer): boolean {
  const facts = ({ workspaceId, memberId, role, permissions: held, allTeams, teamIds, unsecured = false }: Viewer) =>
    JSON.stringify([workspaceId, memberId, role, [...held].sort(), allTeams, [...teamIds].sort(), unsecured]);
  return facts(a) === facts(b);
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
