import { priorities } from '@baton/rules';
import type { TicketGrouping } from '#lib/graphql/generated/graphql.ts';
import { localized, t } from '#lib/i18n/index.ts';
import type { Desk } from '#lib/identity/desk.ts';
import type { GroupKey } from '#lib/tickets/ticket-grouping.ts';

type InLanguages = Parameters<typeof localized>[0];

/** What the tickets of a group have in common, in words. */
export function groupName(by: TicketGrouping, key: GroupKey, { directory }: Desk): string {
  const inLanguage = (things: readonly { readonly id: string; readonly names: InLanguages }[]) =>
    localized(things.find(({ id }) => id === key)?.names ?? []);
  const named = (things: readonly { readonly id: string; readonly name: string }[]) => things.find(({ id }) => id === key)?.name ?? '';
  const names: Readonly<Record<TicketGrouping, () => string>> = {
    STATUS: () => inLanguage(directory.statuses),
    PRIORITY: () => t(`priority.${key as 'LOW'}`),
    ASSIGNEE: () => (key === null ? t('ticket.unassigned') : named(directory.members)),
    TEAM: () => (key === null ? t('filter.noTeam') : named(directory.teams)),
    TOPIC: () => (key === null ? t('filter.noTopic') : inLanguage(directory.topics)),
  };
  return names[by]();
}

/** The order in which groups stand: as the desk has the things, people by their names; one's own first, none last. */
export function compareGroups(by: TicketGrouping, desk: Desk): (a: GroupKey, b: GroupKey) => number {
  const { directory, viewer } = desk;
  const place = (things: readonly { readonly id: string }[]) => (key: GroupKey) => things.findIndex(({ id }) => id === key);
  const places: Readonly<Record<TicketGrouping, (key: GroupKey) => number>> = {
    STATUS: place(directory.statuses),
    PRIORITY: (key) => -priorities.indexOf(key as 'LOW'),
    ASSIGNEE: (key) => (key === viewer.member.id ? -1 : 0),
    TEAM: place(directory.teams),
    TOPIC: place(directory.topics),
  };
  return (a, b) =>
    Number(a === null) - Number(b === null) ||
    places[by](a) - places[by](b) ||
    groupName(by, a, desk).localeCompare(groupName(by, b, desk));
}
