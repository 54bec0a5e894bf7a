import type { Priority, StatusCategory, TicketSource } from '@baton/rules';
import { newId } from '../../kernel/id.ts';
import type { Clock } from '../../kernel/clock.ts';
import { nobody, type Viewer } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { createContact, type Contact } from '../contacts/index.ts';
import { openConversation } from '../conversations/index.ts';
import { Team, TeamMember, viewerOf, type Member } from '../identity/index.ts';
import { addNote } from '../notes/index.ts';
import { forgetDeliveries } from '../notifications/index.ts';
import { createMember, createWorkspace } from '../onboarding/index.ts';
import { clocksByTicket, recordBreaches, recordReply, saveCalendar, savePolicy } from '../sla/index.ts';
import {
  assignTicket,
  changeStatus,
  createTicket,
  listStatuses,
  richTextFromPlain,
  tagTicket,
  Ticket,
  Topic,
  type Status,
} from '../tickets/index.ts';
import { addWatcher } from '../watchers/index.ts';
import { demoPassword, firstNames, lastNames, members, organizations, teams } from './people.ts';
import { Random } from './random.ts';
import { details, spam, stories, tagNames, topics, type Story } from './stories.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface MakeDemo {
  readonly scopeFor: (viewer: Viewer, clock: Clock) => Scope;
  readonly systemScope: (workspaceId: string, clock: Clock) => Scope;
  readonly now: Date;
  readonly tickets: number;
  readonly contacts: number;
  readonly onProgress: (done: number, of: number) => void;
}

/**
 * A workspace that looks as if people had worked in it for sixty days. Everything that happened to a ticket happened
 * by the use cases that serve real people, each at its own past instant.
 */
export async function makeDemo(options: MakeDemo): Promise<void> {
  const desk = await makeDesk(options);
  const births = Array.from({ length: options.tickets }, () =>
    desk.random.workingInstant(options.now, desk.random.chance(0.03) ? 1 : 60),
  ).sort((a, b) => a - b);
  let done = 0;
  const queue = births.values();
  // A few lives at once keep the database busy; more would only queue for the counter of numbers.
  const lives = Array.from({ length: 4 }, async () => {
    for (const born of queue) {
      await liveTicket(desk, born);
      options.onProgress(++done, births.length);
    }
  });
  await Promise.all(lives);
  await beginTalks(desk);
  await forgetDeliveries(desk.system(options.now.getTime()));
  await desk
    .system(options.now.getTime())
    .em.execute('update notification set read_at = created_at where workspace_id = ? and created_at < ?', [
      desk.workspaceId,
      new Date(options.now.getTime() - 12 * hour),
    ]);
}

interface DemoDesk {
  readonly workspaceId: string;
  readonly random: Random;
  readonly now: number;
  readonly teamIds: readonly string[];
  readonly topicIds: readonly string[];
  readonly statuses: ReadonlyMap<StatusCategory, Status>;
  readonly contacts: readonly Contact[];
  readonly operators: readonly { member: Member; teams: readonly number[] }[];
  readonly guides: readonly Member[];
  system(at: number): Scope;
  as(member: Member, at: number): Promise<Scope>;
}

async function makeDesk({ scopeFor, systemScope, now, contacts: contactCount }: MakeDemo): Promise<DemoDesk> {
  const random = new Random(20_260);
  const begin = new Date(now.getTime() - 90 * day);
  const em = systemScope(nobody, () => begin).em;
  const { workspaceId, people, teamIds, topicIds } = await em.transactional(async (tx) => {
    const workspace = await createWorkspace(tx, { name: 'Demo desk', slug: 'demo', demo: true, at: begin });
    const teamIds = teams.map(() => newId());
    await tx.insertMany(
      Team,
      teams.map((name, index) => ({ workspaceId: workspace.id, id: teamIds[index] ?? '', name })),
    );
    const topicIds = topics.map(() => newId());
    await tx.insertMany(
      Topic,
      topics.map(({ name }, place) => ({ workspaceId: workspace.id, id: topicIds[place] ?? '', name, parentId: null, place })),
    );
    const people: Member[] = [];
    for (const { teams: memberTeams, ...person } of members) {
      const member = await createMember(tx, { workspaceId: workspace.id, password: demoPassword, at: begin, ...person });
      await tx.insertMany(
        TeamMember,
        memberTeams.map((team) => ({ workspaceId: workspace.id, teamId: teamIds[team] ?? '', memberId: member.id })),
      );
      people.push(member);
    }
    return { workspaceId: workspace.id, people, teamIds, topicIds };
  });

  const system = (at: number) => systemScope(workspaceId, () => new Date(at));
  const contacts: Contact[] = [];
  await system(begin.getTime()).transaction(async (tx) => {
    for (let index = 0; index < contactCount; index++) contacts.push(await createContact(tx, makeContact(random, index)));
  });
  await promiseOfficeHours(system(begin.getTime()));
  const statuses = await listStatuses(system(begin.getTime()));
  const viewers = new Map<string, Viewer>();
  return {
    workspaceId,
    random,
    now: now.getTime(),
    teamIds,
    topicIds,
    statuses: new Map(statuses.toReversed().map((status) => [status.category, status])),
    contacts,
    operators: members.flatMap((person, index) => {
      const member = people[index];
      return member && person.role === 'AGENT' ? [{ member, teams: person.teams }] : [];
    }),
    guides: people.filter((member) => member.role === 'SUPERVISOR' || member.role === 'LIGHT_AGENT'),
    system,
    async as(member, at) {
      const viewer = viewers.get(member.id) ?? (await viewerOf(system(at).em, member));
      viewers.set(member.id, viewer);
      return scopeFor(viewer, () => new Date(at));
    },
  };
}

