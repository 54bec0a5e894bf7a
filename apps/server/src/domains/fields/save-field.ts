import { RE2JS, RE2JSSyntaxException } from 're2js';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId, newId } from '../../kernel/id.ts';
import { NameTaken } from '../../kernel/settings-error.ts';
import { requireLine } from '../../kernel/text.ts';
import { requireFreeNames, type NameSpace } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { madeAnew, type MadeAs, type SettingState } from '../../platform/setting-versions.ts';
import {
  changeSettings,
  nameInLog,
  putInOrder,
  reviseTicketSetting,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from '../ticket-settings/index.ts';
import { ReferenceNotFound, requireDistinctNames, requireNames, Topic, type Names } from '../tickets/index.ts';
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
  readonly pattern: string;
  readonly forLightAgents: boolean;
  readonly forClients: boolean;
}

export interface NewField extends FieldWanted {
  readonly key: string;
  readonly type: FieldType;
}

/** A removed field keeps its name for the history of tickets. */
const fieldNames: NameSpace = { table: 'custom_field', among: { sql: 'removed_at is null', parameters: [] } };
const mostFields = 200;
const mostOptions = 200;
const longestPattern = 200;
const texts: readonly FieldType[] = ['TEXT', 'LONG_TEXT', 'EXTERNAL_ID'];

const fieldSetting: TicketSetting<CustomField> = {
  kind: 'FIELD',
  nameOf: nameInLog,
  stateOf: ({
    key,
    type,
    name,
    help,
    topicIds,
    required,
    defaultValues,
    options,
    minimum,
    maximum,
    pattern,
    forLightAgents,
    forClients,
  }): NewField & SettingState => ({
    key,
    type,
    names: name,
    help,
    topicIds,
    required,
    defaultValues,
    options: options.map((option) => ({ id: option.id, names: option.name })),
    minimum,
    maximum,
    pattern,
    forLightAgents,
    forClients,
  }),
};

export function createField(scope: Scope, { key, type, ...wanted }: NewField, { id, version }: MadeAs = madeAnew()): Promise<CustomField> {
  return changeSettings(scope, async (tx) => {
    const { workspaceId, em } = tx;
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(key)) {
      throw new InvalidInput(`"${key}" is no key. Use small letters, digits and underscores, a letter first, at most 40.`, 'key');
    }
    if (await em.findOne(CustomField, { workspaceId, key, removedAt: null })) throw new NameTaken('key', key);
    const count = await em.count(CustomField, { workspaceId, removedAt: null });
    if (count >= mostFields) throw new InvalidInput(`A workspace has at most ${mostFields} fields. Remove one first.`, 'key');
    // One that was removed is still there, for the history of tickets.
    const field = (await em.findOne(CustomField, { workspaceId, id })) ?? new CustomField();
    Object.assign(field, { workspaceId, id, key, type, place: count, version, removedAt: null, options: [] });
    await write(tx, field, wanted);
    em.persist(field);
    return ticketSettingCreated(tx, fieldSetting, field);
  });
}

export function editField(
  scope: Scope,
  { fieldId, version, ...wanted }: FieldWanted & { readonly fieldId: string; readonly version: number },
): Promise<CustomField> {
  return changeSettings(scope, async (tx) => {
    const field = await requireField(tx, fieldId);
    return reviseTicketSetting(tx, fieldSetting, { thing: field, version, change: () => write(tx, field, wanted) });
  });
}

/** Tickets show it no more; what they had in it stays in their history. */
export function removeField(scope: Scope, fieldId: string): Promise<CustomField> {
  return changeSettings(scope, async (tx) => {
    const field = await requireField(tx, fieldId);
    await ticketSettingDeleted(tx, fieldSetting, field);
    field.removedAt = tx.now();
    return field;
  });
}

/** The order in which forms show them. Those left out follow. */
export function orderFields(scope: Scope, fieldIds: readonly string[]): Promise<CustomField[]> {
  return changeSettings(scope, async (tx) => {
    const { workspaceId, em } = tx;
    const things = await em.find(CustomField, { workspaceId, removedAt: null }, { orderBy: { place: 'asc', id: 'asc' } });
    return putInOrder(tx, 'FIELD', { things, ids: fieldIds });
  });
}

async function write(tx: Scope, field: CustomField, wanted: FieldWanted): Promise<void> {
  const { names, help, topicIds, required, options, minimum = null, maximum = null, forLightAgents, forClients } = wanted;
  const isChoice = field.type === 'SELECT' || field.type === 'MULTI_SELECT';
  if (isChoice && options.length === 0) throw new InvalidInput('A select needs at least one option.', 'options');
  if (options.length > mostOptions)
    throw new InvalidInput(`A select has at most ${mostOptions} options; ${options.length} were given.`, 'options');
  if (minimum !== null && maximum !== null && minimum > maximum)
    throw new InvalidInput(`The least, ${minimum}, is more than the most, ${maximum}.`, 'minimum');
  const isBounded = field.type === 'NUMBER' || texts.includes(field.type);
  if (forClients && (field.type === 'CONTACT' || field.type === 'MEMBER'))
    throw new InvalidInput('A field that names a person is not for clients. Leave it to colleagues.', 'forClients');
  const topics = await tx.em.count(Topic, { workspaceId: tx.workspaceId, id: { $in: topicIds.filter(isId) } });
  if (topics !== new Set(topicIds).size) throw new ReferenceNotFound('topicIds', 'topic');
  const name = await requireFreeNames(tx, fieldNames, requireNames('names', names), { field: 'names', ownId: field.id });
  tx.em.assign(field, {
    name,
    help: help.trim() === '' ? '' : requireLine('help', help, 500),
    topicIds: [...new Set(topicIds)],
    required,
    options: isChoice ? requireOptions(options) : [],
    minimum: isBounded ? minimum : null,
    maximum: isBounded ? maximum : null,
    pattern: texts.includes(field.type) ? requirePattern(wanted.pattern) : '',
    forLightAgents,
    forClients,
  });
  try {
    field.defaultValues = canonicalValues(field, wanted.defaultValues);
  } catch (error) {
    if (error instanceof UnfitValue) throw new InvalidInput(`The default does not fit: ${error.message}`, 'defaultValues');
    throw error;
  }
}

function requireOptions(options: FieldWanted['options']): CustomField['options'] {
  const named = options.map(({ id, names }) => ({ id: id ?? newId(), name: requireNames('options', names) }));
  requireDistinctNames(
    'options',
    named.map(({ name }) => name),
  );
  return named;
}

function requirePattern(pattern: string): string {
  if (pattern.length > longestPattern) throw new InvalidInput(`A pattern has at most ${longestPattern} characters.`, 'pattern');
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException)
      throw new InvalidInput(`"${pattern}" is no pattern: ${error.message}. Write one such as SN-\\d{4}.`, 'pattern');
    throw error;
  }
  return pattern;
}

async function requireField({ em, workspaceId }: Scope, id: string): Promise<CustomField> {
  const field = isId(id) ? await em.findOne(CustomField, { workspaceId, id, removedAt: null }) : null;
  if (!field) throw new CustomFieldNotFound();
  return field;
}
