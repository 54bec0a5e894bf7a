import { Migration } from '@mikro-orm/migrations';

/** The language of each customer, a default per workspace, and lifecycle emails per language. */
export class Migration0053ContactsLocale extends Migration {
  override up(): void {
    // No operation could set a language before, so 'en' meant "not set".
    this.addSql(`
      alter table contact alter column locale drop default, alter column locale drop not null;
      update contact set locale = null where locale not in ('uk');
      alter table contact add constraint contact_locale_check check (locale in ('en', 'uk'));
      alter table workspace
        add column customer_locale text not null default 'en' check (customer_locale in ('en', 'uk')),
        add column close_notices jsonb not null default '{}',
        add column stale_notices jsonb not null default '{}';
      update workspace set close_notices = ${inBoth('close_notice')} where close_notice <> '';
      update workspace set stale_notices = ${inBoth('stale_notice')} where stale_notice <> '';
      alter table workspace drop column close_notice, drop column stale_notice;
      update setting_version set state = (state - 'closeNotice' - 'staleNotice')
        || jsonb_build_object('closeNotices', ${kept('closeNotice')}, 'staleNotices', ${kept('staleNotice')})
        where kind = 'LIFECYCLE' and state ? 'closeNotice';
    `);
    this.addSql(clientTicket(', r.locale', 'left join contact r on r.workspace_id = t.workspace_id and r.id = t.requester_id'));
  }

  override down(): void {
    this.addSql('drop view client_ticket');
    this.addSql(clientTicket('', ''));
    this.addSql(`
      update setting_version set state = (state - 'closeNotices' - 'staleNotices' - 'customerLocale')
        || jsonb_build_object('closeNotice', coalesce(state->'closeNotices'->>'en', ''), 'staleNotice', coalesce(state->'staleNotices'->>'en', ''))
        where kind = 'LIFECYCLE' and state ? 'closeNotices';
      alter table workspace add column close_notice text not null default '', add column stale_notice text not null default '';
      update workspace set close_notice = coalesce(close_notices->>'en', ''), stale_notice = coalesce(stale_notices->>'en', '');
      alter table workspace drop column close_notices, drop column stale_notices, drop column customer_locale;
      alter table contact drop constraint contact_locale_check;
      update contact set locale = 'en' where locale is null;
      alter table contact alter column locale set not null, alter column locale set default 'en';
    `);
  }
}

/** Every customer got the one text there was, so it stays the text of each language. */
function inBoth(text: string): string {
  return `jsonb_build_object('en', ${text}, 'uk', ${text})`;
}

function kept(key: string): string {
  const text = `state->>'${key}'`;
  return `case when coalesce(${text}, '') = '' then '{}'::jsonb else ${inBoth(`(${text})`)} end`;
}

function clientTicket(column: string, join: string): string {
  return `
    create or replace view client_ticket as
      select t.workspace_id, t.id as ticket_id, w.name as workspace, t.number, t.subject,
        case t.category when 'SPAM' then 'CLOSED' else t.category end as state,
        t.created_at, t.status_since as state_since,
        case when t.category in ('CLOSED', 'SPAM') then t.status_since + interval '30 days' end as readable_until${column}
      from ticket t join workspace w on w.id = t.workspace_id ${join} where t.deleted_at is null;
  `;
}
