import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { NameTaken, SettingsConflict } from '../../kernel/settings-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { ReferenceNotFound, requireNames, settingsChanged, Topic, type Names } from '../tickets/index.ts';
import { canonicalValues, UnfitValue } from './field-value.ts';
import { CustomField, type FieldRequired, type FieldType } from './field.entity.ts';
import { CustomFieldNotFound } from './field.errors.ts';

export interface FieldWanted {
  readonly names: Names;
  readonly help: string;
  readonly topicIds: readonly string[];
  readonly required: FieldRequired;
  readonly defaultValues: readonly string[];
  /** Of a select. One without an id is new. */
  readonly options: readonly { readonly id?: string | null | undefined; readonly names: Names }[];
  readonly minimum?: number | null | undefined;
  readonly maximum?: number | null | undefined;
  readonly forLightAgents: boolean;
}

const mostFields = 200;
const mostOptions = 200;

export function createField(
  scope: Scope,
  { key, type, ...wanted }: FieldWanted & { readonly key: string; readonly type: FieldType },
): Promise<CustomField> {
  return scope.transaction(async (tx) => {
    requireSettings(tx);
    const { workspaceId, em } = tx;
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(key)) {
      throw new InvalidInput(`"${key}" is no key. Use small letters, digits and underscores, a letter first, at most 40.`, 'key');
    }
    if (await em.findOne(CustomField, { workspaceId, key, removedAt: null })) throw new NameTaken('key', key);
    const count = await em.count(CustomField, { workspaceId, removedAt: null });
    if (count >= mostFields) throw new InvalidInput(`A workspace has at most ${mostFields} fields. Remove one first.`, 'key');
    const field = new CustomField();
    Object.assign(field, { workspaceId, id: newId(), key, type, place: count, version: 1, removedAt: null, options: [] });
    await write(tx, field, wanted);
    em.persist(field);
    await changed(tx, { field: key, created: true });
    return field;
  });
}

export function editField(
  scope: Scope,
  { fieldId, version, ...wanted }: FieldWanted & { readonly fieldId: string; readonly version: number },
): Promise<CustomField> {
  return scope.transaction(async (tx) => {
    const field = await lockField(tx, fieldId);
    if (field.version !== version) throw new SettingsConflict(field.version);
    await write(tx, field, wanted);
    field.version += 1;
    await changed(tx, { field: field.key });
    return field;
  });
}

/** Tickets show it no more; what they had in it stays in their history. */
export function removeField(scope: Scope, fieldId: string): Promise<CustomField> {
  return scope.transaction(async (tx) => {
    const field = await lockField(tx, fieldId);
    field.removedAt = tx.now();
    await changed(tx, { field: field.key, removed: true });
    return field;
  });
}

/** The order in which forms show them. Those left out follow. */
export function orderFields(scope: Scope, fieldIds: readonly string[]): Promise<CustomField[]> {
  return scope.transaction(async (tx) => {
    requireSettings(tx);
    const fields = await tx.em.find(
      CustomField,
      { workspaceId: tx.workspaceId, removedAt: null },
      { orderBy: { place: 'asc', id: 'asc' } },
    );
    const placeOf = ({ id }: CustomField) => (fieldIds.includes(id) ? fieldIds.indexOf(id) : fieldIds.length);
    const ordered = fields.toSorted((a, b) => placeOf(a) - placeOf(b));
    for (const [place, field] of ordered.entries()) field.place = place;
    await changed(tx, { order: 'fields' });
    return ordered;
  });
}

async function write(tx: Scope, field: CustomField, wanted: FieldWanted): Promise<void> {
  const { names, help, topicIds, required, options, minimum = null, maximum = null, forLightAgents } = wanted;
  const isChoice = field.type === 'SELECT' || field.type === 'MULTI_SELECT';
  if (isChoice && options.length === 0) throw new InvalidInput('A select needs at least one option.', 'options');
  if (options.length > mostOptions)
    throw new InvalidInput(`A select has at most ${mostOptions} options; ${options.length} were given.`, 'options');
  if (minimum !== null && maximum !== null && minimum > maximum)
    throw new InvalidInput(`The least, ${minimum}, is more than the most, ${maximum}.`, 'minimum');
  const topics = await tx.em.count(Topic, { workspaceId: tx.workspaceId, id: { $in: topicIds.filter(isId) } });
  if (topics !== new Set(topicIds).size) throw new ReferenceNotFound('topicIds', 'topic');
  tx.em.assign(field, {
    name: requireNames('names', names),
    help: help.trim() === '' ? '' : requireLine('help', help, 500),
    topicIds: [...new Set(topicIds)],
    required,
    options: isChoice ? options.map(({ id, names: name }) => ({ id: id ?? newId(), name: requireNames('options', name) })) : [],
    minimum: field.type === 'NUMBER' ? minimum : null,
    maximum: field.type === 'NUMBER' ? maximum : null,
    forLightAgents,
  });
  try {
    field.defaultValues = canonicalValues(field, wanted.defaultValues);
  } catch (error) {
    if (error instanceof UnfitValue) throw new InvalidInput(`The default does not fit: ${error.message}`, 'defaultValues');
    throw error;
  }
}

function requireSettings({ viewer }: Scope): void {
  if (!may(viewer, 'settings.save')) throw new NotPermitted('Saving settings needs the permission "settings.save". Ask an administrator.');
}

async function lockField(tx: Scope, id: string): Promise<CustomField> {
  requireSettings(tx);
  const { workspaceId, em } = tx;
  const field = isId(id)
    ? await em.findOne(CustomField, { workspaceId, id, removedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!field) throw new CustomFieldNotFound();
  return field;
}

async function changed(tx: Scope, details: Readonly<Record<string, unknown>>): Promise<void> {
  await tx.em.flush();
  await recordSecurity(tx, SecurityEventKind.TICKET_SETTINGS_CHANGED, { details });
  tx.record(domainEvent(settingsChanged, null));
}
