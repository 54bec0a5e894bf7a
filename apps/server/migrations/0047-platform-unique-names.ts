import { Migration } from '@mikro-orm/migrations';

/** Names are equal regardless of case, Unicode form, spacing and invisible characters, and unique for every kind of object. */
export class Migration0047PlatformUniqueNames extends Migration {
  override up(): void {
    // As `nameKey` in kernel/names.ts.
    this.addSql(`
      create function name_key(name text) returns text language sql immutable strict parallel safe as $$
        select normalize(replace(lower(upper(lower(btrim(regexp_replace(
          regexp_replace(normalize(name, NFC), '[${invisible}]', '', 'g'), '[${spaces}]+', ' ', 'g'))))), 'ß', 'ss'), NFC)
      $$;
      drop index tag_name_unique;
    `);
    for (const table of [...plain, 'member', 'contact']) {
      this.addSql(`update ${table} set name = normalize(name, NFC) where name is not nfc normalized`);
    }
    for (const { table } of localized) {
      this.addSql(`update ${table} set name = normalize(name::text, NFC)::jsonb where name::text is not nfc normalized`);
    }
    this.addSql(`
      update contact set organization = normalize(organization, NFC) where organization is not nfc normalized;
      update contact c set email = normalize(email, NFC) where email is not nfc normalized
        and not exists (select from contact o where o.workspace_id = c.workspace_id and o.email = normalize(c.email, NFC));
    `);
    for (const table of plain) {
      this.addSql(`
        update ${table} t set name = ${suffixed('t.name')} where exists (
          select from ${table} o where o.workspace_id = t.workspace_id and name_key(o.name) = name_key(t.name) and o.id < t.id);
        create unique index ${table}_name_unique on ${table} (workspace_id, name_key(name));
      `);
    }
    for (const { table, among, where } of localized) {
      const same = [`o.workspace_id = t.workspace_id`, ...among.map((column) => `o.${column} is not distinct from t.${column}`)];
      const filter = where ? ` and ${where('o')} and ${where('t')}` : '';
      this.addSql(`
        update ${table} t set name = (select jsonb_object_agg(key, ${suffixed('value')}) from jsonb_each_text(t.name)) where exists (
          select from ${table} o where ${same.join(' and ')} and o.id < t.id${filter}
            and (${locales.map((locale) => `name_key(o.name->>'${locale}') = name_key(t.name->>'${locale}')`).join(' or ')}));
      `);
      for (const locale of locales) {
        const columns = ['workspace_id', ...among, `name_key(name->>'${locale}')`].join(', ');
        this.addSql(
          `create unique index ${table}_name_${locale}_unique on ${table} (${columns}) nulls not distinct where name->>'${locale}' is not null${where ? ` and ${where(table)}` : ''}`,
        );
      }
    }
    for (const table of ['team', 'custom_role', 'skill_group', 'ticket_template', 'sla_calendar']) {
      this.addSql(`alter table ${table} drop constraint ${table}_workspace_id_name_key`);
    }
    this.addSql(`
      drop index contact_organization_index;
      create index contact_organization_index on contact (workspace_id, name_key(organization), name, id)
        where organization is not null and merged_into_id is null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index contact_organization_index;
      create index contact_organization_index on contact (workspace_id, organization, name, id)
        where organization is not null and merged_into_id is null;
    `);
    for (const table of ['team', 'custom_role', 'skill_group', 'ticket_template', 'sla_calendar']) {
      this.addSql(`alter table ${table} add constraint ${table}_workspace_id_name_key unique (workspace_id, name)`);
    }
    for (const { table } of localized) for (const locale of locales) this.addSql(`drop index ${table}_name_${locale}_unique`);
    for (const table of plain) this.addSql(`drop index ${table}_name_unique`);
    this.addSql(`create unique index tag_name_unique on tag (workspace_id, lower(name)); drop function name_key`);
  }
}

const locales = ['en', 'uk'];
const plain = ['team', 'custom_role', 'skill_group', 'ticket_template', 'tag', 'sla_calendar', 'sla_policy'];

interface Localized {
  readonly table: string;
  /** The columns within whose values names are unique. */
  readonly among: readonly string[];
  readonly where?: (row: string) => string;
}

const localized: readonly Localized[] = [
  { table: 'status', among: [] },
  { table: 'topic', among: ['parent_id'] },
  { table: 'custom_field', among: [], where: (row) => `${row}.removed_at is null` },
  { table: 'view', among: ['owner_id', 'team_id'] },
];

/** The later of two objects with one name keeps it with a part of its id. */
const suffixed = (name: string) => `left(${name}, 100) || ' (' || right(t.id::text, 6) || ')'`;

/** Default_Ignorable_Code_Point of Unicode, as far as characters are assigned. */
const invisible =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\U000E0000-\\U000E0FFF';
/** What `\s` is in JavaScript. */
const spaces = '\\t\\n\\v\\f\\r \\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000';
