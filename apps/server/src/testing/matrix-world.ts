import { AccessToken, Member, MemberKind, Session, TeamMember } from '../domains/identity/index.ts';
import { createTicket } from '../domains/tickets/index.ts';
import { newId } from '../kernel/id.ts';
import type { Permission } from '../kernel/viewer.ts';
import { hashSecret } from '../platform/keys.ts';
import type { Fixture, Row } from './access-matrix.ts';
import { World, type Person } from './world.ts';

export const roleCodes = { O: 'OWNER', A: 'ADMIN', S: 'SUPERVISOR', M: 'AGENT', L: 'LIGHT_AGENT', G: 'GUEST' } as const;
export type RoleCode = keyof typeof roleCodes;

/** Own team and free, own team and a colleague's, another team, another workspace. */
export type Place = 'free' | 'taken' | 'other' | 'foreign';

/**
 * What the caller brings. STALE is a session whose password was entered long ago, EMPTY a token without permissions, READER
 * one that reads tickets and nothing else, MACHINE a token of a service account with the same role, REMOVED a token of a
 * member who was deactivated.
 */
export type Credential = 'SESSION' | 'STALE' | 'TOKEN' | 'EMPTY' | 'READER' | 'MACHINE' | 'REMOVED';

const partial: Partial<Record<Credential, readonly Permission[]>> = { EMPTY: [], READER: ['ticket.read', 'ticket.unteamed.see'] };
const hourMs = 3_600_000;

type Key = Exclude<keyof Fixture, 'me' | 'unique' | 'assigneeId'>;
type Values = Record<string, string | number | null>;

/** What a fixture is made for: whose place, and who holds what is personal. */
interface Making {
  readonly place: Place;
  readonly me: Person;
  readonly unique: string;
  get(key: Key): Promise<string>;
}

/** A workspace in which every cell of the access matrix can be asked. */
export class MatrixWorld {
  readonly people = new Map<RoleCode, Person>();
  readonly #machines = new Map<RoleCode, Member>();
  readonly #secrets = new Map<string, string>();
  #count = 0;

  private constructor(
    readonly world: World,
    readonly own: string,
    readonly other: string,
    readonly colleague: Person,
    readonly stranger: Person,
    private readonly contacts: Readonly<Record<'own' | 'foreign', string>>,
  ) {}

  static async open(): Promise<MatrixWorld> {
    const world = await World.open();
    const [own, other] = [await world.team('Own'), await world.team('Other')];
    const colleague = await world.person('AGENT', { teams: [own, other] });
    const { person: stranger } = await world.stranger();
    const people = new Map<RoleCode, Person>();
    for (const [roleCode, role] of Object.entries(roleCodes)) people.set(roleCode as RoleCode, await world.person(role, { teams: [own] }));
    await world.sql(`update member set all_teams = false where role = 'SUPERVISOR'`);
    const contactOf = async (person: Person): Promise<string> => {
      const input = { name: 'Client', email: 'client@client.test', phone: '+380441234567', organization: 'Acme', externalId: 'crm-1' };
      const { contactCreate } = await person.run(
        'mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } } }',
        { input },
      );
      return contactCreate.contact.id;
    };
    const boss = people.get('O');
    if (!boss) throw new Error('the workspace has no owner');
    const matrix = new MatrixWorld(world, own, other, colleague, stranger, {
      own: await contactOf(boss),
      foreign: await contactOf(stranger),
    });
    for (const [roleCode, person] of people) {
      matrix.people.set(roleCode, person);
      matrix.#machines.set(roleCode, await matrix.#machine(roleCode));
    }
    return matrix;
  }

  person(roleCode: RoleCode): Person {
    const person = this.people.get(roleCode);
    if (!person) throw new Error(`no member is ${roleCode}`);
    return person;
  }

