import type { MessageKey } from '#lib/i18n/index.ts';

/** In the order in which a person reads them: from the daily work to what opens everything. */
export const permissionKeys = [
  'ticket.read',
  'ticket.create',
  'ticket.edit.own',
  'ticket.edit.any',
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
  'report.read',
  'security.read',
  'settings.save',
  'workspace.own',
] as const;

/** Ownership belongs to the built-in owner role alone. */
export const grantableKeys = permissionKeys.filter((key) => key !== 'workspace.own');

export function permissionMessage(key: string): MessageKey {
  return `permission.${key}` as MessageKey;
}
