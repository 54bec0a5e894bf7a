import { Migration } from '@mikro-orm/migrations';

/**
 * The event log is append-only in the database, and a restored stream is a new stream.
 *
 * Three changes of an event are part of writing it: the relay gives it a position, and an import gives it facets; each
 * once. Everything else needs `baton.log_change` set for the transaction to the reason: `erase` (personal data: values
 * and facets only), `retention` (deletes) or `migration`.
 */
export class Migration0029LiveAppendOnlyLog extends Migration {
  override up(): void {
    this.addSql(`
      create function guard_event_log() returns trigger language plpgsql as $$
      declare
        reason text := coalesce(current_setting('baton.log_change', true), '');
        allowed event;
      begin
        if reason = 'migration' or (tg_op = 'DELETE' and reason = 'retention') then
          return coalesce(new, old);
        end if;
        if tg_op = 'UPDATE' then
          allowed := old;
          if old.position is null then allowed.position := new.position; end if;
          if old.facets is null or reason = 'erase' then allowed.facets := new.facets; end if;
          if reason = 'erase' then allowed.changes := new.changes; end if;
          if allowed is not distinct from new then return new; end if;
        end if;
        raise exception 'The event log is append-only: % of event % is refused.', lower(tg_op), old.id
          using hint = 'Set baton.log_change to erase, retention or migration for the transaction.';
      end $$;
      -- The relay sets the position alone, of each event and once: the second trigger keeps it from running the first.
      create trigger event_is_append_only
        before delete or update of workspace_id, id, type, ticket_id, ticket_version, actor_kind, actor_id, cause_id, member_ids, subject_id,
          changes, facets, at on event
        for each row execute function guard_event_log();
      create trigger event_position_is_given_once before update of position on event
        for each row when (old.position is not null) execute function guard_event_log();

      create trigger event_is_kept before truncate on event execute function refuse_change();
      create trigger security_event_is_kept before truncate on security_event execute function refuse_change();
      create trigger setting_version_is_kept before truncate on setting_version execute function refuse_change();
      -- Versions are deleted with what they are versions of, and never changed.
      create trigger note_version_is_never_changed before update on note_version for each row execute function refuse_change();
      create trigger sla_policy_version_is_never_changed before update on sla_policy_version for each row execute function refuse_change();
      create trigger sla_calendar_version_is_never_changed before update on sla_calendar_version for each row execute function refuse_change();
    `);
    this.addSql(`
      create function renew_epoch() returns trigger language plpgsql as $$
      begin
        new.epoch := gen_random_uuid();
        return new;
      end $$;
      -- A row that a restore inserts continues no stream that any client has read.
      create trigger stream_has_its_own_epoch before insert on stream for each row execute function renew_epoch();
    `);
  }

  override down(): void {
    this.addSql(`
      drop trigger stream_has_its_own_epoch on stream;
      drop function renew_epoch;
      drop trigger sla_calendar_version_is_never_changed on sla_calendar_version;
      drop trigger sla_policy_version_is_never_changed on sla_policy_version;
      drop trigger note_version_is_never_changed on note_version;
      drop trigger setting_version_is_kept on setting_version;
      drop trigger security_event_is_kept on security_event;
      drop trigger event_is_kept on event;
      drop trigger event_position_is_given_once on event;
      drop trigger event_is_append_only on event;
      drop function guard_event_log;
    `);
  }
}
