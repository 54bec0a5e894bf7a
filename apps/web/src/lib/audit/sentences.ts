import type { ActivityEntryFragment } from '#lib/graphql/generated/graphql.ts';
import { language, localized, t } from '#lib/i18n/index.ts';

type Change = ActivityEntryFragment['changes'][number];

/** Who did it, in words; with the access token that they used, unless it has their own name. */
export function actorName({ actor, byClient, token }: Pick<ActivityEntryFragment, 'actor' | 'byClient' | 'token'>): string {
  const name = actor?.name ?? t(byClient ? 'activity.client' : 'activity.desk');
  return token && token.name !== name ? t('activity.byToken', { name, token: token.name }) : name;
}

/** What an entry of the log says, a sentence for each change, without its subject. */
export function sentences({ type, changes }: ActivityEntryFragment): string[] {
  if (type === 'ticket.edited' || type === 'ticket.fields_set') return changes.map(edited);
  if (type === 'ticket.tagged')
    return changes.map((change) => t(change.to ? 'activity.tag.added' : 'activity.tag.removed', values(change)));
  const [change] = changes;
  if (type === 'ticket.snoozed' && change && !change.to) return [t('activity.ticket.woken')];
  if (type === 'ticket.assigned' && change && !change.to) return [t('activity.ticket.unassigned', values(change))];
  if (change?.field === 'sla') return [language.textFor(`activity.${type}`, { to: language.textFor(`sla.${change.to?.text}`) })];
  return [language.textFor(`activity.${type}`, change ? values(change) : undefined)];
}

function edited(change: Change): string {
  // A field of the workspace's own says itself what it is called.
  if (change.names.length > 0) return t('activity.ticket.edited', { field: localized(change.names), ...values(change) });
  if (change.field === 'description') return t('activity.ticket.description');
  const field = language.textFor(`field.${change.field}`);
  if (change.field !== 'priority') return t('activity.ticket.edited', { field, ...values(change) });
  const priority = (value: Change['from']) => language.textFor(`priority.${value?.text}`);
  return t('activity.ticket.edited', { field, from: priority(change.from), to: priority(change.to) });
}

function values({ from, to }: Change): { from: string; to: string } {
  return { from: shown(from), to: shown(to) };
}

function shown(value: Change['from']): string {
  if (!value) return t('activity.nothing');
  return value.names.length > 0 ? localized(value.names) : value.text;
}
