import type { ReloadedClient, ToldClient } from './plan.ts';
import type { ModelTicket } from './writers.ts';

/** What must all be 0, and why it is not. */
export class Verdict {
  lost = 0;
  twice = 0;
  disorder = 0;
  phantom = 0;
  stale = 0;
  needlessReloads = 0;
  readonly problems: string[] = [];

  get bad(): boolean {
    return this.lost + this.twice + this.disorder + this.phantom + this.stale + this.needlessReloads + this.problems.length > 0;
  }

  count(kind: 'lost' | 'twice' | 'disorder' | 'phantom' | 'stale' | 'needlessReloads', found: number, what: string): void {
    this[kind] += found;
    if (found > 0) this.problems.push(`${found} ${what}`);
  }
}

export type Sql = <Row extends object>(query: string, parameters?: unknown[]) => Promise<Row[]>;

interface LoggedRow {
  readonly id: string;
  readonly position: string;
}

/** The log as it stands once every event has its position. */
export async function readLog(sql: Sql): Promise<LoggedRow[]> {
  while ((await sql('select 1 from event where position is null limit 1')).length) await new Promise((resolve) => setTimeout(resolve, 50));
  return sql<LoggedRow>('select id, position from event where ticket_id is not null order by position');
}

/** Compares what one program was told with the log. */
export function judgeEvents(verdict: Verdict, log: readonly LoggedRow[], client: ToldClient): void {
  const { name, after, events } = client;
  const expected = new Set(log.filter(({ position }) => Number(position) > after).map(({ id }) => id));
  const told = new Set(events.map(([, id]) => id));
  verdict.count('lost', expected.difference(told).size, `events lost by ${name}`);
  verdict.count('twice', events.length - told.size, `events told twice to ${name}`);
  verdict.count('phantom', told.difference(expected).size, `events told to ${name} that are not in the log`);
  const versions = new Map<string, number>();
  let last = 0;
  let disorder = 0;
  for (const [position, , ticketId, version] of events) {
    if (position <= last || (versions.has(ticketId) && version !== (versions.get(ticketId) ?? 0) + 1)) disorder += 1;
    last = position;
    versions.set(ticketId, version);
  }
  verdict.count('disorder', disorder, `events out of order for ${name}`);
}

/** Why clients must reload: a new epoch, or changed permissions of those who use a token. */
export interface ReloadReason {
  /** Before it happened, by `monotonicMs`. */
  readonly at: number;
  /** Null = everyone. */
  readonly token: string | null;
}

/** A client that loses its connection while it reloads may be told again. */
const repeatMs = 10_000;

/** Counts each RELOAD that no reason since the one before explains. */
export function judgeReloads(verdict: Verdict, reasons: readonly ReloadReason[], { name, token, at }: ReloadedClient): void {
  const own = reasons.filter((reason) => reason.token === null || reason.token === token);
  const needless = at.filter((time, index) => {
    const since = Math.min(at[index - 1] ?? 0, time - repeatMs);
    return !own.some((reason) => reason.at > since && reason.at <= time);
  });
  verdict.count('needlessReloads', needless.length, `reloads of ${name} without a reason`);
}

/** Emails that count as sent and that the mail server does not have. */
export async function judgeEmails(verdict: Verdict, sql: Sql, received: ReadonlySet<string>): Promise<void> {
  const sent = await sql<{ id: string }>('select id from outgoing_mail where sent_at is not null');
  verdict.count('lost', sent.filter(({ id }) => !received.has(id)).length, 'emails lost');
}

/** Compares the database with the model of everything that was acknowledged. */
export async function judgeWrites(verdict: Verdict, sql: Sql, model: readonly ModelTicket[]): Promise<void> {
  const rows = await sql<Record<string, string | string[] | null> & { id: string }>(
    `select t.id, t.subject, t.priority, t.team_id, t.status_id, t.assignee_id,
       array(select g.name from ticket_tag k join tag g on g.workspace_id = k.workspace_id and g.id = k.tag_id where k.ticket_id = t.id order by 1) as tags,
       array(select n.body from note n where n.ticket_id = t.id order by 1) as notes
     from ticket t`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const ticket of model) {
    const row = found.get(ticket.id);
    const wanted = {
      id: ticket.id,
      subject: ticket.subject,
      priority: ticket.priority,
      team_id: ticket.teamId,
      status_id: ticket.statusId,
      assignee_id: ticket.assigneeId,
      tags: [...ticket.tags].sort(),
      notes: [...ticket.notes].sort(),
    };
    const notes = (row?.notes as string[] | undefined) ?? [];
    verdict.count('twice', notes.length - new Set(notes).size, `notes twice on ticket ${ticket.id}`);
    if (JSON.stringify(row) === JSON.stringify(wanted)) continue;
    verdict.count('lost', 1, `edits lost: the database has ${JSON.stringify(row)} in place of ${JSON.stringify(wanted)}`);
  }
  verdict.count('phantom', Math.max(0, rows.length - model.length), 'tickets that nobody was told were made');
}

/** Nodes whose clocks are off must write true times: nothing is of the future, nothing a minute older than what came before. */
export async function judgeTimes(verdict: Verdict, sql: Sql): Promise<void> {
  const [times] = await sql<{ future: string; past: string }>(
    `select count(*) filter (where at > clock_timestamp() + interval '1 second') as future,
       count(*) filter (where at < before - interval '1 minute') as past
     from (select at, max(at) over (order by position rows between unbounded preceding and 1 preceding) as before from event) e`,
  );
  verdict.count('disorder', Number(times?.future), 'events of the future');
  verdict.count('disorder', Number(times?.past), 'events of the past');
}
