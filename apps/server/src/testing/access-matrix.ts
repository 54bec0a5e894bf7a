/**
 * Who may do what, once and for all: O owner, A administrator, S supervisor, M agent, L light agent, G guest, all of them
 * in one team. The tests in `access-matrix.test.ts` try every cell through the door, and fail for an operation or a field
 * of the schema that has no row here. By the product's matrix of roles; nobody ever reaches another workspace.
 */
export interface Fixture {
  readonly ticketId: string;
  readonly assigneeId: string | null;
  readonly noteId: string;
  /** Of the team, with no assignee. */
  readonly spareTicketId: string;
  /** `ticketId`, where it was merged into the spare one. */
  readonly mergedId: string;
  readonly contactId: string;
  /** A client whom nothing else needs. */
  readonly spareContactId: string;
  /** A member, a team and a role that nothing else needs. */
  readonly memberId: string;
  readonly teamId: string;
  readonly roleId: string;
  /** The one who asks. */
  readonly me: string;
  readonly open: string;
  readonly inProgress: string;
  readonly viewId: string;
  /** Another for each cell. */
  readonly unique: string;
}

interface Asked {
  readonly input?: (fixture: Fixture) => object;
  /** Selected of the answer; userErrors come by themselves. */
  readonly select?: string;
  /** Whether the answer is a yes; by default: it is not null and refuses nothing. */
  readonly yes?: (answer: never, fixture: Fixture) => boolean;
}

/** On a ticket, by whose it is. `foreign`, of another workspace, is nobody's. */
export interface OnTicket extends Asked {
  readonly on: 'ticket';
  /** Of the team, with no assignee. */
  readonly free: string;
  /** Of the team, a colleague's. */
  readonly taken: string;
  /** Of another team. */
  readonly other: string;
}

/** About no ticket: who may at all. `self` = everybody, as it touches what is their own alone. */
interface Anywhere extends Asked {
  readonly on: 'workspace' | 'self';
  readonly who: string;
  /** Whether it may be asked by somebody who is not signed in. */
  readonly anonymous?: boolean;
}

export type Row = OnTicket | Anywhere;

const seen = { free: 'OASMLG', taken: 'OASMLG', other: 'OA' } as const;
const edited = { free: 'OASM', taken: 'OAS', other: 'OA' } as const;
const noted = { free: 'OASML', taken: 'OASML', other: 'OA' } as const;
const everybody = { on: 'self', who: 'OASMLG' } as const;
const withoutGuests = { on: 'self', who: 'OASML' } as const;
const workers = { on: 'self', who: 'OASM' } as const;
const people = { on: 'workspace', who: 'OA' } as const;
/** Account operations, which are for browsers: the table asks with access tokens. */
const account = { on: 'workspace', who: '' } as const;
const english = [{ locale: 'en', text: 'x' }];
const byId = ({ ticketId }: Fixture) => ({ id: ticketId });
const list = { select: 'edges { node { id } }' };
const member = 'person { member { id } }';

const holds = (answer: { edges: readonly { node: { id: string } }[] }, { ticketId }: Fixture) =>
  answer.edges.some(({ node }) => node.id === ticketId);