  /** The member behind a credential: for a service account it is not the person of the role. */
  memberOf(roleCode: RoleCode, credential: Credential): Member {
    return credential === 'MACHINE' ? (this.#machines.get(roleCode) ?? this.person(roleCode).member) : this.person(roleCode).member;
  }

  /** A caller with a credential. Sessions are new for each: operations end them. */
  async caller(roleCode: RoleCode, credential: Credential): Promise<Person> {
    const member = this.memberOf(roleCode, credential);
    const key = `${roleCode} ${credential}`;
    const isSession = credential === 'SESSION' || credential === 'STALE';
    const secret =
      (isSession ? undefined : this.#secrets.get(key)) ??
      (await (isSession ? this.#session(member, credential) : this.#token(member, credential)));
    this.#secrets.set(key, secret);
    return this.world.seat(member, secret, 0);
  }

  /** All that a row's input names, for a caller at a place. */
  async fixture(row: Row, place: Place, member: Member): Promise<Fixture> {
    const needed = fixtureKeysOf(row);
    const unique = `matrix-${++this.#count}`;
    const memo = new Map<Key, Promise<string>>();
    const making: Making = {
      place,
      me: this.world.seat(member, '', 0),
      unique,
      get: (key) => {
        const known = memo.get(key) ?? this.#make(key, making);
        memo.set(key, known);
        return known;
      },
    };
    const values: Values = {};
    for (const key of needed) values[key] = await making.get(key);
    if (typeof values.number === 'string') values.number = Number(values.number);
    return { ...(values as unknown as Fixture), assigneeId: place === 'taken' ? this.colleague.id : null, me: member.id, unique };
  }

  #make(key: Key, making: Making): Promise<string> {
    return makers[key](this, making);
  }

  /** Who sets things up in the workspace of a place. */
  boss(place: Place): Person {
    return place === 'foreign' ? this.stranger : this.person('O');
  }

  worker(place: Place): Person {
    return place === 'foreign' ? this.stranger : this.colleague;
  }

  workspaceOf(place: Place): string {
    return this.worker(place).member.workspaceId;
  }

  contact(place: Place): string {
    return this.contacts[place === 'foreign' ? 'foreign' : 'own'];
  }

  /** Another workspace without members. */
  workspace(): Promise<string> {
    const slug = `matrix-${++this.#count}`;
    return inserted(this, 'workspace', { name: slug, slug, demo: false, created_at: now() });
  }

  async ticket(place: Place): Promise<string> {
    const assigneeId = place === 'taken' ? this.colleague.id : null;
    const teamId = place === 'foreign' ? null : place === 'other' ? this.other : this.own;
    const { id } = await createTicket(this.world.desk.systemScope(this.workspaceOf(place)), { subject: 'Matrix', teamId, assigneeId });
    return id;
  }

  async #session(member: Member, credential: Credential): Promise<string> {
    const secret = `session_${crypto.randomUUID()}`;
    const now = Date.now();
    await this.world.desk.orm.em.fork().insert(Session, {
      workspaceId: member.workspaceId,
      id: newId(),
      memberId: member.id,
      accountId: member.accountId ?? '',
      tokenHash: hashSecret(secret),
      userAgent: 'matrix',
      address: '127.0.0.1',
      createdAt: new Date(now - hourMs),
      expiresAt: new Date(now + hourMs),
      lastUsedAt: new Date(now),
      singleSignOn: false,
      confirmedAt: new Date(credential === 'STALE' ? now - hourMs : now),
    });
    return secret;
  }

  async #token(member: Member, credential: Credential): Promise<string> {
    const secret = `baton_${crypto.randomUUID()}`;
    const em = this.world.desk.orm.em.fork();
    let memberId = member.id;
    if (credential === 'REMOVED') {
      const removed = await this.#copyOf(member, { active: false });
      memberId = removed.id;
    }
    await em.insert(AccessToken, {
      workspaceId: member.workspaceId,
      id: newId(),
      memberId,
      name: credential,
      tokenHash: hashSecret(secret),
      hint: 'baton_test',
      permissions: partial[credential] ? [...partial[credential]] : null,
      createdAt: new Date(),
      expiresAt: null,
      lastUsedAt: new Date(),
      revokedAt: null,
    });
    return secret;
  }

  #machine(roleCode: RoleCode): Promise<Member> {
    return this.#copyOf(this.person(roleCode).member, { kind: MemberKind.MACHINE });
  }

  /** A member with the same role and teams, without an account. */
  async #copyOf({ workspaceId, role, allTeams }: Member, changes: Partial<Pick<Member, 'kind' | 'active'>>): Promise<Member> {
    const name = `Copy ${newId()}`;
    const email = `${newId()}@matrix.test`;
    const columns = { workspace_id: workspaceId, name, email, role, all_teams: allTeams, created_at: now() };
    const id = await inserted(this, 'member', { ...columns, ...changes });
    const em = this.world.desk.orm.em.fork();
    await em.insert(TeamMember, { workspaceId, teamId: this.own, memberId: id });
    return em.findOneOrFail(Member, { workspaceId, id });
  }
}

