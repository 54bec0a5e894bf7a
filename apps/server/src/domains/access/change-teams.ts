import { LockMode } from '@mikro-orm/core';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import { requireFreeName, type NameSpace } from '../../platform/free-names.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  madeAnew,
  reviseSetting,
  settingCreated,
  settingDeleted,
  type MadeAs,
  type Setting,
  type SettingState,
} from '../../platform/setting-versions.ts';
import { Team } from '../identity/index.ts';
import { TeamNotFound } from './access.errors.ts';
import { TeamEvent } from './access.events.ts';
import { requireSettings } from './access.policy.ts';

const teamNames: NameSpace = { table: 'team' };

export interface TeamWanted {
  readonly name: string;
  /** Where a ticket of the team goes that its client opens again: to the queue, or back to whom it was assigned. */
  readonly reopenToQueue: boolean;
  /** Business hours that override those of SLA policies; null = those of the policy. */
  readonly calendarId: string | null;
}

function stateOf({ name, reopenToQueue, calendarId }: Team): TeamWanted & SettingState {
  return { name, reopenToQueue, calendarId };
}

const teamSetting: Setting<Team> = {
  kind: 'TEAM',
  stateOf,
};

export function createTeam(
  scope: Scope,
  { name, reopenToQueue = false, calendarId = null }: Pick<TeamWanted, 'name'> & Partial<TeamWanted>,
  { id, version }: MadeAs = madeAnew(),
): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const free = await requireFreeName(tx, teamNames, name, null);
    const team = tx.em.create(Team, { workspaceId: tx.workspaceId, id, name: free, reopenToQueue, version });
    await setHours(tx, team, calendarId);
    await settingCreated(tx, teamSetting, team);
    await recordChange(tx, team.id, { created: team.name });
    return team;
  });
}

export interface EditTeam extends Partial<TeamWanted> {
  readonly teamId: string;
  /** The version that was opened; null = whatever stands. */
  readonly version: number | null;
}

/** What is left out stays. */
export function editTeam(scope: Scope, { teamId, version, name, reopenToQueue, calendarId }: EditTeam): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const team = await requireTeam(tx, teamId);
    const before = stateOf(team);
    const change = async () => {
      if (name !== undefined) team.name = await requireFreeName(tx, teamNames, name, team.id);
      team.reopenToQueue = reopenToQueue ?? team.reopenToQueue;
      if (calendarId !== undefined) await setHours(tx, team, calendarId);
    };
    if (await reviseSetting(tx, teamSetting, { thing: team, version, change })) {
      await recordChange(tx, team.id, { from: before, to: stateOf(team) });
    }
    return team;
  });
}

/** Deletes a team of which there are no tickets: theirs would be everybody's otherwise. Its members stay. */
export function deleteTeam(scope: Scope, teamId: string): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const team = await requireTeam(tx, teamId);
    const [held] = await tx.em.execute<object[]>('select 1 from ticket where workspace_id = ? and team_id = ? limit 1', [
      tx.workspaceId,
      team.id,
    ]);
    if (held) throw new StillInUse(`The team "${team.name}" has tickets. Give them to another team first.`, 'teamId');
    await settingDeleted(tx, teamSetting, team);
    await tx.em.nativeDelete(Team, { workspaceId: tx.workspaceId, id: team.id });
    await recordChange(tx, team.id, { deleted: team.name });
    return team;
  });
}

async function requireTeam(tx: Scope, id: string): Promise<Team> {
  const where = { workspaceId: tx.workspaceId, id };
  // Two who save at once wait for each other, so that the second sees the version of the first.
  const team = isId(id) ? await tx.em.findOne(Team, where, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!team) throw new TeamNotFound();
  return team;
}

async function setHours(tx: Scope, team: Team, calendarId: string | null): Promise<void> {
  if (calendarId === team.calendarId) return;
  if (calendarId !== null) await requireCalendar(tx, calendarId);
  team.calendarId = calendarId;
  tx.record(domainEvent(TeamEvent.HOURS_CHANGED, null, { subjectId: team.id }));
}

async function requireCalendar({ em, workspaceId }: Scope, id: string): Promise<void> {
  // The lock makes a deletion of the calendar wait, so that it finds this team.
  const sql = 'select 1 from sla_calendar where workspace_id = ? and id = ? for share';
  const found: object[] = isId(id) ? await em.execute(sql, [workspaceId, id]) : [];
  if (found.length === 0) throw new InvalidInput('Business hours not found. Load the list again and choose others.', 'calendarId');
}

async function recordChange(tx: Scope, subjectId: string, details: Record<string, unknown>): Promise<void> {
  await recordSecurity(tx, SecurityEventKind.TEAM_CHANGED, { subjectId, details });
  tx.record(domainEvent(accessChanged, null));
}
