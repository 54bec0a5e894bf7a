/**
 * Who may do what: O owner, A admin, S supervisor, M agent, L light agent, G guest, all of them in one team. The tests in
 * `access-matrix.test.ts` ask every cell through the API, by role, credential and place, and fail for an operation or a
 * field of the schema that has no row here.
 */
export interface Fixture {
  /** Made for a cell when a row names it; `matrix-world.ts` says how. Ids of the workspace of the cell’s place. */
  readonly ticketId: string;
  readonly number: number;
  readonly assigneeId: string | null;
  readonly noteId: string;
  /** The event that began the ticket, and one that can be undone. */
  readonly eventId: string;
  readonly entryId: string;
  /** Of the team, with no assignee. */
  readonly spareTicketId: string;
  /** `ticketId`, where it was merged into the spare one. */
  readonly mergedId: string;
  readonly relationId: string;
  readonly deletedTicketId: string;
  readonly itemId: string;
  readonly ratingId: string;
  /** A tag that only this ticket has. */
  readonly taggedId: string;
  /** A contact that is the requester of this ticket alone. */
  readonly requesterId: string;
  readonly contactId: string;
  readonly spareContactId: string;
  readonly contactMergeId: string;
  readonly conversationId: string;
  readonly linkedConversationId: string;
  readonly memberId: string;
  /** A member with an account. `memberId` is a service account. */
  readonly personId: string;
  readonly failedJobId: string;
  readonly mailId: string;
  readonly securityEventId: string;
  /** A member who has not accepted their invitation. */
  readonly invitedId: string;
  readonly teamId: string;
  readonly roleId: string;
  readonly topicId: string;
  readonly statusId: string;
  readonly tagId: string;
  readonly fieldId: string;
  readonly skillGroupId: string;
  readonly templateId: string;
  readonly calendarId: string;
  readonly policyId: string;
  readonly settingVersionId: string;
  readonly viewId: string;
  readonly sharedViewId: string;
  readonly open: string;
  readonly inProgress: string;
  /** What is personal belongs to the caller, or to a colleague in cells that ask for another member’s. */
  readonly ownViewId: string;
  readonly timeEntryId: string;
  readonly draftRowId: string;
  readonly draftId: string;
  readonly attachmentId: string;
  readonly notificationId: string;
  readonly jobId: string;
  readonly tokenId: string;
  readonly sessionId: string;
  readonly otherWorkspaceId: string;
  readonly invitingWorkspaceId: string;
  /** The caller. */
  readonly me: string;
  /** Another for each cell. */
  readonly unique: string;
}