const facts: ReadonlySet<string> = new Set(['me', 'unique', 'assigneeId']);

/** Lists the records that the operation of a row needs. */
export function fixtureKeysOf({ input, needs = [] }: Row): Key[] {
  const read = new Set<string>(needs);
  const recorder = new Proxy({} as Fixture, {
    get(_target, key) {
      read.add(String(key));
      return '';
    },
  });
  input?.(recorder);
  return [...read].filter((key): key is Key => !facts.has(key));
}

/** Whether a row asks for something that belongs to one member. */
export function isPersonal(row: Row): boolean {
  return fixtureKeysOf(row).some((key) => personalKeys.has(key));
}

type Maker = (matrix: MatrixWorld, making: Making) => Promise<string>;

/** Runs a mutation of the boss or worker of a place and picks an id from its payload. */
async function made<T>(person: Person, name: string, type: string, select: string, input: object): Promise<T> {
  const data = await person.run(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { ... on UserError { message } } } }`,
    {
      input,
    },
  );
  if (data[name].userErrors.length > 0) throw new Error(`${name} was refused: ${JSON.stringify(data[name].userErrors)}`);
  return data[name] as T;
}

interface WithId {
  readonly id: string;
}

const english = (text: string) => [{ locale: 'en', text }];

/** Inserts a row with the database’s own hand, where the API would do more than is wanted. */
async function inserted({ world }: MatrixWorld, table: string, values: Readonly<Record<string, unknown>>): Promise<string> {
  const id = newId();
  const row = { id, ...values };
  const columns = Object.keys(row);
  await world.sql(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`, Object.values(row));
  return id;
}

const now = () => new Date();

