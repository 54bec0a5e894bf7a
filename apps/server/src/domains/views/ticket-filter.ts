import type { Priority, StatusCategory, TicketSource } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { decide, type Viewer } from '../../kernel/viewer.ts';
import type { TicketFacets, TimeField, WaitingOn } from '../tickets/index.ts';

/** From an instant, and up to one without it. */
export interface InstantRange {
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

/** What a ticket must have in a field; everything given must hold. Numbers compare as such, all else as texts. */
export interface FieldCondition {
  readonly fieldId: string;
  /** Any of these. */
  readonly values?: readonly string[] | null | undefined;
  readonly atLeast?: string | null | undefined;
  readonly atMost?: string | null | undefined;
  /** Has nothing in it; false = has something. */
  readonly empty?: boolean | null | undefined;
}

/** Which tickets; everything given must hold. "Mine" and "my teams" mean the one who asks. */
export interface TicketFilter {
  readonly categories?: readonly StatusCategory[] | null | undefined;
  readonly statusIds?: readonly string[] | null | undefined;
  readonly priorities?: readonly Priority[] | null | undefined;
  readonly mine?: boolean | null | undefined;
  readonly unassigned?: boolean | null | undefined;
  readonly assigneeIds?: readonly string[] | null | undefined;
  readonly myTeams?: boolean | null | undefined;
  readonly teamIds?: readonly string[] | null | undefined;
  readonly withoutTeam?: boolean | null | undefined;
  readonly topicIds?: readonly string[] | null | undefined;
  /** Topics by key; resolved to ids before a filter is applied. */
  readonly topicKeys?: readonly string[] | null | undefined;
  readonly withoutTopic?: boolean | null | undefined;
  /** With any of these tags. */
  readonly tagIds?: readonly string[] | null | undefined;
  readonly withoutTags?: boolean | null | undefined;
  readonly requesterId?: string | null | undefined;
  readonly withoutRequester?: boolean | null | undefined;
  /** Watched by the one who asks. */
  readonly watched?: boolean | null | undefined;
  /** Watched by any of these members. */
  readonly watcherIds?: readonly string[] | null | undefined;
  /** Opened again at least once. */
  readonly reopened?: boolean | null | undefined;
  /** Merged into another ticket. */
  readonly merged?: boolean | null | undefined;
  /** In a status that waits on one of these. */
  readonly waitingOn?: readonly WaitingOn[] | null | undefined;
  readonly sources?: readonly TicketSource[] | null | undefined;
  readonly created?: InstantRange | null | undefined;
  /** Created within so many minutes up to now. */
  readonly createdWithinMinutes?: number | null | undefined;
  /** When it last changed in any way. */
  readonly updated?: InstantRange | null | undefined;
  /** Changed within so many minutes up to now. */
  readonly updatedWithinMinutes?: number | null | undefined;
  /** When it came to be resolved or closed, as it is now. */
  readonly resolved?: InstantRange | null | undefined;
  /** Due within so many minutes from now, or overdue. */
  readonly dueWithinMinutes?: number | null | undefined;
  /** In its present status for at least so many minutes. */
  readonly inStatusMinutes?: number | null | undefined;
  /** Put aside until an instant that has not come yet; false = not put aside. */
  readonly snoozed?: boolean | null | undefined;
  /** Of fields of the workspace's own; asked by those who work on tickets alone, as others do not see every field. */
  readonly fields?: readonly FieldCondition[] | null | undefined;
  readonly all?: readonly TicketFilter[] | null | undefined;
  readonly any?: readonly TicketFilter[] | null | undefined;
  readonly not?: TicketFilter | null | undefined;
}

const minute = 60_000;
const maxParts = 50;
const maxMinutes = 10 * 366 * 24 * 60;

/** Refuses a filter that is too large to be judged for every change of every ticket. */
export function requireReasonable(filter: TicketFilter): void {
  let parts = 0;
  for (const part of partsOf(filter)) {
    parts += 1 + (part.fields?.length ?? 0);
    for (const id of idsOf(part)) if (!isId(id)) throw new InvalidInput(`"${id}" is no id. Take the ids that the desk gives.`, 'filter');
    const { dueWithinMinutes, inStatusMinutes, createdWithinMinutes, updatedWithinMinutes } = part;
    const distances = [dueWithinMinutes, inStatusMinutes, createdWithinMinutes, updatedWithinMinutes];
    const minutes = Math.max(...distances.map((one) => Math.abs(one ?? 0)));
    if (minutes > maxMinutes)
      throw new InvalidInput(`A filter looks at most ten years ahead or back; ${minutes} minutes were given.`, 'filter');
  }
  if (parts > maxParts) throw new InvalidInput(`A filter has at most ${maxParts} parts; this one has ${parts}. Make it simpler.`, 'filter');
}

/** A filter as it was kept, in which instants have become texts. */
export function withInstants(kept: TicketFilter): TicketFilter {
  const range = (one: InstantRange | null | undefined) => one && { from: one.from && new Date(one.from), to: one.to && new Date(one.to) };
  const { created, updated, resolved, all, any, not } = kept;
  return {
    ...kept,
    ...(created ? { created: range(created) } : {}),
    ...(updated ? { updated: range(updated) } : {}),
    ...(resolved ? { resolved: range(resolved) } : {}),
    ...(all ? { all: all.map(withInstants) } : {}),
    ...(any ? { any: any.map(withInstants) } : {}),
    ...(not ? { not: withInstants(not) } : {}),
  };
}

function* partsOf(filter: TicketFilter): Generator<TicketFilter> {
  yield filter;
  for (const part of [...(filter.all ?? []), ...(filter.any ?? []), ...(filter.not ? [filter.not] : [])]) yield* partsOf(part);
}

function idsOf({ statusIds, assigneeIds, teamIds, topicIds, tagIds, watcherIds, requesterId, fields }: TicketFilter): string[] {
  const fieldIds = fields?.map(({ fieldId }) => fieldId);
  return [statusIds, assigneeIds, teamIds, topicIds, tagIds, watcherIds, requesterId ? [requesterId] : [], fieldIds].flatMap(
    (ids) => ids ?? [],
  );
}

function within(range: InstantRange | null | undefined, instant: number | null): boolean {
  if (!range) return true;
  return instant !== null && instant >= (range.from?.getTime() ?? -Infinity) && instant < (range.to?.getTime() ?? Infinity);
}

/**
 * The filter in memory, for tickets as the log knows them; `now` in milliseconds since 1970. Its twin is `filterSql`;
 * the two are tested to agree.
 */
export function matchesFilter(filter: TicketFilter, viewer: Viewer, now: number, ticket: TicketFacets): boolean {
  const among = <T>(allowed: readonly T[] | null | undefined, value: T | null) => !allowed || (value !== null && allowed.includes(value));
  const updatedAt = ticket.updatedAt ?? ticket.statusSince;
  return (
    among(filter.categories, ticket.category) &&
    among(filter.statusIds, ticket.statusId) &&
    among(filter.priorities, ticket.priority) &&
    among(filter.assigneeIds, ticket.assigneeId) &&
    among(filter.teamIds, ticket.teamId) &&
    among(filter.topicIds, ticket.topicId) &&
    (!filter.tagIds || filter.tagIds.some((id) => ticket.tagIds.includes(id))) &&
    (!filter.withoutTags || ticket.tagIds.length === 0) &&
    (filter.watched == null || filter.watched === (ticket.watcherIds ?? []).includes(viewer.memberId)) &&
    (!filter.watcherIds || filter.watcherIds.some((id) => ticket.watcherIds?.includes(id))) &&
    (filter.reopened == null || filter.reopened === (ticket.reopened ?? false)) &&
    (filter.merged == null || filter.merged === (ticket.merged ?? false)) &&
    among(filter.waitingOn, ticket.waitingOn ?? null) &&
    among(filter.sources, ticket.source) &&
    within(filter.created, ticket.createdAt) &&
    within(filter.updated, updatedAt) &&
    (filter.updatedWithinMinutes == null || updatedAt > now - filter.updatedWithinMinutes * minute) &&
    within(filter.resolved, ticket.resolvedAt) &&
    (filter.createdWithinMinutes == null || ticket.createdAt > now - filter.createdWithinMinutes * minute) &&
    (!filter.withoutTeam || ticket.teamId === null) &&
    (!filter.withoutTopic || ticket.topicId === null) &&
    (!filter.mine || ticket.assigneeId === viewer.memberId) &&
    (!filter.unassigned || ticket.assigneeId === null) &&
    (!filter.myTeams || (ticket.teamId !== null && viewer.teamIds.has(ticket.teamId))) &&
    (!filter.requesterId || ticket.requesterId === filter.requesterId) &&
    (!filter.withoutRequester || ticket.requesterId === null) &&
    (filter.dueWithinMinutes == null || (ticket.dueAt !== null && ticket.dueAt <= now + filter.dueWithinMinutes * minute)) &&
    (filter.inStatusMinutes == null || ticket.statusSince <= now - filter.inStatusMinutes * minute) &&
    (filter.snoozed == null || filter.snoozed === (ticket.snoozedUntil !== null && ticket.snoozedUntil > now)) &&
    (!filter.fields || (knowsFields(viewer) && filter.fields.every((one) => hasInField(one, ticket.fields?.[one.fieldId] ?? [])))) &&
    (filter.all ?? []).every((part) => matchesFilter(part, viewer, now, ticket)) &&
    (!filter.any || filter.any.some((part) => matchesFilter(part, viewer, now, ticket))) &&
    (!filter.not || !matchesFilter(filter.not, viewer, now, ticket))
  );
}

function knowsFields(viewer: Viewer): boolean {
  return decide(viewer, (one) => one.permissions.has('ticket.edit.own') || one.permissions.has('ticket.edit.any'));
}

// Without question marks, which stand for parameters in SQL, and no larger than the database's numbers are.
const numberPattern = /^-{0,1}\d{1,22}(\.\d{1,22}){0,1}(e[+-]{0,1}\d{1,2}){0,1}$/;

/** Numbers by their value, texts by their code points, as the database's twin has it. */
function atMost(a: string, b: string): boolean {
  return numberPattern.test(a) && numberPattern.test(b) ? Number(a) <= Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0;
}

function hasInField({ values, atLeast, atMost: most, empty }: FieldCondition, held: readonly string[]): boolean {
  return (
    (empty == null || empty === (held.length === 0)) &&
    (!values || held.some((value) => values.includes(value))) &&
    (atLeast == null || held.some((value) => atMost(atLeast, value))) &&
    (most == null || held.some((value) => atMost(value, most)))
  );
}

function fieldSql({ fieldId, values, atLeast, atMost: most, empty }: FieldCondition): SqlCondition {
  const parts: string[] = [];
  const parameters: unknown[] = [];
  const row = 'from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id and v.field_id = ?';
  const also = (sql: string, ...given: unknown[]) => {
    parts.push(sql);
    parameters.push(...given);
  };
  const compared = (operator: '<=' | '>=', bound: string) => {
    const isNumber = numberPattern.test(bound);
    const text = `x.value collate "C" ${operator} ?`;
    also(
      `exists (select 1 ${row} and exists (select 1 from jsonb_array_elements_text(v.value) x(value) where ${
        isNumber ? `case when x.value ~ '${numberPattern.source}' then x.value::float8 ${operator} ?::float8 else ${text} end` : text
      }))`,
      fieldId,
      bound,
      ...(isNumber ? [bound] : []),
    );
  };
  if (empty != null) also(`${empty ? 'not ' : ''}exists (select 1 ${row})`, fieldId);
  if (values)
    also(
      `exists (select 1 ${row} and (${values.map(() => 'v.value @> ?::jsonb').join(' or ') || 'false'}))`,
      fieldId,
      ...values.map((value) => JSON.stringify([value])),
    );
  if (atLeast != null) compared('>=', atLeast);
  if (most != null) compared('<=', most);
  return { sql: parts.join(' and ') || 'true', parameters };
}

export interface SqlCondition {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** The filter as SQL over the alias `t`, with its parameters. Never null: what is unknown does not match. */
export function filterSql(filter: TicketFilter, viewer: Viewer, now: Date): SqlCondition {
  const all: string[] = ['true'];
  const parameters: unknown[] = [];
  const also = (sql: string, ...values: unknown[]) => {
    all.push(sql);
    parameters.push(...values);
  };
  const marks = (values: readonly string[]) => values.map(() => '?').join(', ');
  const among = (column: string, values: readonly string[] | null | undefined) => {
    if (!values) return;
    if (values.length === 0) also('false');
    else also(`${column} in (${marks(values)})`, ...values);
  };
  const part = (one: TicketFilter) => {
    const condition = filterSql(one, viewer, now);
    parameters.push(...condition.parameters);
    return `coalesce(${condition.sql}, false)`;
  };
  among('t.category', filter.categories);
  among('t.status_id', filter.statusIds);
  among('t.priority', filter.priorities);
  among('t.assignee_id', filter.assigneeIds);
  among('t.team_id', filter.teamIds);
  among('t.topic_id', filter.topicIds);
  if (filter.tagIds?.length === 0) also('false');
  else if (filter.tagIds) {
    also(
      `exists (select 1 from ticket_tag k where k.workspace_id = t.workspace_id and k.ticket_id = t.id and k.tag_id in (${marks(filter.tagIds)}))`,
      ...filter.tagIds,
    );
  }
  if (filter.withoutTags) also('not exists (select 1 from ticket_tag k where k.workspace_id = t.workspace_id and k.ticket_id = t.id)');
  const watchedBy = (members: string) =>
    `exists (select 1 from watcher w where w.workspace_id = t.workspace_id and w.ticket_id = t.id and w.member_id in (${members}))`;
  if (filter.watched != null) also(`${filter.watched ? '' : 'not '}${watchedBy('?')}`, viewer.memberId);
  if (filter.watcherIds?.length === 0) also('false');
  else if (filter.watcherIds) also(watchedBy(marks(filter.watcherIds)), ...filter.watcherIds);
  if (filter.reopened != null) also(`t.reopen_count ${filter.reopened ? '> 0' : '= 0'}`);
  if (filter.merged != null) also(`t.merged_into_id is ${filter.merged ? 'not ' : ''}null`);
  if (filter.waitingOn?.length === 0) also('false');
  else if (filter.waitingOn) {
    also(
      `exists (select 1 from status s where s.workspace_id = t.workspace_id and s.id = t.status_id and s.waiting_on in (${marks(filter.waitingOn)}))`,
      ...filter.waitingOn,
    );
  }
  among('t.source', filter.sources);
  for (const [column, range] of [
    ['t.created_at', filter.created],
    ['t.updated_at', filter.updated],
    ['t.resolved_at', filter.resolved],
  ] as const) {
    if (range) also(`${column} is not null`);
    if (range?.from) also(`${column} >= ?`, range.from);
    if (range?.to) also(`${column} < ?`, range.to);
  }
  if (filter.createdWithinMinutes != null) also('t.created_at > ?', new Date(now.getTime() - filter.createdWithinMinutes * minute));
  if (filter.updatedWithinMinutes != null) also('t.updated_at > ?', new Date(now.getTime() - filter.updatedWithinMinutes * minute));
  if (filter.withoutTeam) also('t.team_id is null');
  if (filter.withoutTopic) also('t.topic_id is null');
  if (filter.mine) also('t.assignee_id = ?', viewer.memberId);
  if (filter.unassigned) also('t.assignee_id is null');
  if (filter.myTeams) among('t.team_id', [...viewer.teamIds]);
  if (filter.requesterId) also('t.requester_id = ?', filter.requesterId);
  if (filter.withoutRequester) also('t.requester_id is null');
  if (filter.dueWithinMinutes != null) also('t.due_at <= ?', new Date(now.getTime() + filter.dueWithinMinutes * minute));
  if (filter.inStatusMinutes != null) also('t.status_since <= ?', new Date(now.getTime() - filter.inStatusMinutes * minute));
  if (filter.snoozed != null) also(filter.snoozed ? 't.snoozed_until > ?' : '(t.snoozed_until is null or t.snoozed_until <= ?)', now);
  if (filter.fields && !knowsFields(viewer)) also('false');
  else {
    for (const one of filter.fields ?? []) {
      const condition = fieldSql(one);
      also(condition.sql, ...condition.parameters);
    }
  }
  for (const one of filter.all ?? []) all.push(part(one));
  if (filter.any) all.push(`(${filter.any.map(part).join(' or ') || 'false'})`);
  if (filter.not) all.push(`not ${part(filter.not)}`);
  return { sql: `(${all.join(' and ')})`, parameters };
}

/** The instants, shifted, at which time alone changes what the filter says of a ticket. */
export function edgesOf(filter: TicketFilter): { readonly field: TimeField; readonly shiftMs: number }[] {
  const edges = new Map<string, { field: TimeField; shiftMs: number }>();
  const add = (field: TimeField, shiftMs: number) => edges.set(`${field} ${shiftMs}`, { field, shiftMs });
  for (const { createdWithinMinutes, updatedWithinMinutes, dueWithinMinutes, inStatusMinutes, snoozed } of partsOf(filter)) {
    if (createdWithinMinutes != null) add('createdAt', createdWithinMinutes * minute);
    if (updatedWithinMinutes != null) add('updatedAt', updatedWithinMinutes * minute);
    if (dueWithinMinutes != null) add('dueAt', -dueWithinMinutes * minute);
    if (inStatusMinutes != null) add('statusSince', inStatusMinutes * minute);
    if (snoozed != null) add('snoozedUntil', 0);
  }
  return [...edges.values()];
}

/** Whether a filter asks when tickets last changed: then every event of one matters, and else only what it changed. */
export function goesByUpdate(filter: TicketFilter): boolean {
  return partsOf(filter).some(({ updated, updatedWithinMinutes }) => updated != null || updatedWithinMinutes != null);
}

/** The subjects one of which every ticket that matches has: the narrowest that the filter names. */
export function anchorsOf(filter: TicketFilter): string[] {
  if (filter.requesterId) return [`requester:${filter.requesterId}`];
  if (filter.unassigned) return ['assignee:null'];
  const named = [
    ['assignee', filter.assigneeIds],
    ['team', filter.teamIds],
    ['topic', filter.topicIds],
    ['status', filter.statusIds],
    ['priority', filter.priorities],
    ['category', filter.categories],
  ] as const;
  for (const [facet, values] of named) if (values) return values.map((value) => `${facet}:${value}`);
  return ['tickets'];
}
