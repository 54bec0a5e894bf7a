import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireWholeMember } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';
import { isPushTarget, type PushService } from '../../platform/push/push-service.ts';
import type { Scope } from '../../platform/scope.ts';
import { Member, Session, Team } from '../identity/index.ts';
import { requireTimeZone } from '../sla/index.ts';
import { Topic } from '../tickets/index.ts';
import { NotificationKind } from './notification-kind.ts';
import { Notification } from './notification.entity.ts';
import { NotificationProfile, NotificationRule, NotificationScope, PushDevice } from './notification-settings.entity.ts';
import { profilesOf, rulesOf, scopeOf, type ProfileWanted, type RuleWanted } from './wanted.ts';

/** What is not given, or is null, stays as it is. Null quiet hours are none. */
export interface SaveNotificationSettings extends Partial<ProfileWanted> {
  readonly rules?: readonly RuleWanted[];
}

export interface NotificationSettings extends ProfileWanted {
  readonly rules: readonly RuleWanted[];
  readonly devices: readonly PushDevice[];
}

const kinds = Object.values(NotificationKind);
const minutesADay = 1440;
/** Browsers that one person may have pushed to. */
const mostDevices = 20;

/** The viewer's own, with the usual where they chose nothing. */
export async function notificationSettings(scope: Scope): Promise<NotificationSettings> {
  const { em, workspaceId, viewer } = scope;
  requireWholeMember(viewer);
  const { memberId } = viewer;
  const member = await em.findOneOrFail(Member, { workspaceId, id: memberId });
  const ruleOf = await rulesOf(scope, [member], kinds);
  const { timeZone, quietFrom, quietTo, quietDays, emailEvery, teamIds, topicIds } = (await profilesOf(scope, [memberId]))(memberId);
  const devices = await em.find(PushDevice, { workspaceId, memberId }, { orderBy: { createdAt: 'desc' } });
  return {
    rules: kinds.map((kind) => ruleOf(memberId, kind)),
    timeZone,
    quietFrom,
    quietTo,
    quietDays,
    emailEvery,
    teamIds,
    topicIds,
    devices,
  };
}

/** Changes what the viewer is told of, from now on: what was told stays told. */
export function saveNotificationSettings(scope: Scope, { rules, ...given }: SaveNotificationSettings): Promise<NotificationSettings> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    requireWholeMember(viewer);
    const { memberId } = viewer;
    if (rules && rules.length > 0) {
      requireOneOfEachKind(rules);
      const rows = rules.map(({ kind, scope: of, inApp, email, push }) => ({ workspaceId, memberId, kind, scope: of, inApp, email, push }));
      await em.upsertMany(NotificationRule, rows);
    }
    const isGiven = (name: string, value: unknown) => value !== undefined && (value !== null || name === 'quietFrom' || name === 'quietTo');
    const changes = Object.fromEntries(Object.entries(given).filter(([name, value]) => isGiven(name, value)));
    if (Object.keys(changes).length > 0) {
      const { timeZone, quietFrom, quietTo, quietDays, emailEvery, teamIds, topicIds } = await notificationSettings(tx);
      const wanted = { timeZone, quietFrom, quietTo, quietDays, emailEvery, teamIds, topicIds, ...changes };
      await requireSound(tx, wanted);
      await em.upsert(NotificationProfile, { workspaceId, memberId, ...wanted });
    }
    em.clear();
    return notificationSettings(tx);
  });
}

function requireOneOfEachKind(rules: readonly RuleWanted[]): void {
  const seen = new Set<NotificationKind>();
  for (const { kind } of rules) {
    if (seen.has(kind)) throw new InvalidInput(`The rules name ${kind} more than once. Give one rule of each kind.`, 'rules');
    seen.add(kind);
  }
}

