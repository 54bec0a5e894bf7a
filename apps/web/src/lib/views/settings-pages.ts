import { may, type Desk } from '#lib/identity/desk.ts';

const pages = [
  { key: 'account' },
  { key: 'notifications' },
  { key: 'tokens', permission: 'token.own' },
  { key: 'people', permission: 'people.read' },
  { key: 'teams', permission: 'people.read' },
  { key: 'roles', permission: 'people.read' },
  { key: 'topics' },
  { key: 'skills' },
  { key: 'statuses' },
  { key: 'fields' },
  { key: 'labels' },
  { key: 'templates' },
  { key: 'sla' },
  { key: 'report', permission: 'report.read' },
  { key: 'history', permission: 'settings.save' },
  { key: 'deleted', permission: 'ticket.delete' },
  { key: 'machines', permission: 'token.machine' },
  { key: 'privacy', permission: 'people.manage' },
  { key: 'security', permission: 'security.read' },
  { key: 'letters', owners: true },
] as const;
type SettingsPage = (typeof pages)[number]['key'];

/** The pages of settings that somebody may open, in their order. */
export function settingsPages(desk: Desk): SettingsPage[] {
  const mayOpen = (page: (typeof pages)[number]) =>
    (!('permission' in page) || may(desk, page.permission)) && (!('owners' in page) || desk.viewer.member.role === 'OWNER');
  return pages.filter(mayOpen).map(({ key }) => key);
}
