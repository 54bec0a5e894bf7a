import type { Scope } from '../../platform/scope.ts';
import { Role } from '../identity/index.ts';
import { NotificationKind } from './notification-kind.ts';
import { EmailEvery, NotificationProfile, NotificationRule, NotificationScope } from './notification-settings.entity.ts';
import type { NotificationReason } from './notification.entity.ts';

export type RuleWanted = Pick<NotificationRule, 'kind' | 'scope' | 'inApp' | 'email' | 'push'>;
export type ProfileWanted = Omit<NotificationProfile, 'workspaceId' | 'memberId'>;

/** What reaches people who are not looking: only what waits for them. */
const urgent: ReadonlySet<NotificationKind> = new Set([
  NotificationKind.STALE,
  NotificationKind.ASSIGNED,
  NotificationKind.MESSAGE,
  NotificationKind.MENTION,
  NotificationKind.SLA,
]);

/** What holds until somebody says otherwise. Supervisors answer for their teams' promises. */
function usualRule(kind: NotificationKind, role: string): RuleWanted {
  const scope = kind === NotificationKind.SLA && role === Role.SUPERVISOR ? NotificationScope.TEAM : NotificationScope.WATCHED;
  return { kind, scope, inApp: true, email: urgent.has(kind), push: urgent.has(kind) };
}

const usualProfile: ProfileWanted = {
  timeZone: 'UTC',
  quietFrom: null,
  quietTo: null,
  quietDays: [],
  emailEvery: EmailEvery.SOON,
  teamIds: [],
  topicIds: [],
};

const scopes = [NotificationScope.MINE, NotificationScope.WATCHED, NotificationScope.TEAM] as const;

/** The narrowest scope that a reason needs; null for what addresses somebody by name. */
export function scopeOf(reason: NotificationReason): NotificationScope | null {
  if (reason === 'WATCHING') return NotificationScope.WATCHED;
  if (reason === 'SUPERVISOR' || reason === 'TEAM') return NotificationScope.TEAM;
  return reason === 'ASSIGNEE' || reason === 'PREVIOUS_ASSIGNEE' ? NotificationScope.MINE : null;
}

export function covers({ scope }: RuleWanted, reason: NotificationReason): boolean {
  const needed = scopeOf(reason);
  return needed === null || scopes.indexOf(needed) <= scopes.indexOf(scope);
}

/** Those who asked to be told of all of a team's tickets, and of which teams and topics. */
export async function teamFollowers(
  { em, workspaceId }: Scope,
  kind: NotificationKind,
  { teamId, topicId }: { readonly teamId: string | null; readonly topicId: string | null },
): Promise<string[]> {
  if (teamId === null) return [];
  const rows: { member_id: string }[] = await em.execute(
    `select r.member_id from notification_rule r
     left join notification_profile p on p.workspace_id = r.workspace_id and p.member_id = r.member_id
     where r.workspace_id = ? and r.kind = ? and r.scope = 'TEAM'
       and (coalesce(cardinality(p.topic_ids), 0) = 0 or ?::uuid = any(p.topic_ids))
       and case when coalesce(cardinality(p.team_ids), 0) > 0 then ?::uuid = any(p.team_ids)
         else exists (select 1 from team_member m where m.workspace_id = r.workspace_id and m.team_id = ?::uuid and m.member_id = r.member_id) end`,
    [workspaceId, kind, topicId, teamId, teamId],
  );
  return rows.map(({ member_id: memberId }) => memberId);
}

/** What each of some members wants of each of some kinds. */
export async function rulesOf(
  { em, workspaceId }: Scope,
  members: readonly { readonly id: string; readonly role: string }[],
  kinds: readonly NotificationKind[],
): Promise<(memberId: string, kind: NotificationKind) => RuleWanted> {
  const rules = await em.find(NotificationRule, { workspaceId, memberId: { $in: members.map(({ id }) => id) }, kind: { $in: [...kinds] } });
  const own = new Map(rules.map((rule) => [`${rule.memberId} ${rule.kind}`, rule]));
  const roles = new Map(members.map(({ id, role }) => [id, role]));
  return (memberId, kind) => own.get(`${memberId} ${kind}`) ?? usualRule(kind, roles.get(memberId) ?? '');
}

export async function profilesOf({ em, workspaceId }: Scope, memberIds: readonly string[]): Promise<(memberId: string) => ProfileWanted> {
  const profiles = memberIds.length === 0 ? [] : await em.find(NotificationProfile, { workspaceId, memberId: { $in: [...memberIds] } });
  const own = new Map(profiles.map((profile) => [profile.memberId, profile]));
  return (memberId) => own.get(memberId) ?? usualProfile;
}