export const operations: Readonly<Record<string, Row>> = {
  // Queries
  accessTokens: { ...everybody, select: 'id' },
  bulkJobs: { ...everybody, select: 'id' },
  // One's own alone.
  bulkJob: { on: 'workspace', who: '', input: () => ({ id: crypto.randomUUID() }), select: 'id' },
  board: { on: 'workspace', who: 'OAS', input: () => ({ since: '2026-01-01T00:00:00Z' }), select: 'open' },
  contact: { on: 'workspace', who: 'OASM', input: ({ contactId }) => ({ id: contactId }), select: 'id' },
  contacts: { on: 'workspace', who: 'OASM', ...list, yes: (answer: { edges: readonly unknown[] }) => answer.edges.length > 0 },
  organizations: { on: 'workspace', who: 'OASM', select: 'name', yes: (answer: readonly unknown[]) => answer.length > 0 },
  customFields: { ...everybody, select: 'id' },
  draftAttachments: { ...everybody, input: () => ({ draftId: crypto.randomUUID() }), select: 'id' },
  deletedTickets: { ...people, select: 'edges { node { id } }' },
  draft: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, kind: 'NOTE' }), select: 'id', yes: () => true },
  failedJobs: { ...people, ...list },
  lifecycle: { ...everybody, select: 'reopenDays' },
  machines: { ...people, select: 'member { id }' },
  members: { ...everybody, select: 'id' },
  node: { on: 'ticket', ...seen, input: byId, select: 'id' },
  notifications: { ...everybody, ...list },
  notificationSettings: { ...everybody, select: 'timeZone' },
  outgoingMails: { on: 'workspace', who: 'O', select: 'id' },
  people: { on: 'workspace', who: 'OAS', select: 'email' },
  pushKey: everybody,
  roles: { on: 'workspace', who: 'OAS', select: 'role' },
  securityLog: { ...people, ...list },
  settingVersions: { ...people, ...list },
  sessions: { ...account, select: 'id' },
  signInOptions: { ...everybody, select: 'singleSignOn', anonymous: true },
  slaCalendars: { ...everybody, select: 'id' },
  slaPolicies: { ...everybody, select: 'id' },
  slaReport: {
    on: 'workspace',
    who: 'OAS',
    input: () => ({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }),
    select: 'met',
  },
  statuses: { ...everybody, select: 'id' },
  streamPosition: everybody,
  tags: { ...everybody, select: 'id' },
  teams: { ...everybody, select: 'id' },
  ticket: { on: 'ticket', ...seen, input: byId, select: 'id' },
  ticketByNumber: { ...everybody, input: () => ({ number: 1 }), select: 'id', yes: () => true },
  priorityNames: { ...everybody, select: 'priority' },
  search: {
    on: 'ticket',
    ...seen,
    input: () => ({ text: 'Matrix', first: 100 }),
    select: 'edges { node { ticket { id } } }',
    yes: (answer: { edges: readonly { node: { ticket: { id: string } } }[] }, { ticketId }: Fixture) =>
      answer.edges.some(({ node }) => node.ticket.id === ticketId),
  },
  similarTickets: { ...everybody, input: ({ contactId }) => ({ requesterId: contactId, subject: 'x' }), select: 'id' },
  tickets: { on: 'ticket', ...seen, input: () => ({ first: 100 }), ...list, yes: holds },
  ticketGroups: { ...everybody, input: () => ({ by: 'STATUS' }), select: 'key', yes: () => true },
  activityEntry: { ...everybody, input: () => ({ id: crypto.randomUUID() }), select: 'id', yes: () => true },
  topics: { ...everybody, select: 'id' },
  skillGroups: { ...everybody, select: 'id' },
  ticketTemplates: { ...everybody, select: 'id' },
  conversations: { ...everybody, input: () => ({ first: 1 }), select: 'edges { node { id } }', yes: () => true },
  conversation: { ...everybody, input: () => ({ id: crypto.randomUUID() }), select: 'id', yes: () => true },
  unreadNotificationCount: everybody,
  view: { ...everybody, input: () => ({ key: 'open' }), select: 'id' },
  viewer: { ...everybody, select: 'email', anonymous: true },
  views: { ...everybody, select: 'id' },

  // Mutations of tickets
  draftSave: {
    on: 'ticket',
    ...noted,
    input: ({ ticketId }) => ({ ticketId, kind: 'NOTE', id: crypto.randomUUID(), body: '<p>x</p>', revision: 1 }),
  },
  replySend: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, body: '<p>x</p>' }), yes: gone('NO_CLIENT') },
  linkAdd: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, spareTicketId }) => ({ ticketId, otherId: spareTicketId, role: 'RELATED' }),
    select: 'ticket { id }',
  },
  linkRemove: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId }) => ({ ticketId, linkId: crypto.randomUUID() }),
    select: 'ticket { id }',
    yes: gone('LINK_NOT_FOUND'),
  },
  ticketMerge: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, spareTicketId }) => ({ sourceId: spareTicketId, destinationId: ticketId }),
    select: 'destination { id }',
  },
  activityUndo: { ...everybody, input: () => ({ entryId: crypto.randomUUID() }), yes: gone('ENTRY_NOT_FOUND') },
  ticketSplit: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, noteId }) => ({ ticketId, subject: 'x', noteIds: [noteId] }),
    select: 'ticket { id }',
  },
  ticketUnmerge: { on: 'ticket', ...edited, input: ({ mergedId }) => ({ ticketId: mergedId }), select: 'ticket { id }' },
  messageReceive: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, body: '<p>x</p>' }), yes: gone('NO_CLIENT') },
  noteAdd: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, body: '<p>x</p>' }) },
  noteEdit: { on: 'ticket', free: 'OA', taken: 'OA', other: 'OA', input: ({ noteId }) => ({ noteId, body: '<p>y</p>', version: 1 }) },
  notePublish: { on: 'ticket', ...edited, input: ({ noteId }) => ({ noteId, version: 1 }), yes: gone('NO_CLIENT') },
  ticketContactAdd: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, spareContactId }) => ({ ticketId, contactId: spareContactId }),
    select: 'ticket { id }',
  },
  ticketContactRemove: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, spareContactId }) => ({ ticketId, contactId: spareContactId }),
    select: 'ticket { id }',
  },
  timeRecord: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, minutes: 5 }), select: 'ticket { id }' },
  timeRemove: { ...everybody, input: () => ({ entryId: crypto.randomUUID() }), yes: gone('TIME_ENTRY_NOT_FOUND') },
  ratingRemove: { ...everybody, input: () => ({ ratingId: crypto.randomUUID() }), yes: gone('RATING_NOT_FOUND') },
  checklistAdd: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, texts: ['x'] }), select: 'ticket { id }' },
  checklistOrder: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, itemIds: [] }), select: 'ticket { id }' },
  checklistItemEdit: { ...everybody, input: () => ({ itemId: crypto.randomUUID(), done: true }), yes: gone('CHECKLIST_ITEM_NOT_FOUND') },
  checklistItemRemove: { ...everybody, input: () => ({ itemId: crypto.randomUUID() }), yes: gone('CHECKLIST_ITEM_NOT_FOUND') },
  noteDelete: { on: 'ticket', free: 'OA', taken: 'OA', other: 'OA', input: ({ noteId }) => ({ noteId }) },
  presenceSet: {
    on: 'ticket',
    free: '',
    taken: '',
    other: '',
    input: ({ ticketId }) => ({ ticketId, activity: 'VIEWING' }),
    select: 'shown',
    // Only those are shown who follow the ticket, which asks for itself.
    yes: ({ shown }: { shown: boolean }) => shown,
  },
  ticketAssign: {
    on: 'ticket',
    free: 'OASM',
    taken: 'OAS',
    other: 'OA',
    input: ({ ticketId, assigneeId, me }) => ({ ticketId, from: assigneeId, to: me }),
  },
  ticketLinkOpen: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId }), select: 'ticket { publicLink { url } }' },
  ticketLinkRevoke: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId }), select: 'ticket { id }' },
  ticketEdit: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, subject: { from: 'Matrix', to: 'Changed' } }) },
  ticketSetStatus: { on: 'ticket', ...edited, input: ({ ticketId, open, inProgress }) => ({ ticketId, from: open, to: inProgress }) },
  ticketSpamRemove: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId }) },
  ticketSnooze: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId }) => ({ ticketId, until: new Date(Date.now() + 86_400_000).toISOString() }),
  },
  ticketTag: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, add: ['matrix'] }) },
  watcherAdd: { on: 'ticket', ...noted, input: ({ ticketId, me }) => ({ ticketId, memberId: me }) },
  watcherRemove: { on: 'ticket', ...noted, input: ({ ticketId, me }) => ({ ticketId, memberId: me }) },
  notificationMute: {
    ...everybody,
    input: () => ({ notificationId: crypto.randomUUID() }),
    yes: gone('INVALID_INPUT'),
  },
  notificationSettingsSave: { ...everybody, input: () => ({}), select: 'settings { timeZone }' },
  // A program has no browser: refused after its rights were found good.
  pushDeviceAdd: { ...everybody, input: () => ({ endpoint: 'x', publicKey: 'x', auth: 'x' }), yes: gone('INVALID_INPUT') },
  pushDeviceRemove: { ...everybody, input: () => ({ endpoint: 'x' }), select: 'settings { timeZone }' },
  notificationsMarkRead: { ...everybody, input: () => ({}), select: 'unreadCount' },

  // Mutations of the workspace
  contactCreate: { on: 'workspace', who: 'OASM', input: ({ unique }) => ({ name: `Contact ${unique}` }) },
  ticketCreate: { on: 'workspace', who: 'OASM', input: () => ({ subject: 'Made by the matrix', internal: true }) },
  machineTokenCreate: { ...people, input: ({ unique }) => ({ name: unique, role: 'GUEST' }), select: 'secret' },
  memberEdit: { ...people, input: ({ memberId }) => ({ memberId, allTeams: false }), select: member },
  memberInvite: { ...people, input: ({ unique }) => ({ name: unique, email: `${unique}@matrix.test`, role: 'GUEST' }), select: member },
  memberInviteAgain: { ...people, input: ({ memberId }) => ({ memberId }), select: member, yes: gone('INVALID_INPUT') },
  memberResetLink: { ...account, input: ({ memberId }) => ({ memberId }), select: 'link' },
  roleCreate: { ...people, input: ({ unique }) => ({ name: unique, permissions: [] }), select: 'role { id }' },
  roleEdit: {
    ...people,
    input: ({ roleId, unique }) => ({ roleId, version: 1, name: unique, permissions: [] }),
    select: 'role { id }',
  },
  roleDelete: { ...people, input: ({ roleId }) => ({ roleId }), select: 'role { id }' },
  contactErase: { ...people, input: ({ spareContactId }) => ({ contactId: spareContactId }), select: 'contact { id }' },
  contactExport: { ...people, input: ({ contactId }) => ({ contactId }), select: 'document' },
  slaCalendarSave: { ...people, input: ({ unique }) => ({ name: unique, timeZone: 'UTC', week: everyDay }), select: 'calendar { id }' },
  slaCalendarTry: { ...people, input: ({ unique }) => ({ name: unique, timeZone: 'UTC', week: everyDay }), select: 'effect { running }' },
  slaCalendarDelete: {
    ...people,
    input: () => ({ id: crypto.randomUUID() }),
    select: 'deletedId',
    yes: gone('SLA_CALENDAR_NOT_FOUND'),
  },
  slaPolicySave: { ...people, input: ({ unique }) => policyInput(unique), select: 'policy { id }' },
  slaPolicyExample: {
    ...people,
    input: ({ unique }) => ({ policy: policyInput(unique), ticket: { at: '2026-01-01T00:00:00Z', priority: 'LOW' } }),
    select: 'outcome { policy }',
  },
  slaPolicyTry: { ...people, input: ({ unique }) => policyInput(unique), select: 'effect { running }' },
  slaPolicyReapply: { ...people, input: () => ({ id: crypto.randomUUID() }), yes: gone('SLA_POLICY_NOT_FOUND') },
  slaPoliciesOrder: { ...people, input: () => ({ ids: [] }), yes: gone('INVALID_INPUT') },
  slaHolidaysRead: {
    ...people,
    input: () => ({ ical: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR', fromYear: 2026, toYear: 2026 }),
    select: 'holidays { date }',
  },
  secondFactorRequire: { ...account, input: () => ({ required: false }), select: 'workspace { id }' },
  teamCreate: { ...people, input: ({ unique }) => ({ name: unique }), select: 'team { id }' },
  teamRename: { ...people, input: ({ teamId, unique }) => ({ teamId, name: unique }), select: 'team { id }' },
  teamCalendarUpdate: { ...people, input: ({ teamId }) => ({ teamId, version: 0 }), yes: gone('SETTINGS_CONFLICT') },
  teamCalendarTry: { ...people, input: ({ teamId }) => ({ teamId }), select: 'effect { running }' },
  teamSetReopening: { ...people, input: ({ teamId }) => ({ teamId, toQueue: true }), select: 'team { id }' },
  settingRestore: { ...people, input: () => ({ id: crypto.randomUUID(), newest: 1 }), select: 'leftOut', yes: gone('SETTING_NOT_FOUND') },
  securityLogKeep: { ...people, input: () => ({ days: 365 }), select: 'workspace { id }' },
  teamDelete: { ...people, input: ({ teamId }) => ({ teamId }), select: 'team { id }' },

  // Mutations of oneself
  // What it does to each ticket is tried in bulk.test.ts: the use cases of single changes, with their rights.
  bulkStart: {
    on: 'ticket',
    ...noted,
    input: ({ ticketId }) => ({ ticketIds: [ticketId], action: { watch: true } }),
    select: 'job { total }',
    yes: ({ job }: { job: { total: number } | null }) => job?.total === 1,
  },
  bulkUnwatchClosed: { ...everybody, select: 'job { total }' },
  failedJobRetry: { ...people, input: () => ({ failedJobId: crypto.randomUUID() }), yes: gone('FAILED_JOB_NOT_FOUND') },
  failedJobDiscard: { ...people, input: () => ({ failedJobId: crypto.randomUUID() }), yes: gone('FAILED_JOB_NOT_FOUND') },
  bulkUndo: { ...everybody, input: () => ({ jobId: crypto.randomUUID() }), yes: gone('BULK_JOB_NOT_FOUND') },
  bulkCancel: { ...everybody, input: () => ({ jobId: crypto.randomUUID() }), yes: gone('BULK_JOB_NOT_FOUND') },
  skillGroupCreate: { ...people, input: () => ({ name: crypto.randomUUID() }), select: 'skillGroup { id }' },
  skillGroupEdit: {
    ...people,
    input: () => ({ skillGroupId: crypto.randomUUID(), version: 1, name: 'x' }),
    yes: gone('SETTING_NOT_FOUND'),
  },
  skillGroupDelete: { ...people, input: () => ({ skillGroupId: crypto.randomUUID() }), yes: gone('SETTING_NOT_FOUND') },
  templateCreate: { ...people, input: () => ({ name: crypto.randomUUID() }), select: 'template { id }' },
  templateEdit: { ...people, input: () => ({ templateId: crypto.randomUUID(), version: 1, name: 'x' }), yes: gone('SETTING_NOT_FOUND') },
  templateDelete: { ...people, input: () => ({ templateId: crypto.randomUUID() }), yes: gone('SETTING_NOT_FOUND') },
  conversationOpen: { ...workers, input: ({ contactId }) => ({ contactId, body: 'x' }), select: 'conversation { id }' },
  conversationReceive: {
    ...workers,
    input: () => ({ conversationId: crypto.randomUUID(), body: 'x' }),
    yes: gone('CONVERSATION_NOT_FOUND'),
  },
  conversationReply: { ...workers, input: () => ({ conversationId: crypto.randomUUID(), body: 'x' }), yes: gone('CONVERSATION_NOT_FOUND') },
  conversationUnlink: { ...workers, input: () => ({ conversationId: crypto.randomUUID() }), yes: gone('CONVERSATION_NOT_FOUND') },
  conversationClose: { ...workers, input: () => ({ conversationId: crypto.randomUUID() }), yes: gone('CONVERSATION_NOT_FOUND') },
  conversationLink: {
    ...workers,
    input: ({ ticketId }) => ({ conversationId: crypto.randomUUID(), ticketId }),
    yes: gone('CONVERSATION_NOT_FOUND'),
  },
  topicCreate: { ...people, input: () => ({ names: english }) },
  topicEdit: { ...people, input: () => ({ topicId: crypto.randomUUID(), version: 1, names: english }), yes: gone('SETTING_NOT_FOUND') },
  topicDelete: { ...people, input: () => ({ topicId: crypto.randomUUID() }), yes: gone('SETTING_NOT_FOUND') },
  topicsOrder: { ...people, input: () => ({ topicIds: [] }), select: 'topics { id }' },
  statusCreate: { ...people, input: () => ({ names: english, color: 'blue', category: 'SPAM' }) },
  statusEdit: {
    ...people,
    input: () => ({ statusId: crypto.randomUUID(), version: 1, names: english, color: 'blue' }),
    yes: gone('SETTING_NOT_FOUND'),
  },
  statusDelete: { ...people, input: () => ({ statusId: crypto.randomUUID() }), yes: gone('SETTING_NOT_FOUND') },
  statusesOrder: { ...people, input: () => ({ statusIds: [] }), select: 'statuses { id }' },
  tagRename: { ...people, input: () => ({ tagId: crypto.randomUUID(), name: 'x' }), yes: gone('SETTING_NOT_FOUND') },
  tagDelete: { ...people, input: () => ({ tagId: crypto.randomUUID() }), yes: gone('SETTING_NOT_FOUND') },
  prioritiesName: { ...people, input: () => ({ names: [] }), select: 'priorityNames { priority }' },
  fieldCreate: {
    ...people,
    input: ({ unique }) => ({
      key: `f_${unique.replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 40),
      type: 'TEXT',
      names: [{ locale: 'en', text: 'x' }],
    }),
  },
  fieldEdit: {
    ...people,
    input: () => ({ fieldId: crypto.randomUUID(), version: 1, names: [{ locale: 'en', text: 'x' }] }),
    yes: gone('CUSTOM_FIELD_NOT_FOUND'),
  },
  fieldRemove: { ...people, input: () => ({ fieldId: crypto.randomUUID() }), yes: gone('CUSTOM_FIELD_NOT_FOUND') },
  fieldsOrder: { ...people, input: () => ({ fieldIds: [] }), select: 'fields { id }' },
  ticketFileAdd: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, attachmentIds: [] }), select: 'ticket { id }' },
  fileRemove: { ...everybody, input: () => ({ attachmentId: crypto.randomUUID() }), yes: gone('TICKET_NOT_FOUND') },
  contactEdit: {
    on: 'workspace',
    who: 'OASM',
    input: ({ contactId }) => ({ contactId, version: 0, name: 'x', emails: [], phones: [], notes: '' }),
    yes: gone('CONTACT_CONFLICT'),
  },
  contactBlock: { ...workers, input: () => ({ contactId: crypto.randomUUID(), blocked: true }), yes: gone('CONTACT_NOT_FOUND') },
  contactMerge: {
    on: 'workspace',
    who: 'OAS',
    input: () => ({ sourceId: crypto.randomUUID(), destinationId: crypto.randomUUID() }),
    yes: gone('CONTACT_NOT_FOUND'),
  },
  contactUnmerge: {
    on: 'workspace',
    who: 'OAS',
    input: () => ({ mergeId: crypto.randomUUID() }),
    yes: gone('CONTACT_UNMERGE_REFUSED'),
  },
  ticketDelete: { on: 'ticket', free: 'OA', taken: 'OA', other: 'OA', input: ({ ticketId }) => ({ ticketId }), select: 'deletedId' },
  ticketRestore: { ...people, input: () => ({ ticketId: crypto.randomUUID() }), yes: gone('TICKET_NOT_FOUND') },
  lifecycleSave: {
    ...people,
    input: () => ({ reopenDays: 14, lifecycleVersion: 0 }),
    yes: gone('SETTINGS_CONFLICT'),
  },
  ticketSetFields: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, fields: [] }), select: 'ticket { id }' },
  viewCreate: {
    on: 'workspace',
    who: 'OAS',
    input: ({ unique }) => ({ name: unique, filter: {}, order: 'DUE', audience: 'WORKSPACE' }),
  },
  viewEdit: {
    on: 'workspace',
    who: 'OAS',
    input: ({ viewId }) => ({ viewId, version: 0, name: 'x', filter: {}, order: 'DUE', audience: 'WORKSPACE' }),
    yes: gone('SETTINGS_CONFLICT'),
  },
  viewDelete: { ...everybody, input: () => ({ viewId: crypto.randomUUID() }), yes: gone('VIEW_NOT_FOUND') },
  viewsOrder: { ...everybody, input: () => ({ viewIds: [] }), select: 'views { id }' },
  accessTokenCreate: { ...withoutGuests, input: ({ unique }) => ({ name: unique }), select: 'secret' },
  accessTokenRevoke: { ...everybody, input: () => ({ id: crypto.randomUUID() }), yes: gone('ACCESS_TOKEN_NOT_FOUND') },
  confirm: { ...account, input: () => ({ password: 'correct horse' }), select: 'confirmed' },
  passwordChange: { ...account, input: () => ({ current: 'wrong', next: 'x' }), select: 'changed' },
  secondFactorBegin: { ...account, select: 'uri' },
  secondFactorConfirm: { ...account, input: () => ({ code: '000000' }), select: 'recoveryCodes' },
  secondFactorEnd: { ...account, input: () => ({ code: '000000' }), select: 'ended' },
  sessionEnd: { ...account, input: () => ({ id: crypto.randomUUID() }), select: 'ended' },
  sessionsEndOthers: { ...account, select: 'ended' },
  workspaceSwitch: { ...account, input: () => ({ workspaceId: crypto.randomUUID() }) },
  invitationAccept: { ...account, input: () => ({ workspaceId: crypto.randomUUID() }) },
  signOut: { ...everybody, select: 'signedOut', anonymous: true },
  signIn: {
    ...everybody,
    input: ({ unique }) => ({ email: `${unique}@nowhere.test`, password: 'x' }),
    yes: gone('SIGN_IN_REFUSED'),
    anonymous: true,
  },
  passwordForgotten: { ...everybody, input: () => ({ email: 'nobody@nowhere.test' }), select: 'accepted', anonymous: true },
  linkRedeem: {
    ...everybody,
    input: () => ({ kind: 'RESET', token: 'x', password: 'marble canoe thirteen' }),
    select: 'signedIn',
    yes: gone('LINK_INVALID'),
    anonymous: true,
  },

  // Subscriptions
  boardChanged: { on: 'workspace', who: 'OAS', input: () => ({ since: '2026-01-01T00:00:00Z' }), select: 'open' },
  conversationChanged: { ...everybody, select: 'id', yes: () => true },
  contactChanged: { on: 'workspace', who: 'OASM', input: ({ contactId }) => ({ id: contactId }), select: 'id' },
  draftChanged: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, kind: 'NOTE' }), select: 'id', yes: () => true },
  eventsStreamed: { on: 'ticket', ...seen, select: 'ticketId', yes: told },
  notificationsChanged: { ...everybody, select: 'unreadCount' },
  presenceChanged: { on: 'ticket', ...seen, input: ({ ticketId }) => ({ ticketId }), select: 'activity' },
  presencesChanged: { on: 'ticket', ...seen, select: 'ticketId', yes: told },
  ticketChanged: { on: 'ticket', ...seen, input: byId, select: 'id' },
  ticketsChanged: { on: 'ticket', ...seen, select: 'ticketId', yes: told },
  viewChanged: { on: 'ticket', ...seen, input: ({ viewId }) => ({ viewId }), select: 'ticketId', yes: told },
  viewCountsChanged: { ...everybody, select: 'viewId' },
  bulkJobChanged: { ...everybody, input: () => ({ id: crypto.randomUUID() }), select: 'id', yes: (answer: unknown) => answer === null },
  settingsChanged: { ...everybody },
  // A position of another log is answered with RELOAD for every viewer.
  contactsStreamed: { ...everybody, input: () => ({ after: 'x' }), select: 'kind' },
  conversationsStreamed: { ...everybody, input: () => ({ after: 'x' }), select: 'kind' },
  settingsStreamed: { ...everybody, input: () => ({ after: 'x' }), select: 'kind' },
  viewsChanged: { ...everybody, select: 'id' },
};

const everyDay = Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]);

function policyInput(name: string) {
  // Of a topic that no ticket has, so that it is nobody's policy.
  return { name, conditions: { topicIds: [crypto.randomUUID()] }, targets: [], warning: { share: 0.75, beforeMinutes: 15 } };
}

/** What was asked for is not there, which is said only to those who may ask. */
function gone(code: string) {
  return ({ userErrors }: { userErrors: readonly { code: string }[] }) => userErrors.every((error) => error.code === code);
}

function told(answer: { ticketId: string | null }, { ticketId }: Fixture): boolean {
  return answer.ticketId === ticketId;
}

/**
 * Every field of every thing. Whoever sees the thing is told by all of them, or, where letters stand behind a colon, by
 * that one only in those roles: the others see null. What merely carries things (payloads, connections, refusals) has none.
 */
export const fields: Readonly<Record<string, string>> = {
  AccessToken: 'createdAt expiresAt hint id lastUsedAt name permissions',
  ActivityChange: 'field from names to',
  ActingToken: 'id name',
  ActivityEntry: 'actor actorKind at bulkJobId bulkTotal byClient causes changes id isCaused kind ticket token type undo',
  ActivityValue: 'names text',
  Attachment: 'createdAt id name size type uploadedBy url',
  Board: 'arrivals byOperator byPriority byStatus byTeam byTopic dueSoon late open resolutions unassigned worst',
  BoardCount: 'count key late',
  BoardOperator: 'count late member online',
  BoardPriorityCount: 'count key late',
  BoardTrend: 'today usual',
  BulkCount: 'count outcome',
  BulkItem: 'message outcome ticket',
  BulkJob: 'cancelled createdAt finishedAt id isUndo items outcomes total undoable',
  Contact:
    'blockedAt:OASM concernedBy createdAt data:OASM email:OASML emails:OASM externalId:OASM firstName id lastName locale mergedFrom mergedInto name notes:OASM organization phone:OASML phones:OASM version',
  ContactDatum: 'name value',
  ContactMerge: 'id mergedAt mergedBy source',
  Organization: 'contacts name',
  CustomField: 'defaultValues forClients forLightAgents help id key maximum minimum names options pattern required topicIds type version',
  DeletedTicket: 'deletedAt deletedBy deletion id number subject',
  Rating: 'comment id ratedAt resolvedAt score',
  TimeEntry: 'comment createdAt id member minutes withText',
  ChecklistItem: 'doneAt doneBy id text',
  Lifecycle:
    'askForRating checklistRequired closeAfterDays closeNotices customerLocale lifecycleVersion openOnWork reopenDays staleAfterDays staleCloseDays staleNotices timeAccounting',
  Draft: 'body id revision updatedAt',
  FailedJob: 'attempts error failedAt firstFailedAt id kind member recipient ticket',
  FieldFault: 'fieldId message theirs',
  FieldOption: 'id names',
  FieldValue: 'field values',
  Invitation: 'workspaceId workspaceName',
  LocalizedName: 'locale text',
  Machine: 'customRole member tokens',
  Member: 'id name role teams',
  LinkedTicket: 'linkId role ticket',
  Message: 'attachments author authorName body channel createdAt direction id',
  Note: 'attachments author authorName body createdAt deletedAt editedAt id mentions publishedAt version versions viewerCanEdit',
  NoteVersion: 'body version writtenAt',
  Notification: 'actor count createdAt id kind readAt reason ticket type',
  NotificationChange: 'notification unreadCount',
  NotificationRule: 'email inApp kind push scope',
  NotificationSettings: 'devices emailEvery quietDays quietFrom quietTo rules teamIds timeZone topicIds',
  PushDevice: 'createdAt id sessionId',
  OutgoingMail: 'id recipient subject body createdAt sentAt',
  Person: 'active allTeams assignmentScope createdAt customRole email invited lastSeenAt member secondFactor topicIds',
  Presence: 'activity field member',
  PriorityName: 'names priority',
  PublicLink: 'openedAt url',
  RoleDescription: 'id name permissions role version',
  SecurityEvent: 'actor address at count details id kind subject token userAgent',
  Session: 'address createdAt current expiresAt id lastUsedAt userAgent',
  SignInOptions: 'singleSignOn',
  SlaCalendar: 'current id name',
  SlaCalendarVersion: 'holidays id message offsets savedAt savedBy timeZone version week',
  SearchHit: 'snippets ticket',
  SearchPiece: 'isMatch text',
  SearchSnippet: 'pieces source',
  SlaClock:
    'breachCause breachedAt calendar cycle dueAt elapsedMs ledger metric overdueSince policy policyVersion remainingMs runningSince state stoppedAt targetMs warnAt',
  SlaConditions: 'organizations priorities sources tagIds teamIds topicIds',
  SlaHoliday: 'date hours name',
  SlaHolidayProblem: 'line name reason',
  SlaHours: 'from to',
  SlaLedgerLine: 'from kind reason to',
  SlaExampleOutcome: 'policy promises tried',
  SlaExamplePromise: 'dueAt metric targetMs',
  SlaOptions: 'newCycle restartOnMessage',
  SlaPolicy: 'calendarId conditions fallback id message name options outdated savedAt savedBy steps targets version warning',
  SettingVersion: 'deleted id kind newest savedAt savedBy settingId state stateBefore version',
  SlaReportRow: 'breached elapsedMs key medianMs metric met names p90Ms',
  SlaStep: 'action afterMinutes metric on value',
  SlaPolicyEffect: 'breaches earlier later running',
  SlaTarget: 'amount metric priority unit',
  SlaWarning: 'beforeMinutes share',
  SlaZoneOffset: 'from offsetMs',
  Status: 'category color fromIds id name names requiresAssignee version waitingOn',
  StreamEvent: 'entry kind position reload ticket ticketId ticketVersion',
  ContactChange: 'contact contactId kind position',
  ConversationChange: 'conversation conversationId kind position',
  SettingChange: 'kind position settingId settingKind',
  Tag: 'id name version',
  Team: 'calendarId id name reopenToQueue version',
  Ticket:
    'activity assignee attachments checklist contacts conversations createdAt description dueAt fields id internal links mergedAt mergedInto mergedTickets messages minutesSpent:OASML notes:OASML number participants priority publicLink:OASM ratings reopenCount requester resolvedAt slaClocks snoozedUntil source status statusSince subject tags team timeEntries:OASML topic updatedAt version viewerCan viewerIsWatching watchers',
  TicketPermissions: 'assign delete edit take watch writeNotes',
  TicketPresence: 'people ticketId',
  Conversation: 'channel closedAt contact createdAt id lastMessage lastMessageAt messages ticket',
  SkillGroup: 'id members name topics version',
  TemplateField: 'fieldId values',
  TicketTemplate: 'checklist description fields id name priority subject teamId topicId version watcherIds',
  Topic: 'id key name names parent skillGroup version',
  TicketGroup: 'count key',
  View: 'audience columns count fieldIds filter grouping groups id key names order orderFieldId team text tickets version viewerCanSave',
  ViewChangeType: 'kind position ticket ticketId',
  ViewCount: 'count viewId',
  Viewer: 'email invitations member permissions secondFactor workspace workspaces',
  Workspace: 'id name prioritiesVersion secondFactorRequired securityLogDays timeAccounting',
};
