import type { MessageKey } from '#lib/i18n/index.ts';

/** In the order in which a person reads them: from the daily work to what opens everything. */
export const permissionKeys = [
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
] as const;

export function permissionMessage(key: string): MessageKey {
  return `permission.${key}` as MessageKey;
}
