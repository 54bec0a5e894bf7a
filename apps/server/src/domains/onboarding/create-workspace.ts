import type { EntityManager } from '@mikro-orm/postgresql';
import { openCategories, ticketMetrics, type StatusCategory } from '@baton/rules';
import { newId } from '../../kernel/id.ts';
import { Account, hashPassword, Member, MemberKind, Workspace, type Role } from '../identity/index.ts';
import { SlaPolicy, SlaPolicyVersion, type Targets } from '../sla/index.ts';
import { Status, type Names } from '../tickets/index.ts';
import { TicketOrder, usualColumns, View, type TicketFilter } from '../views/index.ts';

export interface CreateWorkspace {
  readonly name: string;
  readonly slug: string;
  readonly demo: boolean;
  readonly at: Date;
}

/** A workspace with the statuses, views and SLA policy that every desk begins with. Call it in a transaction. */
export async function createWorkspace(em: EntityManager, { name, slug, demo, at }: CreateWorkspace): Promise<Workspace> {
  const texts = { priorityNames: {}, closeNotices: {}, staleNotices: {} };
  const workspace = em.create(Workspace, { id: newId(), name, slug, demo, secondFactorRequired: false, ...texts, createdAt: at });
  await em.flush();
  const workspaceId = workspace.id;
  await em.execute('insert into stream (workspace_id, epoch, position) values (?, ?, 0)', [workspaceId, crypto.randomUUID()]);
  await em.execute('insert into ticket_counter (workspace_id, last_number) values (?, 0)', [workspaceId]);
  await em.insertMany(
    Status,
    defaultStatuses.map((status, place) => ({
      workspaceId,
      id: newId(),
      waitingOn: null,
      requiresAssignee: false,
      fromIds: [],
      version: 1,
      ...status,
      place,
    })),
  );
  await em.insertMany(
    View,
    defaultViews.map((view, place) => ({
      workspaceId,
      id: newId(),
      ...view,
      columns: [...usualColumns],
      sortFieldId: null,
      fieldIds: [],
      grouping: null,
      ownerId: null,
      teamId: null,
      version: 1,
      place,
    })),
  );
  const policyId = newId();
  await em.insert(SlaPolicy, {
    workspaceId,
    id: policyId,
    name: 'Standard',
    place: 0,
    fallback: true,
    version: 1,
    appliedVersion: null,
    appliedCalendars: null,
  });
  await em.insert(SlaPolicyVersion, {
    workspaceId,
    policyId,
    version: 1,
    conditions: {},
    calendarId: null,
    targets: defaultTargets,
    warning: { share: 0.75, beforeMinutes: 15 },
    steps: [],
    options: { newCycle: false, restartOnMessage: false },
    savedById: null,
    savedAt: at,
    message: '',
  });
  return workspace;
}

export interface CreateMember {
  readonly workspaceId: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly at: Date;
  readonly allTeams?: boolean;
  readonly locale?: string;
}

/** A person with an account of their own. */
export async function createMember(em: EntityManager, { at, password, ...person }: CreateMember): Promise<Member> {
  const account = em.create(Account, {
    id: newId(),
    email: person.email.toLowerCase(),
    passwordHash: await hashPassword(password),
    totpSecret: null,
    totpConfirmedAt: null,
    totpLastStep: null,
    addressProvenAt: at,
    createdAt: at,
  });
  const { workspaceId, name, email, role } = person;
  const allTeams = person.allTeams ?? (role === 'SUPERVISOR' || role === 'OWNER' || role === 'ADMIN');
  const member = em.create(Member, {
    workspaceId,
    id: newId(),
    accountId: account.id,
    kind: MemberKind.PERSON,
    customRoleId: null,
    name,
    email: email.toLowerCase(),
    role,
    allTeams,
    topicIds: [],
    assignmentScope: 'ANY',
    active: true,
    locale: person.locale ?? 'en',
    createdAt: at,
  });
  await em.persist([account, member]).flush();
  return member;
}

