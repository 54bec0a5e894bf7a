import { Migration } from '@mikro-orm/migrations';

/** What is said between the desk and its clients, on whichever channel. */
export class Migration0007Conversations extends Migration {
  override up(): void {
    this.addSql(`
      create table conversation (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        ticket_id uuid,
        contact_id uuid not null,
        channel text not null,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references ticket deferrable initially deferred,
        foreign key (workspace_id, contact_id) references contact deferrable initially deferred
      );
      create index conversation_ticket_index on conversation (workspace_id, ticket_id) where ticket_id is not null;
      create index conversation_contact_index on conversation (workspace_id, contact_id);
      create table message (
        workspace_id uuid not null,
        id uuid not null,
        conversation_id uuid not null,
        direction text not null check (direction in ('IN', 'OUT')),
        author_id uuid,
        author_name text not null,
        body text not null,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, conversation_id) references conversation on delete cascade deferrable initially deferred,
        foreign key (workspace_id, author_id) references member deferrable initially deferred
      );
      create index message_conversation_index on message (workspace_id, conversation_id, created_at, id);
      alter table ticket add column reopen_count integer not null default 0;
      -- Of the ticket's own client alone: another's may have come with a merge.
      create view client_message as
        select c.workspace_id, c.ticket_id, m.id, m.direction = 'IN' as mine, m.body, m.created_at
        from conversation c
        join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id and t.requester_id = c.contact_id
        join message m on m.workspace_id = c.workspace_id and m.conversation_id = c.id;
    `);
  }

  override down(): void {
    this.addSql(`
      drop view client_message;
      drop table message, conversation;
      alter table ticket drop column reopen_count;
    `);
  }
}
