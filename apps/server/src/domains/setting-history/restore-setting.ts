import { isId } from '../../kernel/id.ts';
import { SettingsConflict } from '../../kernel/settings-error.ts';
import type { Scope } from '../../platform/scope.ts';
import {
  newestVersionOf,
  SettingVersion,
  settingVersionByKey,
  settingVersionKey,
  type MadeAs,
  type SettingKind,
  type SettingState,
} from '../../platform/setting-versions.ts';
import { createRole, createTeam, editRole, editTeam, type SaveRole, type TeamWanted } from '../access/index.ts';
import { createField, editField, type NewField } from '../fields/index.ts';
import { createSkillGroup, editSkillGroup, type SkillGroupWanted } from '../routing/index.ts';
import { saveCalendar, savePolicy, type CalendarState, type PolicyState } from '../sla/index.ts';
import { createTemplate, editTemplate, type TemplateWanted } from '../templates/index.ts';
import {
  createStatus,
  createTagAgain,
  createTopic,
  editStatus,
  editTopic,
  namePriorities,
  renameTag,
  saveLifecycle,
  SettingNotFound,
  type NewStatus,
  type PriorityNames,
  type SaveLifecycle,
  type TopicWanted,
} from '../ticket-settings/index.ts';
import { canSeeKind, requireSettings } from './list-versions.ts';
import { withoutGone } from './without-gone.ts';

/** How the settings of a kind are saved: by the use cases of their pages, with their rights, rules and events. */
interface Writer {
  readonly edit: (tx: Scope, state: never, stands: MadeAs) => Promise<unknown>;
  /** Makes again what was deleted; none for what never is. */
  readonly create: ((tx: Scope, state: never, as: MadeAs) => Promise<unknown>) | null;
}

/** Checks that both take what the kind keeps. */
function writer<State>(
  edit: (tx: Scope, state: State, stands: MadeAs) => Promise<unknown>,
  create: ((tx: Scope, state: State, as: MadeAs) => Promise<unknown>) | null,
): Writer {
  return { edit, create };
}

const writers: Readonly<Record<SettingKind, Writer>> = {
  TOPIC: writer<TopicWanted>((tx, state, { id, version }) => editTopic(tx, { ...state, topicId: id, version }), createTopic),
  STATUS: writer<NewStatus>((tx, state, { id, version }) => editStatus(tx, { ...state, statusId: id, version }), createStatus),
  FIELD: writer<NewField>((tx, state, { id, version }) => editField(tx, { ...state, fieldId: id, version }), createField),
  TAG: writer<{ name: string }>(
    (tx, { name }, { id, version }) => renameTag(tx, { tagId: id, version, name }),
    (tx, { name }, as) => createTagAgain(tx, name, as),
  ),
  PRIORITIES: writer<{ names: PriorityNames }>((tx, { names }, { version }) => namePriorities(tx, { names, version }), null),
  TEMPLATE: writer<TemplateWanted>((tx, state, { id, version }) => editTemplate(tx, { ...state, templateId: id, version }), createTemplate),
  SKILL_GROUP: writer<SkillGroupWanted>(
    (tx, state, { id, version }) => editSkillGroup(tx, { ...state, skillGroupId: id, version }),
    createSkillGroup,
  ),
  LIFECYCLE: writer<Omit<SaveLifecycle, 'lifecycleVersion'>>(
    (tx, state, { version }) => saveLifecycle(tx, { ...state, lifecycleVersion: version }),
    null,
  ),
  SLA_POLICY: writer<PolicyState>((tx, state, { id, version }) => savePolicy(tx, { ...state, id, version }), null),
  SLA_CALENDAR: writer<CalendarState>(
    (tx, state, { id, version }) => saveCalendar(tx, { ...state, id, version }),
    (tx, state, as) => saveCalendar(tx, state, as),
  ),
  TEAM: writer<TeamWanted>((tx, state, { id, version }) => editTeam(tx, { ...state, teamId: id, version }), createTeam),
  ROLE: writer<SaveRole>((tx, state, { id, version }) => editRole(tx, { ...state, roleId: id, version }), createRole),
};

export interface RestoreSetting {
  /** Of a version. */
  readonly id: string;
  /** The newest version that was seen of the setting. */
  readonly newest: number;
}

export interface RestoredSetting {
  readonly settingVersion: SettingVersion;
  /** The parts that named something that is gone by now, and are without it. */
  readonly leftOut: readonly string[];
}

/** Saves a setting as an earlier version has it, and makes it again if it was deleted. That is a version of its own. */
export async function restoreSetting(scope: Scope, { id, newest }: RestoreSetting): Promise<RestoredSetting> {
  const { wanted, leftOut } = await scope.transaction(async (tx) => {
    requireSettings(tx.viewer);
    const { em, workspaceId } = tx;
    await em.execute('select 1 from workspace where id = ? for no key update', [workspaceId]);
    const wanted = isId(id) ? await em.findOne(SettingVersion, { workspaceId, id }) : null;
    if (!wanted || !canSeeKind(tx.viewer, wanted.kind)) throw new SettingNotFound('version', 'id');
    const standing = await newestOf(tx, wanted);
    if (standing.version !== newest) throw new SettingsConflict(standing.version);
    // A part that came into being since is as it is now.
    const { state, leftOut } = await withoutGone(tx, { ...standing.state, ...wanted.state });
    await save(tx, standing, state);
    return { wanted, leftOut };
  });
  return { settingVersion: await newestOf(scope.fresh(), wanted), leftOut };
}

function save(tx: Scope, { kind, settingId, version, deleted }: SettingVersion, state: SettingState): Promise<unknown> {
  const { edit, create } = writers[kind];
  return deleted && create
    ? create(tx, state as never, { id: settingId, version: version + 1 })
    : edit(tx, state as never, { id: settingId, version });
}

async function newestOf(tx: Scope, { kind, settingId }: SettingVersion): Promise<SettingVersion> {
  const newest = await tx.load(newestVersionOf, `${kind} ${settingId}`);
  const found = newest && (await tx.load(settingVersionByKey, settingVersionKey({ kind, settingId, version: newest.version })));
  if (!found) throw new SettingNotFound('version', 'id');
  return found;
}