/** What is not urgent is counted while the office is open, with an hour for lunch. */
async function promiseOfficeHours(scope: Scope): Promise<void> {
  const workday = [
    { from: 9 * 60, to: 13 * 60 },
    { from: 14 * 60, to: 18 * 60 },
  ];
  const { id: calendarId } = await saveCalendar(scope, {
    name: 'Kyiv office',
    timeZone: 'Europe/Kyiv',
    week: [workday, workday, workday, workday, workday, [], []],
    holidays: [
      { date: '2026-12-25', name: 'Christmas', hours: [] },
      { date: '2027-01-01', name: 'New Year', hours: [] },
    ],
  });
  await savePolicy(scope, {
    name: 'Not urgent',
    conditions: { priorities: ['LOW'] },
    calendarId,
    targets: {
      FIRST_RESPONSE: { LOW: { amount: 1, unit: 'DAYS' } },
      RESOLUTION: { LOW: { amount: 5, unit: 'DAYS' } },
    },
    warning: { share: 0.75, beforeMinutes: 60 },
  });
}

function makeContact(random: Random, index: number) {
  const locale = random.chance(0.5) ? 'uk' : 'en';
  const name = `${random.pick(firstNames[locale])} ${random.pick(lastNames[locale])}`;
  return {
    name,
    email: `client${index + 1}@${random.pick(['example.org', 'example.com', 'example.net'])}`,
    phone: random.chance(0.6) ? `+380 44 ${random.int(100, 999)} ${random.int(10, 99)} ${random.int(10, 99)}` : null,
    organization: random.chance(0.4) ? random.pick(organizations) : null,
    locale,
  };
}

/** Clients who wrote a while ago and have no ticket yet, minutes before now. */
const talksBefore = [7, 35, 95];

async function beginTalks(desk: DemoDesk): Promise<void> {
  const { random, operators, contacts, now } = desk;
  for (const minutes of talksBefore.toReversed()) {
    const contact = random.pick(contacts);
    const { description } = wording(random, random.pick(stories), contact.locale === 'uk' ? 'uk' : 'en');
    const { member } = random.pick(operators);
    await openConversation(await desk.as(member, now - minutes * minute), { contactId: contact.id, body: description });
  }
}

/** How far a ticket gets: the older it is, the more likely it is done. */
function fateOf(random: Random, age: number): StatusCategory {
  if (random.chance(0.03)) return 'SPAM';
  if (age < 6 * hour) return random.pick(['NEW', 'NEW', 'OPEN', 'IN_PROGRESS']);
  if (age < day) return random.pick(['OPEN', 'OPEN', 'IN_PROGRESS', 'IN_PROGRESS', 'WAITING', 'RESOLVED']);
  if (age < 3 * day) return random.pick(['OPEN', 'IN_PROGRESS', 'WAITING', 'WAITING', 'RESOLVED', 'RESOLVED', 'CLOSED', 'CLOSED']);
  if (age < 10 * day && random.chance(0.12)) return random.pick(['IN_PROGRESS', 'WAITING', 'WAITING']);
  return random.chance(0.02) ? 'WAITING' : random.chance(0.15) ? 'RESOLVED' : 'CLOSED';
}