/** How each thing that an input may name comes about. */
const makers = {
  ticketId: (matrix, { place }) => matrix.ticket(place),
  number: async (matrix, making) => {
    const [row] = await matrix.world.sql<{ number: number }>('select number from ticket where id = ?', [await making.get('ticketId')]);
    if (making.place !== 'foreign') return String(row?.number);
    // A number that no ticket of the caller's workspace has.
    const [foreign] = await matrix.world.sql<{ number: number }>(
      'update ticket set number = number + 1000000 where id = ? returning number',
      [await making.get('ticketId')],
    );
    return String(foreign?.number);
  },
  // The API allows few statuses in a workspace.
  statusId: (matrix, { place, unique }) =>
    inserted(matrix, 'status', {
      workspace_id: matrix.workspaceOf(place),
      name: JSON.stringify({ en: unique }),
      color: 'blue',
      category: 'SPAM',
      place: 1000,
    }),
  open: async (matrix, { place }) => statusOf(matrix, place, 'NEW'),
  inProgress: async (matrix, { place }) => statusOf(matrix, place, 'OPEN'),
  noteId: async (matrix, making) => {
    const input = { ticketId: await making.get('ticketId'), body: '<p>A note</p>' };
    return (await made<{ note: WithId }>(matrix.worker(making.place), 'noteAdd', 'NoteAddInput', 'note { id }', input)).note.id;
  },
  eventId: async (matrix, making) => {
    const [event] = await matrix.world.sql<WithId>('select id from event where ticket_id = ? order by ticket_version limit 1', [
      await making.get('ticketId'),
    ]);
    return event?.id ?? '';
  },
  entryId: async (matrix, making) => {
    const ticketId = await making.get('ticketId');
    const input = { ticketId, priority: { from: 'NORMAL', to: 'HIGH' } };
    await made(matrix.boss(making.place), 'ticketEdit', 'TicketEditInput', 'ticket { id }', input);
    const [event] = await matrix.world.sql<WithId>(`select id from event where ticket_id = ? and type = 'ticket.edited'`, [ticketId]);
    return event?.id ?? '';
  },
  spareTicketId: (matrix, { place }) => matrix.ticket(place === 'foreign' ? 'foreign' : 'free'),
  mergedId: async (matrix, making) => {
    const input = { sourceId: await making.get('ticketId'), destinationId: await making.get('spareTicketId') };
    await made(matrix.boss(making.place), 'ticketMerge', 'TicketMergeInput', 'source { id }', input);
    return input.sourceId;
  },
  relationId: async (matrix, making) => {
    const ticketId = await making.get('ticketId');
    const input = { ticketId, otherId: await making.get('spareTicketId'), role: 'RELATED' };
    const select = 'ticket { links { linkId } }';
    const { ticket } = await made<{ ticket: { links: { linkId: string }[] } }>(
      matrix.boss(making.place),
      'linkAdd',
      'LinkAddInput',
      select,
      input,
    );
    return ticket.links[0]?.linkId ?? '';
  },
  deletedTicketId: async (matrix, making) => {
    const input = { ticketId: await making.get('ticketId') };
    return (await made<{ deletedId: string }>(matrix.boss(making.place), 'ticketDelete', 'TicketRefInput', 'deletedId', input)).deletedId;
  },
  itemId: async (matrix, making) => {
    const input = { ticketId: await making.get('ticketId'), texts: ['x'] };
    const select = 'ticket { checklist { id } }';
    const { ticket } = await made<{ ticket: { checklist: WithId[] } }>(
      matrix.boss(making.place),
      'checklistAdd',
      'ChecklistAddInput',
      select,
      input,
    );
    return ticket.checklist[0]?.id ?? '';
  },
  ratingId: async (matrix, making) =>
    inserted(matrix, 'rating', {
      workspace_id: matrix.workspaceOf(making.place),
      ticket_id: await making.get('ticketId'),
      resolved_at: now(),
      score: 1,
      comment: '',
      rated_at: now(),
    }),
  timeEntryId: async (matrix, making) =>
    inserted(matrix, 'time_entry', {
      ...personal(making),
      ticket_id: await making.get('ticketId'),
      minutes: 5,
      comment: '',
      created_at: now(),
    }),
  draftRowId: async (matrix, making) =>
    inserted(matrix, 'draft', {
      ...personal(making),
      ticket_id: await making.get('ticketId'),
      kind: 'NOTE',
      body: '<p>x</p>',
      revision: 1,
      finished: false,
      updated_at: now(),
    }),
  attachmentId: async (matrix, making) => unsentFile(matrix, making, null),
  draftId: async (matrix, making) => {
    const draftId = newId();
    await unsentFile(matrix, making, draftId);
    return draftId;
  },
  taggedId: async (matrix, making) => {
    const input = { ticketId: await making.get('ticketId'), add: [making.unique] };
    const select = 'ticket { tags { id } }';
    const { ticket } = await made<{ ticket: { tags: WithId[] } }>(matrix.boss(making.place), 'ticketTag', 'TicketTagInput', select, input);
    return ticket.tags[0]?.id ?? '';
  },
  requesterId: async (matrix, making) => {
    const id = await making.get('spareContactId');
    await matrix.world.sql('update ticket set requester_id = ? where id = ?', [id, await making.get('ticketId')]);
    return id;
  },
  contactId: async (matrix, { place }) => matrix.contact(place),
  spareContactId: async (matrix, { place, unique }) =>
    (await made<{ contact: WithId }>(matrix.boss(place), 'contactCreate', 'ContactCreateInput', 'contact { id }', { name: unique })).contact
      .id,
  contactMergeId: async (matrix, making) => {
    const input = { sourceId: await making.get('spareContactId'), destinationId: matrix.contact(making.place) };
    return (await made<{ merge: WithId }>(matrix.boss(making.place), 'contactMerge', 'ContactMergeInput', 'merge { id }', input)).merge.id;
  },
  conversationId: async (matrix, { place }) => {
    const input = { contactId: matrix.contact(place), body: 'x' };
    const { conversation } = await made<{ conversation: WithId }>(
      matrix.worker(place),
      'conversationOpen',
      'ConversationOpenInput',
      'conversation { id }',
      input,
    );
    return conversation.id;
  },
  linkedConversationId: async (matrix, making) => {
    const input = { conversationId: await making.get('conversationId'), ticketId: await making.get('ticketId') };
    await made(matrix.boss(making.place), 'conversationLink', 'ConversationLinkInput', 'conversation { id }', input);
    return input.conversationId;
  },
  memberId: async (matrix, { place }) => {
    const id = newId();
    await matrix.world.sql(
      `insert into member (workspace_id, id, kind, name, email, role, all_teams, created_at) values (?, ?, 'MACHINE', ?, ?, 'GUEST', false, now())`,
      [matrix.workspaceOf(place), id, id, `${id}@matrix.test`],
    );
    return id;
  },
  personId: async (matrix, { place, unique }) => (await personOf(matrix, matrix.workspaceOf(place), unique)).id,
  failedJobId: (matrix, { place }) =>
    inserted(matrix, 'work_attempt', {
      workspace_id: matrix.workspaceOf(place),
      worker: 'EMAIL',
      item: newId(),
      attempts: 5,
      first_at: now(),
      last_at: now(),
    }),
  mailId: (matrix, { place }) =>
    inserted(matrix, 'outgoing_mail', {
      workspace_id: matrix.workspaceOf(place),
      recipient: 'client@client.test',
      subject: 'x',
      body: '',
      created_at: now(),
      sent_at: now(),
    }),
  securityEventId: (matrix, { place }) =>
    inserted(matrix, 'security_event', {
      workspace_id: matrix.workspaceOf(place),
      kind: 'SIGNED_IN',
      address: '',
      user_agent: '',
      details: '{}',
      at: now(),
    }),
  invitedId: async (matrix, { place, unique }) => {
    const input = { name: unique, email: `${unique}@matrix.test`, role: 'GUEST' };
    const { person } = await made<{ person: { member: WithId } }>(
      matrix.boss(place),
      'memberInvite',
      'MemberInviteInput',
      'person { member { id } }',
      input,
    );
    return person.member.id;
  },
  teamId: async (matrix, { place, unique }) =>
    (await made<{ team: WithId }>(matrix.boss(place), 'teamCreate', 'TeamCreateInput', 'team { id }', { name: `${unique} team` })).team.id,
  roleId: async (matrix, { place, unique }) => {
    const input = { name: `${unique} role`, permissions: [] };
    return (await made<{ role: WithId }>(matrix.boss(place), 'roleCreate', 'RoleCreateInput', 'role { id }', input)).role.id;
  },
  topicId: async (matrix, { place, unique }) =>
    (await made<{ topic: WithId }>(matrix.boss(place), 'topicCreate', 'TopicCreateInput', 'topic { id }', { names: english(unique) })).topic
      .id,
  tagId: async (matrix, { place, unique }) => inserted(matrix, 'tag', { workspace_id: matrix.workspaceOf(place), name: unique }),
  fieldId: async (matrix, { place, unique }) => {
    const input = { key: unique.replaceAll('-', '_'), type: 'TEXT', names: english(unique) };
    return (await made<{ field: WithId }>(matrix.boss(place), 'fieldCreate', 'FieldCreateInput', 'field { id }', input)).field.id;
  },
  skillGroupId: async (matrix, { place, unique }) =>
    (
      await made<{ skillGroup: WithId }>(matrix.boss(place), 'skillGroupCreate', 'SkillGroupCreateInput', 'skillGroup { id }', {
        name: unique,
      })
    ).skillGroup.id,
  templateId: async (matrix, { place, unique }) =>
    (await made<{ template: WithId }>(matrix.boss(place), 'templateCreate', 'TemplateCreateInput', 'template { id }', { name: unique }))
      .template.id,
  calendarId: async (matrix, { place, unique }) => {
    const week = Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]);
    const input = { name: unique, timeZone: 'UTC', week };
    return (await made<{ calendar: WithId }>(matrix.boss(place), 'slaCalendarSave', 'SlaCalendarSaveInput', 'calendar { id }', input))
      .calendar.id;
  },
  policyId: async (matrix, { place, unique }) => {
    const conditions = { topicIds: [crypto.randomUUID()] };
    const input = { name: unique, conditions, targets: [], warning: { share: 0.75, beforeMinutes: 15 } };
    return (await made<{ policy: WithId }>(matrix.boss(place), 'slaPolicySave', 'SlaPolicySaveInput', 'policy { id }', input)).policy.id;
  },
  settingVersionId: async (matrix, making) => {
    const teamId = await making.get('teamId');
    await made(matrix.boss(making.place), 'teamRename', 'TeamRenameInput', 'team { id }', { teamId, name: `${making.unique} again` });
    const [version] = await matrix.world.sql<WithId>('select id from setting_version where setting_id = ? and version = 1', [teamId]);
    return version?.id ?? '';
  },
  viewId: async (matrix, { place }) => {
    const [view] = await matrix.world.sql<WithId>(`select id from view where workspace_id = ? and key = 'open'`, [
      matrix.workspaceOf(place),
    ]);
    return view?.id ?? '';
  },
  sharedViewId: async (matrix, { place, unique }) => view(matrix, place, { key: unique, owner_id: null }),
  ownViewId: async (matrix, { place, unique, me }) => view(matrix, place, { key: unique, owner_id: me.id }),
  notificationId: async (matrix, making) =>
    inserted(matrix, 'notification', {
      ...personal(making),
      ticket_id: await making.get('ticketId'),
      event_id: newId(),
      reason: 'WATCHED',
      type: 'ticket.edited',
      kind: 'CHANGED',
      created_at: now(),
    }),
  jobId: async (matrix, making) =>
    inserted(matrix, 'bulk_job', {
      ...personal(making),
      permissions: '{}',
      action: '{"watch":true}',
      cause_id: newId(),
      total: 0,
      created_at: now(),
      finished_at: now(),
    }),
  tokenId: async (matrix, making) =>
    inserted(matrix, 'access_token', { ...personal(making), name: making.unique, token_hash: newId(), hint: 'x', created_at: now() }),
  sessionId: async (matrix, { me }) => {
    const { workspaceId, id } = me.member;
    // A service account has no account of its own, and no session.
    const accountId = me.member.accountId ?? matrix.person('O').member.accountId;
    return inserted(matrix, 'session', {
      workspace_id: workspaceId,
      member_id: id,
      account_id: accountId,
      token_hash: newId(),
      user_agent: '',
      created_at: now(),
      expires_at: new Date(Date.now() + hourMs),
      confirmed_at: now(),
    });
  },
  otherWorkspaceId: async (matrix, { me }) => {
    const workspaceId = await matrix.workspace();
    await memberIn(matrix, workspaceId, { account_id: me.member.accountId, email: me.member.email });
    return workspaceId;
  },
  invitingWorkspaceId: async (matrix, { me }) => {
    const workspaceId = await matrix.workspace();
    await memberIn(matrix, workspaceId, { account_id: null, email: me.member.email });
    return workspaceId;
  },
} satisfies Record<Key, Maker>;