const defaultStatuses: { category: StatusCategory; name: Names; color: string; waitingOn?: 'CUSTOMER' | 'VENDOR' }[] = [
  { category: 'NEW', name: { en: 'New', uk: 'Нова' }, color: 'violet' },
  { category: 'OPEN', name: { en: 'Open', uk: 'Відкрита' }, color: 'blue' },
  { category: 'IN_PROGRESS', name: { en: 'In progress', uk: 'В роботі' }, color: 'amber' },
  { category: 'WAITING', name: { en: 'Waiting on customer', uk: 'Чекаємо клієнта' }, color: 'slate', waitingOn: 'CUSTOMER' },
  { category: 'WAITING', name: { en: 'Waiting on vendor', uk: 'Чекаємо постачальника' }, color: 'slate', waitingOn: 'VENDOR' },
  { category: 'RESOLVED', name: { en: 'Resolved', uk: 'Вирішена' }, color: 'green' },
  { category: 'CLOSED', name: { en: 'Closed', uk: 'Закрита' }, color: 'gray' },
  { category: 'SPAM', name: { en: 'Spam', uk: 'Спам' }, color: 'gray' },
];

const { open, unassigned, overdue, dueSoon, resolved } = ticketMetrics;
const working = openCategories.filter((category) => category !== 'WAITING');

const defaultViews: { key: string; name: Names; text: string; filter: TicketFilter; sort: TicketOrder }[] = [
  {
    key: 'mine',
    text: 'assignee:me is:open -is:snoozed',
    name: { en: 'Mine', uk: 'Мої' },
    filter: { ...open, mine: true },
    sort: TicketOrder.DUE,
  },
  {
    key: 'unassigned',
    text: 'assignee:none is:open -is:snoozed',
    name: { en: 'Unassigned', uk: 'Без виконавця' },
    filter: unassigned,
    sort: TicketOrder.DUE,
  },
  {
    key: 'my-team',
    text: 'team:mine is:open -is:snoozed',
    name: { en: 'My team', uk: 'Моя команда' },
    filter: { ...open, myTeams: true },
    sort: TicketOrder.DUE,
  },
  {
    key: 'queue',
    text: 'assignee:none status:new,open,in-progress -is:snoozed',
    name: { en: 'Queue', uk: 'Черга' },
    filter: { ...unassigned, categories: working },
    sort: TicketOrder.QUEUE,
  },
  {
    key: 'watched',
    text: 'watcher:me is:open -is:snoozed',
    name: { en: 'Watched', uk: 'Спостерігаю' },
    filter: { ...open, watched: true },
    sort: TicketOrder.UPDATED,
  },
  { key: 'open', text: 'is:open -is:snoozed', name: { en: 'All open', uk: 'Усі відкриті' }, filter: open, sort: TicketOrder.UPDATED },
  {
    key: 'waiting',
    text: 'status:waiting -is:snoozed',
    name: { en: 'Waiting', uk: 'В очікуванні' },
    filter: { ...open, categories: ['WAITING'] },
    sort: TicketOrder.UPDATED,
  },
  {
    key: 'snoozed',
    text: 'is:snoozed is:open',
    name: { en: 'Snoozed', uk: 'Відкладені' },
    filter: { ...open, snoozed: true },
    sort: TicketOrder.UPDATED,
  },
  {
    key: 'breaching',
    text: 'is:open due:<30m -is:snoozed',
    name: { en: 'Breaching soon', uk: 'Скоро порушення' },
    filter: dueSoon,
    sort: TicketOrder.DUE,
  },
  {
    key: 'overdue',
    text: 'is:open due:overdue -is:snoozed',
    name: { en: 'Overdue', uk: 'Прострочені' },
    filter: overdue,
    sort: TicketOrder.DUE,
  },
  {
    key: 'closed',
    text: 'status:resolved,closed -is:merged',
    name: { en: 'Closed', uk: 'Закриті' },
    filter: resolved,
    sort: TicketOrder.UPDATED,
  },
  { key: 'spam', text: 'status:spam', name: { en: 'Spam', uk: 'Спам' }, filter: { categories: ['SPAM'] }, sort: TicketOrder.UPDATED },
];

const hours = (amount: number) => ({ amount, unit: 'HOURS' }) as const;
const days = (amount: number) => ({ amount, unit: 'DAYS' }) as const;

const defaultTargets: Targets = {
  FIRST_RESPONSE: { LOW: days(1), NORMAL: hours(8), HIGH: hours(2), CRITICAL: { amount: 30, unit: 'MINUTES' } },
  RESOLUTION: { LOW: days(7), NORMAL: days(3), HIGH: days(1), CRITICAL: hours(4) },
};
