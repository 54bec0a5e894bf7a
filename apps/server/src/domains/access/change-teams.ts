import { limits } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { NameTaken, StillInUse } from '../../kernel/settings-error.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { Team } from '../identity/index.ts';
import { TeamNotFound } from './access.errors.ts';
import { requireSettings } from './access.policy.ts';

export function createTeam(scope: Scope, name: string): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const team = tx.em.create(Team, { workspaceId: tx.workspaceId, id: newId(), name: await requireFreeName(tx, name, null) });
    await recordChange(tx, team.id, { created: team.name });
    return team;
  });
}

export function renameTeam(scope: Scope, { teamId, name }: { teamId: string; name: string }): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const team = await requireTeam(tx, teamId);
    const before = team.name;
    team.name = await requireFreeName(tx, name, team.id);
    await recordChange(tx, team.id, { from: before, to: team.name });
    return team;
  });
}

/** Says where a ticket of the team goes that its client opens again: back to whom it was assigned, or to the queue. */
export function setTeamReopening(scope: Scope, { teamId, toQueue }: { teamId: string; toQueue: boolean }): Promise<Team> {
  return scope.transaction(async (tx) => {
    requireSettings(tx.viewer, 'people.manage');
    const team = await requireTeam(tx, teamId);
    if (team.reopenToQueue === toQueue) return team;
    team.reopenToQueue = toQueue;
    await recordChange(tx, team.id, { reopenToQueue: toQueue });
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
    await tx.em.nativeDelete(Team, { workspaceId: tx.workspaceId, id: team.id });
    await recordChange(tx, team.id, { deleted: team.name });
    return team;
  });
}

async function requireTeam(tx: Scope, id: string): Promise<Team> {
  const team = isId(id) ? await tx.em.findOne(Team, { workspaceId: tx.workspaceId, id }) : null;
  if (!team) throw new TeamNotFound();
  return team;
}

async function requireFreeName(tx: Scope, text: string, own: string | null): Promise<string> {
  const name = requireLine('name', text, limits.name);
  const holder = await tx.em.findOne(Team, { workspaceId: tx.workspaceId, name });
  if (holder && holder.id !== own) throw new NameTaken('name', name);
  return name;
}

async function recordChange(tx: Scope, subjectId: string, details: Record<string, unknown>): Promise<void> {
  await recordSecurity(tx, SecurityEventKind.TEAM_CHANGED, { subjectId, details });
  tx.record(domainEvent(accessChanged, null));
}