type Made = keyof typeof makers;

/** Records of one member: the caller, or in other cells another member. */
const personalKeys: ReadonlySet<string> = new Set<Made>([
  'timeEntryId',
  'draftRowId',
  'draftId',
  'attachmentId',
  'notificationId',
  'jobId',
  'tokenId',
  'sessionId',
  'ownViewId',
  'otherWorkspaceId',
  'invitingWorkspaceId',
]);

function memberIn(matrix: MatrixWorld, workspaceId: string, values: { account_id: string | null; email: string }): Promise<string> {
  return inserted(matrix, 'member', {
    workspace_id: workspaceId,
    name: 'Made',
    role: 'GUEST',
    all_teams: false,
    created_at: now(),
    ...values,
  });
}

async function personOf(matrix: MatrixWorld, workspaceId: string, unique: string): Promise<WithId> {
  const email = `${unique}@matrix.test`;
  const accountId = await inserted(matrix, 'account', { email, password_hash: '', created_at: now() });
  return { id: await memberIn(matrix, workspaceId, { account_id: accountId, email }) };
}

function personal({ me }: Making): { workspace_id: string; member_id: string } {
  return { workspace_id: me.member.workspaceId, member_id: me.id };
}

async function statusOf(matrix: MatrixWorld, place: Place, category: string): Promise<string> {
  const [status] = await matrix.world.sql<WithId>('select id from status where workspace_id = ? and category = ? order by place limit 1', [
    matrix.workspaceOf(place),
    category,
  ]);
  return status?.id ?? '';
}

function view(matrix: MatrixWorld, place: Place, whose: object): Promise<string> {
  return inserted(matrix, 'view', {
    workspace_id: matrix.workspaceOf(place),
    name: JSON.stringify({ en: newId() }),
    filter: '{}',
    text: '',
    sort: 'UPDATED',
    columns: '{}',
    place: 100,
    ...whose,
  });
}

async function unsentFile(matrix: MatrixWorld, making: Making, draftId: string | null): Promise<string> {
  const { me } = making;
  return inserted(matrix, 'attachment', {
    workspace_id: me.member.workspaceId,
    ticket_id: await making.get('ticketId'),
    draft_id: draftId,
    name: 'x.txt',
    type: 'text/plain',
    size: 1,
    sha256: 'x',
    storage_key: newId(),
    uploaded_by_id: me.id,
    created_at: now(),
  });
}
