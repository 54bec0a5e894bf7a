import { Migration } from '@mikro-orm/migrations';

/** Views that people make: for themselves, for a team, or for everybody. */
export class Migration0012Views extends Migration {
  override up(): void {
    this.addSql(`
      alter table view
        add column owner_id uuid,
        add column team_id uuid,
        add column text text not null default '',
        add column columns text[] not null default '{NUMBER,REQUESTER,STATUS,PRIORITY,ASSIGNEE,DUE,UPDATED}',
        add column version integer not null default 1,
        add foreign key (workspace_id, owner_id) references member on delete cascade deferrable initially deferred,
        add foreign key (workspace_id, team_id) references team on delete cascade deferrable initially deferred,
        add check (owner_id is null or team_id is null);
      update view set text = case key
        when 'mine' then 'assignee:me is:open -is:snoozed' when 'unassigned' then 'assignee:none is:open -is:snoozed'
        when 'my-team' then 'team:mine is:open -is:snoozed' when 'open' then 'is:open' when 'waiting' then 'status:waiting'
        when 'snoozed' then 'is:snoozed is:open' when 'breaching' then 'status:new,open,in-progress due:<30m'
        when 'overdue' then 'status:new,open,in-progress due:overdue' when 'closed' then 'status:resolved,closed'
        when 'spam' then 'status:spam' else '' end;
      create index view_owner_index on view (workspace_id, owner_id) where owner_id is not null;
      -- The order of views is each person's own; what has no place follows in the workspace's.
      create table view_place (
        workspace_id uuid not null,
        member_id uuid not null,
        view_id uuid not null,
        place integer not null,
        primary key (workspace_id, member_id, view_id),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred,
        foreign key (workspace_id, view_id) references view on delete cascade deferrable initially deferred
      );
      -- Supervisors and up; roles of a workspace's own that could save settings.
      update custom_role set permissions = permissions || '{view.share}' where permissions && '{settings.save}';
    `);
  }

  override down(): void {
    this.addSql(`
      drop table view_place;
      delete from view where owner_id is not null or team_id is not null;
      alter table view drop column owner_id, drop column team_id, drop column text, drop column columns, drop column version;
      update custom_role set permissions = array_remove(permissions, 'view.share');
    `);
  }
}
