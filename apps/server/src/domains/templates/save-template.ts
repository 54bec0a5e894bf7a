import { limits, type Priority } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import { requireFreeName, type NameSpace } from '../../platform/free-names.ts';
import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { madeAnew, type MadeAs, type SettingState } from '../../platform/setting-versions.ts';
import { requireChecklistText } from '../checklists/index.ts';
import { listFields } from '../fields/index.ts';
import { memberById, teamById } from '../identity/index.ts';
import {
  changeSettings,
  reviseTicketSetting,
  SettingNotFound,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from '../ticket-settings/index.ts';
import { cleanRichText, ReferenceNotFound, topicById } from '../tickets/index.ts';
import { TicketTemplate, type TemplateField } from './ticket-template.entity.ts';

export interface TemplateWanted {
  readonly name: string;
  readonly subject: string;
  readonly description: string;
  readonly priority?: Priority | null | undefined;
  readonly topicId?: string | null | undefined;
  readonly teamId?: string | null | undefined;
  readonly watcherIds: readonly string[];
  readonly fields: readonly TemplateField[];
  readonly checklist: readonly string[];
}

const mostTemplates = 200;
const templateNames: NameSpace = { table: 'ticket_template' };

const templateSetting: TicketSetting<TicketTemplate> = {
  kind: 'TEMPLATE',
  nameOf: ({ name }) => name,
  stateOf: ({ name, subject, description, priority, topicId, teamId, watcherIds, fields, checklist }): TemplateWanted & SettingState => ({
    name,
    subject,
    description,
    priority,
    topicId,
    teamId,
    watcherIds,
    fields,
    checklist,
  }),
};

export const templateById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(TicketTemplate, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

/** By name; for those alone who make tickets. */
export async function listTemplates({ em, workspaceId, viewer }: Scope): Promise<TicketTemplate[]> {
  return may(viewer, 'ticket.create') ? em.find(TicketTemplate, { workspaceId }, { orderBy: { name: 'asc' } }) : [];
}

export function createTemplate(scope: Scope, wanted: TemplateWanted, { id, version }: MadeAs = madeAnew()): Promise<TicketTemplate> {
  return changeSettings(scope, async (tx) => {
    const { em, workspaceId } = tx;
    if ((await em.count(TicketTemplate, { workspaceId })) >= mostTemplates)
      throw new InvalidInput(`There are ${mostTemplates} templates already. Delete one first.`, 'name');
    const template = em.create(TicketTemplate, { workspaceId, id, ...(await written(tx, wanted, null)), version }, { persist: true });
    return ticketSettingCreated(tx, templateSetting, template);
  });
}

export interface EditTemplate extends TemplateWanted {
  readonly templateId: string;
  /** The version that was opened. */
  readonly version: number;
}

export function editTemplate(scope: Scope, { templateId, version, ...wanted }: EditTemplate): Promise<TicketTemplate> {
  return changeSettings(scope, async (tx) => {
    const template = await requireTemplate(tx, templateId);
    const change = async () => void Object.assign(template, await written(tx, wanted, template.id));
    return reviseTicketSetting(tx, templateSetting, { thing: template, version, change });
  });
}

export function deleteTemplate(scope: Scope, templateId: string): Promise<TicketTemplate> {
  return changeSettings(scope, async (tx) => {
    const template = await requireTemplate(tx, templateId);
    await ticketSettingDeleted(tx, templateSetting, template);
    tx.em.remove(template);
    return template;
  });
}

async function requireTemplate({ em, workspaceId }: Scope, id: string): Promise<TicketTemplate> {
  const template = isId(id) ? await em.findOne(TicketTemplate, { workspaceId, id }) : null;
  if (!template) throw new SettingNotFound('template', 'templateId');
  return template;
}

async function written(
  tx: Scope,
  wanted: TemplateWanted,
  own: string | null,
): Promise<Omit<TicketTemplate, 'workspaceId' | 'id' | 'version'>> {
  const { topicId = null, teamId = null, priority = null, subject } = wanted;
  const name = await requireFreeName(tx, templateNames, wanted.name, own);
  if (subject.length > limits.subject)
    throw new InvalidInput(`A subject has at most ${limits.subject} characters; ${subject.length} were given.`, 'subject');
  if (topicId && !(isId(topicId) && (await tx.load(topicById, topicId)))) throw new ReferenceNotFound('topicId', 'topic');
  if (teamId && !(isId(teamId) && (await tx.load(teamById, teamId)))) throw new ReferenceNotFound('teamId', 'team');
  const watcherIds = [...new Set(wanted.watcherIds)];
  for (const id of watcherIds) if (!(isId(id) && (await tx.load(memberById, id)))) throw new ReferenceNotFound('watcherIds', 'member');
  const known = new Set((await listFields(tx)).map(({ id }) => id));
  const fields = wanted.fields.filter(({ values }) => values.length > 0);
  if (fields.some(({ fieldId }) => !known.has(fieldId))) throw new ReferenceNotFound('fields', 'field');
  const description = await cleanRichText('description', wanted.description);
  return {
    name,
    subject: subject.trim(),
    description,
    priority,
    topicId,
    teamId,
    watcherIds,
    checklist: wanted.checklist.filter((text) => text.trim() !== '').map(requireChecklistText),
    fields: fields.map(({ fieldId, values }) => ({ fieldId, values: [...values] })),
  };
}