async function requireSound({ em, workspaceId }: Scope, profile: ProfileWanted): Promise<void> {
  const { timeZone, quietFrom, quietTo, quietDays, teamIds, topicIds } = profile;
  requireTimeZone(timeZone);
  if ((quietFrom === null) !== (quietTo === null)) {
    throw new InvalidInput('Quiet hours have a beginning and an end. Give both, or neither.', 'quietFrom');
  }
  for (const [field, minute] of Object.entries({ quietFrom, quietTo })) {
    if (minute !== null && !(minute >= 0 && minute < minutesADay)) {
      throw new InvalidInput(`${minute} is no minute of a day. Give 0 to ${minutesADay - 1}.`, field);
    }
  }
  if (quietFrom !== null && quietFrom === quietTo) {
    throw new InvalidInput('Quiet hours that end when they begin are none. Choose another end, or take both away.', 'quietTo');
  }
  if (quietDays.some((day) => !(day >= 1 && day <= 7))) throw new InvalidInput('Days are 1 (Monday) to 7 (Sunday).', 'quietDays');
  if (new Set(quietDays).size === 7) throw new InvalidInput('Leave at least one day on which you can be told.', 'quietDays');
  for (const [field, ids, what] of [
    ['teamIds', teamIds, Team],
    ['topicIds', topicIds, Topic],
  ] as const) {
    const known = ids.every(isId) ? await em.count(what as typeof Team, { workspaceId, id: { $in: [...ids] } }) : -1;
    if (known !== new Set(ids).size) throw new InvalidInput('One of these is not of this workspace. Load the page again.', field);
  }
}

export interface Muted {
  readonly before: RuleWanted;
  readonly after: RuleWanted;
}

/** Changes the one setting because of which the viewer got a notification, so that the next of its like does not come. */
export async function muteLike(scope: Scope, notificationId: string): Promise<Muted> {
  const { em, workspaceId, viewer } = scope;
  requireWholeMember(viewer);
  const { memberId } = viewer;
  const notification = isId(notificationId) ? await em.findOne(Notification, { workspaceId, id: notificationId, memberId }) : null;
  if (!notification) throw new InvalidInput('There is no such notification of yours.', 'notificationId');
  const { kind, reason } = notification;
  const before = (await notificationSettings(scope)).rules.find((rule) => rule.kind === kind);
  if (!before) throw new Error(`there is no rule for ${kind}`);
  const after = { ...before, ...narrower(scopeOf(reason)) };
  await saveNotificationSettings(scope, { rules: [after] });
  return { before, after };
}

/** The next narrower scope; where there is none, silence. */
function narrower(scope: NotificationScope | null): Partial<RuleWanted> {
  if (scope === NotificationScope.TEAM) return { scope: NotificationScope.WATCHED };
  if (scope === NotificationScope.WATCHED) return { scope: NotificationScope.MINE };
  return { inApp: false, email: false, push: false };
}

export interface AddPushDevice {
  readonly endpoint: string;
  readonly publicKey: string;
  readonly auth: string;
}

/** Pushes to this browser from now on, as long as its session lasts. A browser is one person's: whoever came last. */
export function addPushDevice(
  scope: Scope,
  push: PushService,
  secret: string | null,
  device: AddPushDevice,
): Promise<NotificationSettings> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    requireWholeMember(viewer);
    const { memberId } = viewer;
    const session = secret && (await em.findOne(Session, { workspaceId, memberId, tokenHash: hashSecret(secret) }));
    if (!session) throw new InvalidInput('Pushes are for browsers that are signed in. Programs follow notificationsChanged.');
    const { endpoint, publicKey, auth } = device;
    if (endpoint.length > 2000 || !push.serves(endpoint)) {
      throw new InvalidInput(
        'This is not the address of a push service that the desk knows. An administrator can add it to PUSH_SERVICES.',
        'endpoint',
      );
    }
    if (!isPushTarget(device)) {
      throw new InvalidInput(
        'These are not the keys of a push subscription. Expected in base64url: an uncompressed P-256 point and an auth secret of 16 bytes.',
        'publicKey',
      );
    }
    await em.nativeDelete(PushDevice, { endpoint });
    if ((await em.count(PushDevice, { workspaceId, memberId })) >= mostDevices) {
      throw new InvalidInput(`At most ${mostDevices} browsers are pushed to. Remove one first.`);
    }
    await em.insert(PushDevice, {
      workspaceId,
      id: newId(),
      memberId,
      sessionId: session.id,
      endpoint,
      publicKey,
      auth,
      createdAt: tx.now(),
    });
    return notificationSettings(tx);
  });
}

/** One of the viewer's own; who has none of this address has none already. */
export function removePushDevice(scope: Scope, endpoint: string): Promise<NotificationSettings> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    requireWholeMember(viewer);
    await em.nativeDelete(PushDevice, { workspaceId, memberId: viewer.memberId, endpoint });
    return notificationSettings(tx);
  });
}
