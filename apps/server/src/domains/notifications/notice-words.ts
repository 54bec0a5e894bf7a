import { counted } from '../../kernel/plural.ts';
import type { NotificationKind } from './notification-kind.ts';
import type { NotificationReason } from './notification.entity.ts';

/** One notification as letters and pushes tell it. */
export interface Notice {
  readonly ticketId: string;
  readonly ticketNumber: number;
  readonly subject: string;
  readonly kind: NotificationKind;
  readonly reason: NotificationReason;
  readonly count: number;
  /** Null for the desk itself, and for a client. */
  readonly actor: string | null;
  readonly link: string;
}

interface Language {
  readonly desk: string;
  readonly what: Readonly<Record<NotificationKind, (actor: string) => string>>;
  readonly why: Readonly<Record<NotificationReason, string>>;
  readonly many: (notices: number, tickets: number) => string;
  readonly times: (count: number) => string;
  readonly settings: (link: string) => string;
  readonly locale: string;
}

const languages: Readonly<Record<string, Language>> = {
  en: {
    locale: 'en',
    desk: 'Baton',
    what: {
      CREATED: (actor) => `${actor} created it`,
      ASSIGNED: (actor) => `${actor} changed who it is assigned to`,
      STATUS: (actor) => `${actor} changed its status`,
      CHANGED: (actor) => `${actor} changed it`,
      MESSAGE: () => 'The client wrote',
      REPLY: (actor) => `${actor} answered the client`,
      NOTE: (actor) => `${actor} wrote a note`,
      MENTION: (actor) => `${actor} mentioned you in a note`,
      SLA: () => 'An SLA target is near or was missed',
      STALE: () => 'It has waited for its client for too long',
      WATCHING: (actor) => `${actor} made you a watcher`,
    },
    why: {
      ASSIGNEE: 'it is assigned to you',
      PREVIOUS_ASSIGNEE: 'it was assigned to you',
      WATCHING: 'you watch it',
      MENTIONED: 'you were mentioned',
      SUPERVISOR: 'you supervise its team',
      ESCALATION: 'the SLA policy names you',
      TEAM: 'you follow its team',
    },
    many: (notices, tickets) => `${counted(notices, 'en', 'change', 'changes')} on ${counted(tickets, 'en', 'ticket', 'tickets')}`,
    times: (count) => `and so on ${counted(count, 'en', 'ticket', 'tickets')} in all`,
    settings: (link) => `Choose what you are told of: ${link}`,
  },
  uk: {
    locale: 'uk',
    desk: 'Baton',
    what: {
      CREATED: (actor) => `${actor}: створено`,
      ASSIGNED: (actor) => `${actor}: змінено виконавця`,
      STATUS: (actor) => `${actor}: змінено статус`,
      CHANGED: (actor) => `${actor}: внесено зміни`,
      MESSAGE: () => 'Клієнт написав',
      REPLY: (actor) => `${actor}: клієнтові відповіли`,
      NOTE: (actor) => `${actor}: нова нотатка`,
      MENTION: (actor) => `${actor}: вас згадано в нотатці`,
      SLA: () => 'Термін SLA близько або його пропущено',
      STALE: () => 'Заявка чекає на клієнта надто довго',
      WATCHING: (actor) => `${actor}: вас додано до спостерігачів`,
    },
    why: {
      ASSIGNEE: 'заявку призначено вам',
      PREVIOUS_ASSIGNEE: 'ви були виконавцем',
      WATCHING: 'ви за нею стежите',
      MENTIONED: 'вас згадали',
      SUPERVISOR: 'ви керуєте її командою',
      ESCALATION: 'вас названо в політиці SLA',
      TEAM: 'ви стежите за її командою',
    },
    many: (notices, tickets) =>
      `${counted(notices, 'uk', 'зміна', 'змін', 'зміни')} у ${counted(tickets, 'uk', 'заявці', 'заявках', 'заявках')}`,
    times: (count) => `і так загалом у ${counted(count, 'uk', 'заявці', 'заявках', 'заявках')}`,
    settings: (link) => `Оберіть, про що вас сповіщати: ${link}`,
  },
};

function languageOf(locale: string): Language {
  const language = languages[locale] ?? languages.en;
  if (!language) throw new Error('there are no words');
  return language;
}

function told({ kind, actor, count }: Notice, { what, desk, times }: Language): string {
  const words = what[kind](actor ?? desk);
  return count > 1 ? `${words}, ${times(count)}` : words;
}

const heading = ({ ticketNumber, subject }: Notice) => `#${ticketNumber} ${subject}`;

/** One letter of everything that is to be told, a paragraph for each ticket. `notices` is not empty. */
export function asLetter(locale: string, notices: readonly Notice[], settingsLink: string): { subject: string; body: string } {
  const language = languageOf(locale);
  const byTicket = Map.groupBy(notices, ({ ticketNumber }) => ticketNumber);
  const paragraphs = [...byTicket.values()].flatMap((about) => {
    const [first] = about;
    if (!first) return [];
    const lines = about.map((notice) => `- ${told(notice, language)} (${language.why[notice.reason]})`);
    return [`${heading(first)}\n${lines.join('\n')}\n${first.link}`];
  });
  const [only] = notices;
  const subject =
    byTicket.size === 1 && only
      ? `${heading(only)}: ${notices.length === 1 ? told(only, language) : language.many(notices.length, 1)}`
      : language.many(notices.length, byTicket.size);
  return { subject, body: `${paragraphs.join('\n\n')}\n\n--\n${language.settings(settingsLink)}\n` };
}

/** What a browser shows: `tag` lets a later one about the same take its place. */
export interface PushMessage {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly tag: string;
}

export function asPush(locale: string, notices: readonly Notice[], deskLink: string): PushMessage {
  const language = languageOf(locale);
  const tickets = new Set(notices.map(({ ticketNumber }) => ticketNumber));
  const last = notices.at(-1);
  if (tickets.size === 1 && last) {
    const body = notices.length === 1 ? `${told(last, language)} (${language.why[last.reason]})` : language.many(notices.length, 1);
    return { title: heading(last), body, url: last.link, tag: `ticket ${last.ticketNumber}` };
  }
  const numbers = [...tickets].map((number) => `#${number}`).join(', ');
  return { title: language.many(notices.length, tickets.size), body: numbers, url: deskLink, tag: 'many' };
}