interface Asked {
  readonly input?: (fixture: Fixture) => object;
  /** What must exist beside what the input names. */
  readonly needs?: readonly (keyof Fixture)[];
  /** Selected of the answer; userErrors are added. */
  readonly select?: string;
  /** Whether the answer is a yes; by default: it is not null and refuses nothing. */
  readonly yes?: (answer: never, fixture: Fixture) => boolean;
  /**
   * Which credentials may ask; any by default. BROWSER: a session. CONFIRMED: a session whose password was entered
   * recently. RECENT: such a session, or a token.
   */
  readonly by?: 'BROWSER' | 'CONFIRMED' | 'RECENT';
  /** Answers a token that holds no permission: what all members of the workspace know. */
  readonly basic?: boolean;
  /** All members can see the thing, so a refusal may say that it exists. */
  readonly visible?: boolean;
  /** Answers a token that holds `ticket.read` alone. */
  readonly reads?: boolean;
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

/** About no ticket: who may at all. `self` = about what is the caller’s own. */
interface Anywhere extends Asked {
  readonly on: 'workspace' | 'self';
  readonly who: string;
  /** Who may do it to what is another member’s; nobody by default. */
  readonly others?: string;
  /** Whether a caller without a credential may ask it. */
  readonly anonymous?: boolean;
}

export type Row = OnTicket | Anywhere;

const seen = { free: 'OASMLG', taken: 'OASMLG', other: 'OA', reads: true } as const;
const edited = { free: 'OASM', taken: 'OAS', other: 'OA' } as const;
const noted = { free: 'OASML', taken: 'OASML', other: 'OA' } as const;
const removed = { free: 'OA', taken: 'OA', other: 'OA' } as const;
const everybody = { on: 'self', who: 'OASMLG' } as const;
/** What the workspace is made of. */
const known = { on: 'workspace', who: 'OASMLG', basic: true } as const;
const withoutGuests = { on: 'self', who: 'OASML' } as const;
const workers = { on: 'workspace', who: 'OASM' } as const;
const people = { on: 'workspace', who: 'OA' } as const;
const account = { on: 'self', who: 'OASMLG', by: 'CONFIRMED' } as const;
const english = (text: string) => [{ locale: 'en', text }];
const byId = ({ ticketId }: Fixture) => ({ id: ticketId });
const list = { select: 'edges { node { id } }' };
const member = 'person { member { id } }';

export const operations: Readonly<Record<string, Row>> = {
  // Queries
  accessTokens: { ...everybody, select: 'id', ...contains('tokenId') },
  bulkJobs: { ...everybody, select: 'id', ...contains('jobId') },
  bulkJob: { ...everybody, input: ({ jobId }) => ({ id: jobId }), select: 'id' },
  board: { on: 'workspace', who: 'OAS', input: () => ({ since: '2026-01-01T00:00:00Z' }), select: 'open' },
  contact: { on: 'workspace', who: 'OASM', input: ({ contactId }) => ({ id: contactId }), select: 'id' },
  contacts: { ...workers, input: () => ({ first: 100, search: 'Client' }), ...list, ...contains('contactId') },
  organizations: { on: 'workspace', who: 'OASM', select: 'name', yes: (answer: readonly unknown[]) => answer.length > 0 },
  customFields: { ...known, select: 'id', ...contains('fieldId') },
  draftAttachments: { ...withoutGuests, input: ({ draftId }) => ({ draftId }), select: 'id', yes: isSome },
  deletedTickets: { on: 'ticket', ...removed, input: () => ({ first: 100 }), ...list, ...contains('deletedTicketId') },
  draft: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, kind: 'NOTE' }), needs: ['draftRowId'], select: 'id' },
  failedJobs: { ...people, input: () => ({ first: 100 }), ...list, ...contains('failedJobId') },
  lifecycle: { ...known, select: 'reopenDays' },
  machines: { ...people, select: 'member { id }', ...contains('memberId') },
  members: { ...known, select: 'id', ...contains('personId') },
  node: { on: 'ticket', ...seen, input: byId, select: 'id' },
  notifications: { ...everybody, ...list, ...contains('notificationId') },
  notificationSettings: { ...everybody, select: 'timeZone' },
  outgoingMails: { on: 'workspace', who: 'O', select: 'id', ...contains('mailId') },
  people: { on: 'workspace', who: 'OAS', select: 'member { id }', ...contains('personId') },
  pushKey: known,
  roles: { on: 'workspace', who: 'OAS', select: 'id', ...contains('roleId') },
  securityLog: { ...people, ...list, ...contains('securityEventId') },
  settingVersions: { ...people, ...list, ...contains('settingVersionId') },
  sessions: { ...everybody, by: 'BROWSER', select: 'id', ...contains('sessionId') },
  signInOptions: { ...known, select: 'singleSignOn', anonymous: true },
  slaCalendars: { ...known, select: 'id', ...contains('calendarId') },
  slaPolicies: { ...known, select: 'id', ...contains('policyId') },
  slaReport: {
    on: 'workspace',
    who: 'OAS',
    input: () => ({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }),
    select: 'met',
  },
  statuses: { ...known, select: 'id', ...contains('statusId') },
  streamPosition: known,
  tags: { ...known, select: 'id', ...contains('tagId') },
  teams: { ...known, select: 'id', ...contains('teamId') },
  ticket: { on: 'ticket', ...seen, input: byId, select: 'id' },
  ticketByNumber: {
    on: 'ticket',
    ...seen,
    input: ({ number }) => ({ number }),
    needs: ['ticketId'],
    select: 'id',
    yes: ({ id }: { id: string }, { ticketId }: Fixture) => id === ticketId,
  },
  priorityNames: { ...known, select: 'priority' },
  search: {
    on: 'ticket',
    ...seen,
    input: ({ taggedId }) => ({ text: 'Matrix', first: 100, filter: { tagIds: [taggedId] } }),
    select: 'edges { node { ticket { id } } }',
    yes: (answer: { edges: readonly unknown[] }) => answer.edges.length > 0,
  },
  similarTickets: { on: 'ticket', ...seen, input: ({ requesterId }) => ({ requesterId, subject: 'Matrix' }), select: 'id', yes: isSome },
  tickets: {
    on: 'ticket',
    ...seen,
    input: ({ taggedId }) => ({ first: 100, filter: { tagIds: [taggedId] } }),
    ...list,
    ...contains('ticketId'),
  },
  ticketGroups: {
    on: 'ticket',
    ...seen,
    input: ({ taggedId }) => ({ by: 'STATUS', filter: { tagIds: [taggedId] } }),
    select: 'count',
    yes: isSome,
  },
  activityEntry: { on: 'ticket', ...seen, input: ({ eventId }) => ({ id: eventId }), select: 'id' },
  topics: { ...known, select: 'id', ...contains('topicId') },
  skillGroups: { ...known, select: 'id', ...contains('skillGroupId') },
  ticketTemplates: { ...workers, select: 'id', ...contains('templateId') },
  conversations: { ...workers, input: () => ({ first: 100, all: true }), ...list, ...contains('conversationId') },
  conversation: { ...workers, input: ({ conversationId }) => ({ id: conversationId }), select: 'id' },
  unreadNotificationCount: everybody,
  view: { ...known, input: ({ viewId }) => ({ key: viewId }), select: 'id' },
  viewer: { ...known, select: 'email', anonymous: true },
  views: { ...known, select: 'id', ...contains('sharedViewId') },

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
  linkRemove: { on: 'ticket', ...edited, input: ({ ticketId, relationId }) => ({ ticketId, linkId: relationId }), select: 'ticket { id }' },
  ticketMerge: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, spareTicketId }) => ({ sourceId: spareTicketId, destinationId: ticketId }),
    select: 'destination { id }',
  },
  activityUndo: { on: 'ticket', ...edited, input: ({ entryId }) => ({ entryId }), select: 'ticket { id }' },
  ticketSplit: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, noteId }) => ({ ticketId, subject: 'x', noteIds: [noteId] }),
    select: 'ticket { id }',
  },
  ticketUnmerge: { on: 'ticket', ...edited, input: ({ mergedId }) => ({ ticketId: mergedId }), select: 'ticket { id }' },
  messageReceive: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, body: '<p>x</p>' }), yes: gone('NO_CLIENT') },
  noteAdd: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, body: '<p>x</p>' }) },
  noteEdit: { on: 'ticket', ...removed, input: ({ noteId }) => ({ noteId, body: '<p>y</p>', version: 1 }) },
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
  timeRemove: { on: 'ticket', ...noted, input: ({ timeEntryId }) => ({ entryId: timeEntryId }), select: 'ticket { id }' },
  ratingRemove: { on: 'ticket', ...removed, input: ({ ratingId }) => ({ ratingId }), select: 'ticket { id }' },
  checklistAdd: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, texts: ['x'] }), select: 'ticket { id }' },
  checklistOrder: { on: 'ticket', ...edited, input: ({ ticketId }) => ({ ticketId, itemIds: [] }), select: 'ticket { id }' },
  checklistItemEdit: { on: 'ticket', ...edited, input: ({ itemId }) => ({ itemId, done: true }), select: 'ticket { id }' },
  checklistItemRemove: { on: 'ticket', ...edited, input: ({ itemId }) => ({ itemId }), select: 'ticket { id }' },
  noteDelete: { on: 'ticket', ...removed, input: ({ noteId }) => ({ noteId }) },
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
  notificationMute: { ...everybody, input: ({ notificationId }) => ({ notificationId }), select: 'after { kind }' },
  notificationSettingsSave: { ...everybody, input: () => ({}), select: 'settings { timeZone }' },
  // A program has no browser: refused after its rights were found good.
  pushDeviceAdd: { ...everybody, input: () => ({ endpoint: 'x', publicKey: 'x', auth: 'x' }), yes: gone('INVALID_INPUT') },
  pushDeviceRemove: { ...everybody, input: () => ({ endpoint: 'x' }), select: 'settings { timeZone }' },
  notificationsMarkRead: { ...everybody, input: () => ({}), select: 'unreadCount' },

  // Mutations of the workspace
  contactCreate: { on: 'workspace', who: 'OASM', input: ({ unique }) => ({ name: `Contact ${unique}` }) },
  ticketCreate: { on: 'workspace', who: 'OASM', input: () => ({ subject: 'Made by the matrix', internal: true }) },
  machineTokenCreate: { ...people, by: 'RECENT', input: ({ unique }) => ({ name: unique, role: 'GUEST' }), select: 'secret' },
  memberEdit: { ...people, input: ({ memberId }) => ({ memberId, allTeams: false }), select: member },
  memberInvite: { ...people, input: ({ unique }) => ({ name: unique, email: `${unique}@matrix.test`, role: 'GUEST' }), select: member },
  memberInviteAgain: { ...people, input: ({ invitedId }) => ({ memberId: invitedId }), select: member },
  memberResetLink: { ...people, by: 'CONFIRMED', input: ({ personId }) => ({ memberId: personId }), select: 'link' },
  roleCreate: { ...people, input: ({ unique }) => ({ name: unique, permissions: [] }), select: 'role { id }' },
  roleEdit: {
    ...people,
    input: ({ roleId, unique }) => ({ roleId, version: 1, name: unique, permissions: [] }),
    select: 'role { id }',
  },
  roleDelete: { ...people, input: ({ roleId }) => ({ roleId }), select: 'role { id }' },
  contactErase: { ...people, by: 'RECENT', input: ({ spareContactId }) => ({ contactId: spareContactId }), select: 'contact { id }' },
  contactExport: { ...people, by: 'RECENT', input: ({ contactId }) => ({ contactId }), select: 'document' },
  slaCalendarSave: { ...people, input: ({ unique }) => ({ name: unique, timeZone: 'UTC', week: everyDay }), select: 'calendar { id }' },
  slaCalendarTry: { ...people, input: ({ unique }) => ({ name: unique, timeZone: 'UTC', week: everyDay }), select: 'effect { running }' },
  slaCalendarDelete: { ...people, input: ({ calendarId }) => ({ id: calendarId }), select: 'deletedId' },
  slaPolicySave: { ...people, input: ({ unique }) => policyInput(unique), select: 'policy { id }' },
  slaPolicyExample: {
    ...people,
    input: ({ unique }) => ({ policy: policyInput(unique), ticket: { at: '2026-01-01T00:00:00Z', priority: 'LOW' } }),
    select: 'outcome { policy }',
  },
  slaPolicyTry: { ...people, input: ({ unique }) => policyInput(unique), select: 'effect { running }' },
  slaPolicyReapply: { ...people, input: ({ policyId }) => ({ id: policyId }), select: 'policy { id }' },
  slaPoliciesOrder: { ...people, input: () => ({ ids: [] }), yes: gone('INVALID_INPUT') },
  slaHolidaysRead: {
    ...people,
    input: () => ({ ical: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR', fromYear: 2026, toYear: 2026 }),
    select: 'holidays { date }',
  },
  secondFactorRequire: { ...people, by: 'CONFIRMED', input: () => ({ required: false }), select: 'workspace { id }' },
  teamCreate: { ...people, input: ({ unique }) => ({ name: unique }), select: 'team { id }' },
  teamRename: { ...people, input: ({ teamId, unique }) => ({ teamId, name: unique }), select: 'team { id }' },
  teamCalendarUpdate: { ...people, input: ({ teamId }) => ({ teamId, version: 0 }), yes: gone('SETTINGS_CONFLICT') },
  teamCalendarTry: { ...people, input: ({ teamId }) => ({ teamId }), select: 'effect { running }' },
  teamSetReopening: { ...people, input: ({ teamId }) => ({ teamId, toQueue: true }), select: 'team { id }' },
  settingRestore: { ...people, input: ({ settingVersionId }) => ({ id: settingVersionId, newest: 2 }), select: 'settingVersion { id }' },
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
  bulkUnwatchClosed: { ...withoutGuests, select: 'job { total }' },
  failedJobRetry: { ...people, input: ({ failedJobId }) => ({ failedJobId }), select: 'retriedId' },
  failedJobDiscard: { ...people, input: ({ failedJobId }) => ({ failedJobId }), select: 'discardedId' },
  bulkUndo: { ...everybody, input: ({ jobId }) => ({ jobId }), select: 'job { total }' },
  bulkCancel: { ...everybody, input: ({ jobId }) => ({ jobId }), select: 'job { total }' },
  skillGroupCreate: { ...people, input: () => ({ name: crypto.randomUUID() }), select: 'skillGroup { id }' },
  skillGroupEdit: {
    ...people,
    input: ({ skillGroupId, unique }) => ({ skillGroupId, version: 1, name: unique }),
    select: 'skillGroup { id }',
  },
  skillGroupDelete: { ...people, input: ({ skillGroupId }) => ({ skillGroupId }), select: 'deletedId' },
  templateCreate: { ...people, input: () => ({ name: crypto.randomUUID() }), select: 'template { id }' },
  templateEdit: { ...people, input: ({ templateId, unique }) => ({ templateId, version: 1, name: unique }), select: 'template { id }' },
  templateDelete: { ...people, input: ({ templateId }) => ({ templateId }), select: 'deletedId' },
  conversationOpen: { ...workers, input: ({ contactId }) => ({ contactId, body: 'x' }), select: 'conversation { id }' },
  conversationReceive: { ...workers, input: ({ conversationId }) => ({ conversationId, body: 'x' }), select: 'conversation { id }' },
  conversationReply: { ...workers, input: ({ conversationId }) => ({ conversationId, body: 'x' }), select: 'conversation { id }' },
  conversationUnlink: {
    on: 'ticket',
    ...edited,
    input: ({ linkedConversationId }) => ({ conversationId: linkedConversationId }),
    select: 'conversation { id }',
  },
  conversationClose: { ...workers, input: ({ conversationId }) => ({ conversationId }), select: 'conversation { id }' },
  conversationLink: {
    on: 'ticket',
    ...edited,
    input: ({ conversationId, ticketId }) => ({ conversationId, ticketId }),
    select: 'conversation { id }',
  },
  topicCreate: { ...people, input: ({ unique }) => ({ names: english(unique) }) },
  topicEdit: {
    ...people,
    input: ({ topicId, unique }) => ({ topicId, version: 1, names: english(`${unique} edited`) }),
    select: 'topic { id }',
  },
  topicDelete: { ...people, input: ({ topicId }) => ({ topicId }), select: 'topic { id }' },
  topicsOrder: { ...people, input: () => ({ topicIds: [] }), select: 'topics { id }' },
  statusCreate: { ...people, input: ({ unique }) => ({ names: english(unique), color: 'blue', category: 'SPAM' }) },
  statusEdit: {
    ...people,
    input: ({ statusId, unique }) => ({ statusId, version: 1, names: english(`${unique} edited`), color: 'blue' }),
    select: 'status { id }',
  },
  statusDelete: { ...people, input: ({ statusId }) => ({ statusId }), select: 'status { id }' },
  statusesOrder: { ...people, input: () => ({ statusIds: [] }), select: 'statuses { id }' },
  tagRename: { ...people, input: ({ tagId, unique }) => ({ tagId, name: `${unique} again` }), select: 'tag { id }' },
  tagDelete: { ...people, input: ({ tagId }) => ({ tagId }), select: 'tag { id }' },
  prioritiesName: { ...people, input: () => ({ names: [] }), select: 'priorityNames { priority }' },
  fieldCreate: {
    ...people,
    input: ({ unique }) => ({
      key: `f_${unique.replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 40),
      type: 'TEXT',
      names: english(unique),
    }),
  },
  fieldEdit: {
    ...people,
    input: ({ fieldId, unique }) => ({ fieldId, version: 1, names: english(`${unique} edited`) }),
    select: 'field { id }',
  },
  fieldRemove: { ...people, input: ({ fieldId }) => ({ fieldId }), select: 'field { id }' },
  fieldsOrder: { ...people, input: () => ({ fieldIds: [] }), select: 'fields { id }' },
  ticketFileAdd: {
    on: 'ticket',
    ...edited,
    input: ({ ticketId, attachmentId }) => ({ ticketId, attachmentIds: [attachmentId] }),
    select: 'ticket { id }',
  },
  fileRemove: { on: 'ticket', ...noted, input: ({ attachmentId }) => ({ attachmentId }), select: 'ticket { id }' },
  contactEdit: {
    ...workers,
    input: ({ spareContactId }) => ({ contactId: spareContactId, version: 1, name: 'x', emails: [], phones: [], notes: '' }),
    select: 'contact { id }',
  },
  contactBlock: { ...workers, input: ({ spareContactId }) => ({ contactId: spareContactId, blocked: true }), select: 'contact { id }' },
  contactMerge: {
    on: 'workspace',
    who: 'OAS',
    input: ({ spareContactId, contactId }) => ({ sourceId: spareContactId, destinationId: contactId }),
    select: 'contact { id }',
  },
  contactUnmerge: { on: 'workspace', who: 'OAS', input: ({ contactMergeId }) => ({ mergeId: contactMergeId }), select: 'contact { id }' },
  ticketDelete: { on: 'ticket', ...removed, input: ({ ticketId }) => ({ ticketId }), select: 'deletedId' },
  ticketRestore: { on: 'ticket', ...removed, input: ({ deletedTicketId }) => ({ ticketId: deletedTicketId }), select: 'ticket { id }' },
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
    input: ({ sharedViewId, unique }) => ({
      viewId: sharedViewId,
      version: 1,
      name: `${unique} edited`,
      filter: {},
      order: 'DUE',
      audience: 'WORKSPACE',
    }),
    select: 'view { id }',
    visible: true,
  },
  viewDelete: { ...everybody, input: ({ ownViewId }) => ({ viewId: ownViewId }), select: 'viewId' },
  viewsOrder: { ...everybody, input: () => ({ viewIds: [] }), select: 'views { id }' },
  accessTokenCreate: { ...withoutGuests, by: 'RECENT', input: ({ unique }) => ({ name: unique }), select: 'secret' },
  accessTokenRevoke: { ...everybody, others: 'OA', input: ({ tokenId }) => ({ id: tokenId }), select: 'accessToken { id }' },
  confirm: { ...everybody, by: 'BROWSER', input: () => ({ password: 'correct horse' }), select: 'confirmed' },
  passwordChange: { ...account, input: () => ({ current: 'wrong', next: 'x' }), select: 'changed', yes: gone('PASSWORD_REFUSED') },
  secondFactorBegin: { ...account, select: 'uri' },
  secondFactorConfirm: {
    ...account,
    input: () => ({ code: '000000' }),
    select: 'recoveryCodes',
    yes: gone('INVALID_INPUT', 'SECOND_FACTOR_REFUSED'),
  },
  secondFactorEnd: { ...account, input: () => ({ code: '000000' }), select: 'ended' },
  sessionEnd: { ...account, input: ({ sessionId }) => ({ id: sessionId }), select: 'ended' },
  sessionsEndOthers: { ...account, select: 'ended' },
  workspaceSwitch: {
    ...everybody,
    by: 'BROWSER',
    input: ({ otherWorkspaceId }) => ({ workspaceId: otherWorkspaceId }),
    select: 'viewer { email }',
  },
  invitationAccept: {
    ...everybody,
    by: 'BROWSER',
    input: ({ invitingWorkspaceId }) => ({ workspaceId: invitingWorkspaceId }),
    select: 'acceptedId',
  },
  signOut: { ...known, select: 'signedOut', anonymous: true },
  signIn: {
    ...known,
    input: ({ unique }) => ({ email: `${unique}@nowhere.test`, password: 'x' }),
    yes: gone('SIGN_IN_REFUSED'),
    anonymous: true,
  },
  passwordForgotten: { ...known, input: () => ({ email: 'nobody@nowhere.test' }), select: 'accepted', anonymous: true },
  linkRedeem: {
    ...known,
    input: () => ({ kind: 'RESET', token: 'x', password: 'marble canoe thirteen' }),
    select: 'signedIn',
    yes: gone('LINK_INVALID'),
    anonymous: true,
  },

  // Subscriptions
  boardChanged: { on: 'workspace', who: 'OAS', input: () => ({ since: '2026-01-01T00:00:00Z' }), select: 'open' },
  conversationChanged: {
    ...workers,
    needs: ['conversationId'],
    select: 'id',
    yes: (answer: { id: string } | null, { conversationId }: Fixture) => answer?.id === conversationId,
  },
  contactChanged: { on: 'workspace', who: 'OASM', input: ({ contactId }) => ({ id: contactId }), select: 'id' },
  draftChanged: { on: 'ticket', ...noted, input: ({ ticketId }) => ({ ticketId, kind: 'NOTE' }), needs: ['draftRowId'], select: 'id' },
  eventsStreamed: { on: 'ticket', ...seen, needs: ['ticketId'], select: 'ticketId', yes: told },
  notificationsChanged: { ...everybody, select: 'unreadCount' },
  presenceChanged: { on: 'ticket', ...seen, input: ({ ticketId }) => ({ ticketId }), select: 'activity' },
  presencesChanged: { on: 'ticket', ...seen, needs: ['ticketId'], select: 'ticketId', yes: told },
  ticketChanged: { on: 'ticket', ...seen, input: byId, select: 'id' },
  ticketsChanged: { on: 'ticket', ...seen, needs: ['ticketId'], select: 'ticketId', yes: told },
  viewChanged: { on: 'ticket', ...seen, input: ({ viewId }) => ({ viewId }), needs: ['ticketId'], select: 'ticketId', yes: told },
  viewCountsChanged: { ...known, select: 'viewId' },
  bulkJobChanged: { ...everybody, input: ({ jobId }) => ({ id: jobId }), select: 'id' },
  settingsChanged: known,
  contactsStreamed: {
    ...workers,
    needs: ['contactId'],
    select: 'contactId',
    yes: (answer: { contactId: string | null }, { contactId }: Fixture) => answer.contactId === contactId,
  },
  conversationsStreamed: {
    ...workers,
    needs: ['conversationId'],
    select: 'conversationId',
    yes: (answer: { conversationId: string | null }, { conversationId }: Fixture) => answer.conversationId === conversationId,
  },
  settingsStreamed: {
    ...known,
    needs: ['teamId'],
    select: 'settingId',
    yes: (answer: { settingId: string | null }, { teamId }: Fixture) => answer.settingId === teamId,
  },
  viewsChanged: { ...known, select: 'id' },
};

const everyDay = Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]);

function policyInput(name: string) {
  // Of a topic that no ticket has, so that it is nobody's policy.
  return { name, conditions: { topicIds: [crypto.randomUUID()] }, targets: [], warning: { share: 0.75, beforeMinutes: 15 } };
}

/** The caller was let in, and what they gave was refused for another reason. */
function gone(...codes: string[]) {
  return ({ userErrors }: { userErrors: readonly { code: string }[] }) =>
    userErrors.length > 0 && userErrors.every(({ code }) => codes.includes(code));
}

function isSome(answer: readonly unknown[]): boolean {
  return answer.length > 0;
}

/** A list, which is allowed where it contains the thing. */
function contains(key: keyof Fixture): Pick<Row, 'needs' | 'yes'> {
  return { needs: [key], yes: (answer: List, fixture: Fixture) => idsOf(answer).includes(String(fixture[key])) };
}

interface Item {
  readonly id?: string;
  readonly member?: { readonly id: string };
}

type List = readonly Item[] | { readonly edges: readonly { readonly node: Item }[] };

function idsOf(list: List): (string | undefined)[] {
  const items = 'edges' in list ? list.edges.map(({ node }) => node) : list;
  return items.map(({ id, member: holder }) => id ?? holder?.id);
}

function told(answer: { ticketId: string | null } | null, { ticketId }: Fixture): boolean {
  return answer?.ticketId === ticketId;
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
  Conversation: 'channel closedAt contact createdAt id lastMessage lastMessageAt messages ticket version',
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