async function liveTicket(desk: DemoDesk, born: number): Promise<void> {
  const { random } = desk;
  const contact = random.pick(desk.contacts);
  const fate = fateOf(random, desk.now - born);
  const story = random.pick(stories);
  const locale = contact.locale === 'uk' ? 'uk' : 'en';
  const team = topics[story.topic]?.team ?? 0;
  const life = new Life(desk, born);
  const ticket = await createTicket(desk.system(born), {
    ...(fate === 'SPAM' ? { subject: random.pick(spam)[locale] ?? '', description: '' } : wording(random, story, locale)),
    priority: fate === 'SPAM' ? 'NORMAL' : random.pick(story.priority),
    topicId: desk.topicIds[story.topic] ?? null,
    teamId: desk.teamIds[team] ?? null,
    requesterId: contact.id,
    source: random.pick<TicketSource>(['EMAIL', 'EMAIL', 'EMAIL', 'WIDGET', 'AGENT', 'API']),
  });
  const operator = random.pick(desk.operators.filter(({ teams: own }) => own.includes(team))).member;
  if (fate === 'SPAM') return move(desk, operator, ticket, 'SPAM', life.after(20 * minute));
  const takenAt = life.after(speed(ticket.priority));
  const taken = fate !== 'NEW' && takenAt < desk.now && !(fate === 'OPEN' && random.chance(0.3));
  if (taken) {
    await assignTicket(await desk.as(operator, takenAt), { ticketId: ticket.id, from: null, to: operator.id });
    if (random.chance(0.92)) await recordReply(desk.system(takenAt), ticket.id);
    await liveOn(desk, life, ticket, operator, story, fate, locale);
  }
  await noticeBreaches(desk, ticket.id);
}

/** What happens between taking a ticket and where it ends up. A step that would lie in the future has not happened yet. */
async function liveOn(
  desk: DemoDesk,
  life: Life,
  ticket: Ticket,
  operator: Member,
  story: Story,
  fate: StatusCategory,
  locale: 'en' | 'uk',
): Promise<void> {
  const { random } = desk;
  const path: StatusCategory[] = fate === 'OPEN' ? ['OPEN'] : ['IN_PROGRESS'];
  if (fate === 'WAITING' || (fate !== 'OPEN' && fate !== 'IN_PROGRESS' && random.chance(0.3))) path.push('WAITING');
  if (fate === 'RESOLVED' || fate === 'CLOSED') path.push('RESOLVED');
  if (fate === 'CLOSED') path.push('CLOSED');

  if (random.chance(0.25)) {
    await tagTicket(await desk.as(operator, life.now), { ticketId: ticket.id, add: [random.pick(tagNames)], remove: [] });
  }
  if (random.chance(0.15)) {
    const guide = random.pick(desk.guides.filter((member) => member.role === 'SUPERVISOR'));
    await addWatcher(await desk.as(guide, life.now), { ticketId: ticket.id, memberId: guide.id });
  }
  const notes = random.chance(0.55) ? story.notes.slice(0, random.int(1, story.notes.length)) : [];
  for (const [index, category] of path.entries()) {
    const at = life.after(category === 'CLOSED' ? 2 * day : 3 * hour);
    if (at >= desk.now) return;
    const note = notes[index];
    if (note) await addNote(await desk.as(operator, at), { ticketId: ticket.id, body: richTextFromPlain(note[locale] ?? '') });
    await move(desk, operator, ticket, category, at);
  }
}

async function move(desk: DemoDesk, member: Member, ticket: Ticket, category: StatusCategory, at: number): Promise<void> {
  const to = desk.statuses.get(category)?.id ?? '';
  if (at >= desk.now) return;
  await changeStatus(await desk.as(member, at), { ticketId: ticket.id, from: ticket.statusId, to });
  ticket.statusId = to;
}

/** What should have been noticed in the past is dated there, not at the first start of the server. */
async function noticeBreaches(desk: DemoDesk, ticketId: string): Promise<void> {
  const clocks = (await desk.system(desk.now).load(clocksByTicket, ticketId)) ?? [];
  const dues = clocks
    .flatMap(({ breachesAt, warnAt }) => [breachesAt?.getTime() ?? [], warnAt?.getTime() ?? []].flat())
    .sort((a, b) => a - b);
  for (const due of dues) if (due < desk.now) await recordBreaches(desk.system(due + 500), ticketId);
}

function speed(priority: Priority): number {
  return { LOW: 9 * hour, NORMAL: 4 * hour, HIGH: hour, CRITICAL: 20 * minute }[priority];
}

function wording(random: Random, { subject, description }: Story, locale: 'en' | 'uk') {
  const months = { en: ['August', 'September', 'October'], uk: ['серпень', 'вересень', 'жовтень'] };
  const values: Record<string, string> = {
    month: random.pick(months[locale]),
    order: `A-${random.int(10_000, 99_999)}`,
    time: `${String(random.int(7, 18)).padStart(2, '0')}:${random.int(10, 59)}`,
    count: String(random.int(2, 9)),
    ...Object.fromEntries(Object.entries(details).map(([name, choices]) => [name, random.pick<string>(choices)])),
  };
  const filled = (text: string | undefined) => (text ?? '').replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  return { subject: filled(subject[locale]), description: richTextFromPlain(filled(description[locale])) };
}

/** The hands of one ticket's clock: each step comes some time after the last. */
class Life {
  constructor(
    private readonly desk: DemoDesk,
    public now: number,
  ) {}

  after(typical: number): number {
    this.now += Math.round(typical * (0.2 + 1.6 * this.desk.random.next()));
    return this.now;
  }
}
