import { may, type Desk } from '#lib/identity/desk.ts';

const pages = [
  { key: 'account', group: 'own' },
  { key: 'notifications', group: 'own' },
  { key: 'tokens', group: 'own', permission: 'token.own' },
  { key: 'people', group: 'members', permission: 'people.read' },
  { key: 'teams', group: 'members', permission: 'people.read' },
  { key: 'roles', group: 'members', permission: 'people.read' },
  { key: 'machines', group: 'members', permission: 'token.machine' },
  { key: 'topics', group: 'tickets' },
  { key: 'skills', group: 'tickets' },
  { key: 'statuses', group: 'tickets' },
  { key: 'fields', group: 'tickets' },
  { key: 'labels', group: 'tickets' },
  { key: 'templates', group: 'tickets' },
  { key: 'deleted', group: 'tickets', permission: 'ticket.delete' },
  { key: 'sla', group: 'sla' },
  { key: 'report', group: 'sla', permission: 'report.read' },
  { key: 'history', group: 'workspace', permission: 'settings.save' },
  { key: 'failed-jobs', group: 'workspace', permission: 'settings.save' },
  { key: 'privacy', group: 'workspace', permission: 'people.manage' },
  { key: 'security', group: 'workspace', permission: 'security.read' },
  { key: 'letters', group: 'workspace', owners: true },
] as const;
type SettingsPage = (typeof pages)[number]['key'];
type SettingsGroup = (typeof pages)[number]['group'];

const groups: readonly SettingsGroup[] = ['own', 'members', 'tickets', 'sla', 'workspace'];

/** The settings pages that the viewer may open, in order. */
export function settingsPages(desk: Desk): SettingsPage[] {
  return settingsGroups(desk).flatMap(({ pages: keys }) => keys);
}

/** The same pages in groups, without empty ones. */
export function settingsGroups(desk: Desk): { group: SettingsGroup; pages: SettingsPage[] }[] {
  const mayOpen = (page: (typeof pages)[number]) =>
    (!('permission' in page) || may(desk, page.permission)) && (!('owners' in page) || desk.viewer.member.role === 'OWNER');
  const open = pages.filter(mayOpen);
  return groups
    .map((group) => ({ group, pages: open.filter((page) => page.group === group).map(({ key }) => key) }))
    .filter(({ pages: keys }) => keys.length > 0);
}
