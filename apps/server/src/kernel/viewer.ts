import { NotPermitted } from './domain-error.ts';

/** The allowed actions. Roles and credentials are sets of these; policies check these and never a role. */
const permissions = [
  'ticket.read',
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
  'workspace.own',
] as const;
export type Permission = (typeof permissions)[number];

export function isPermission(name: string): name is Permission {
  return (permissions as readonly string[]).includes(name);
}

/** Belongs to the built-in owner role. A custom role or a partial token never holds it. */
export const ownership: Permission = 'workspace.own';

/** What the caller proved their identity with. */
export type Credential =
  | {
      readonly kind: 'SESSION';
      readonly id: string;
      /** When the person last entered their password in this browser. */
      readonly confirmedAt: Date;
    }
  | { readonly kind: 'TOKEN'; readonly id: string }
  /** Of a customer: the hash of their link's token. */
  | { readonly kind: 'LINK'; readonly id: string };

/** Which tickets a member can read by whom they are assigned to. Each value includes those after it. */
export const AssignmentScope = { ANY: 'ANY', OWN_AND_UNASSIGNED: 'OWN_AND_UNASSIGNED', OWN: 'OWN' } as const;
export type AssignmentScope = (typeof AssignmentScope)[keyof typeof AssignmentScope];

/**
 * Who is asking. A system viewer acts for the desk itself: clocks, imports, demo data. A client has a link to one ticket
 * and no permission, so every rule about members says no to them.
 */
export interface Viewer {
  readonly kind: 'MEMBER' | 'SYSTEM' | 'CLIENT';
  readonly workspaceId: string;
  /** `nobody` for the system and for clients, who are no members. */
  readonly memberId: string;
  readonly permissions: ReadonlySet<Permission>;
  readonly allTeams: boolean;
  readonly teamIds: ReadonlySet<string>;
  /** The topics, with those under them, that limit which tickets they can read; missing for every topic. */
  readonly topicIds?: ReadonlySet<string>;
  /** Missing for any assignee. */
  readonly assignmentScope?: AssignmentScope;
  /** Missing for the system, and for work that continues without a request. */
  readonly credential?: Credential;
  /** The credential holds a chosen part of its member's permissions. */
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

  get permissions(): ReadonlySet<Permission> {
    return this.#reveal().permissions;
  }

  get allTeams(): boolean {
    return this.#reveal().allTeams;
  }

  get teamIds(): ReadonlySet<string> {
    return this.#reveal().teamIds;
  }

  // Missing and undefined mean the same to every rule, which reads the viewer behind this one.
  get topicIds(): ReadonlySet<string> {
    return this.#reveal().topicIds ?? new Set();
  }

  get assignmentScope(): AssignmentScope {
    return this.#reveal().assignmentScope ?? AssignmentScope.ANY;
  }

  get credential(): Credential | undefined {
    return this.#reveal().credential;
  }

  get partial(): boolean {
    return this.#reveal().partial === true;
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

/**
 * Whether the credential speaks for the whole member. What is personal and has no separate permission, such as
 * notifications and private views, is not for a token that holds chosen permissions only.
 */
export function actsForWholeMember(viewer: Viewer): boolean {
  return decide(viewer, (one) => one.partial !== true);
}

/** Refuses a token that holds chosen permissions only, for what is personal. */
export function requireWholeMember(viewer: Viewer): void {
  if (actsForWholeMember(viewer)) return;
  throw new NotPermitted('This is personal. Use a browser, or an access token with all permissions of its owner.');
}

/** The access token that the viewer uses; null for a browser and for all who are no members. */
export function tokenOf({ credential }: Viewer): string | null {
  return credential?.kind === 'TOKEN' ? credential.id : null;
}

function factsOf(viewer: Viewer): string {
  const { workspaceId, memberId, permissions: held, allTeams, teamIds, topicIds, assignmentScope } = viewer;
  const scope = [allTeams, [...teamIds].sort(), topicIds ? [...topicIds].sort() : null, assignmentScope ?? AssignmentScope.ANY];
  return JSON.stringify([workspaceId, memberId, [...held].sort(), ...scope, viewer.partial ?? false, viewer.unsecured ?? false]);
}

/** Whether two viewers have the same rights. */
export function sameRights(a: Viewer, b: Viewer): boolean {
  return factsOf(a) === factsOf(b);
}

/** An id that no row has. */
export const nobody = '00000000-0000-0000-0000-000000000000';

export function systemViewer(workspaceId: string): Viewer {
  return {
    kind: 'SYSTEM',
    workspaceId,
    memberId: nobody,
    permissions: new Set(permissions),
    allTeams: true,
    teamIds: new Set(),
  };
}
