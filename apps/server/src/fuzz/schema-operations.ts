import fc from 'fast-check';
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { hostileInstant, hostileNumber, hostileText, plausibleTexts, wrongType } from './hostile-values.ts';
import type { RandomSource } from './random-source.ts';

const kinds = ['query', 'mutation', 'subscription'] as const;
type OperationKind = (typeof kinds)[number];

/** A path from an argument to a part of its value: names of input fields, and `item` for the first item of a list. */
type Path = readonly string[];

/** A field of a root type. */
export interface Operation {
  readonly kind: OperationKind;
  readonly field: GraphQLField<unknown, unknown>;
  /** Every part of its input that can be given a hostile value. */
  readonly inputs: readonly Path[];
}

export interface FuzzedOperation {
  readonly kind: OperationKind;
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** IDs of records that exist. */
export interface KnownIds {
  /** By the name of the input, such as `ticketId`. */
  readonly own: Readonly<Record<string, unknown>>;
  /** Of another workspace. */
  readonly foreign: readonly string[];
}

export function listOperations(schema: GraphQLSchema): Operation[] {
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
  return kinds.flatMap((kind) =>
    Object.values(roots[kind]?.getFields() ?? {}).map((field) => ({
      kind,
      field,
      inputs: field.args.flatMap((arg) => pathsOf(arg.type, [arg.name], [])),
    })),
  );
}

/** Input types that contain themselves are entered once. */
function pathsOf(type: GraphQLInputType, path: Path, entered: readonly string[]): Path[] {
  const value = getNullableType(type);
  if (isListType(value)) return [path, ...pathsOf(value.ofType, [...path, 'item'], entered)];
  if (!isInputObjectType(value) || entered.includes(value.name)) return [path];
  const fields = Object.values(value.getFields());
  return [path, ...fields.flatMap((field) => pathsOf(field.type, [...path, field.name], [...entered, value.name]))];
}

const deepestInput = 3;
const deepestSelection = 3;
const mostFields = 4;
const longList = 3000;

interface Writing {
  readonly operation: Operation;
  /** An input that the operation accepts. */
  readonly valid: Readonly<Record<string, unknown>>;
  /** Parts of the input that get hostile values. */
  readonly hostile: readonly Path[];
  readonly ids: KnownIds;
  readonly random: RandomSource;
}

/** Writes an operation with a valid input, of which some parts are hostile and some optional parts are added. */
export function writeOperation(writing: Writing): FuzzedOperation {
  return new OperationWriter(writing).write();
}

class OperationWriter {
  readonly #variables: Record<string, unknown> = {};
  readonly #heads: string[] = [];
  readonly #random: RandomSource;
  /** Values in the document are parsed by other code than values in variables. */
  readonly #inDocument: boolean;

  constructor(private readonly writing: Writing) {
    this.#random = writing.random;
    this.#inDocument = this.#random.chance(10);
  }

  write(): FuzzedOperation {
    const { operation, valid, hostile } = this.writing;
    const { kind, field } = operation;
    const selection = this.#field(field, 0, (arg) => {
      const paths = below(hostile, arg.name);
      const isGiven = paths.length > 0 || arg.name in valid || isRequired(arg) || this.#random.chance(30);
      return isGiven ? { value: this.#value(arg.type, arg.name, { given: valid[arg.name], paths, depth: 0 }) } : null;
    });
    const heads = this.#heads.length > 0 ? `(${this.#heads.join(', ')})` : '';
    return { kind, name: field.name, query: `${kind} ${heads} { ${selection} }`, variables: this.#variables };
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number, valueOf: (arg: GraphQLArgument) => { value: unknown } | null): string {
    const args = field.args.flatMap((arg) => {
      const given = valueOf(arg);
      return given ? [`${arg.name}: ${this.#argument(arg, given.value)}`] : [];
    });
    // Two selections of a field with different arguments must have different names.
    const alias = args.length === 0 || depth === 0 ? '' : `f${this.#random.below(2 ** 31)}: `;
    const list = args.length === 0 ? '' : `(${args.join(', ')})`;
    return `${alias}${field.name}${list}${this.#selection(getNamedType(field.type), depth + 1)}`;
  }

  #argument(arg: GraphQLArgument, value: unknown): string {
    if (this.#inDocument) return literal(value, arg.type);
    const name = `v${this.#heads.length}`;
    this.#heads.push(`$${name}: ${String(arg.type)}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (isLeafType(type)) return '';
    if (isAbstractType(type) && !isInterfaceType(type)) return ' { __typename ... on UserError { code message field } }';
    if (!isObjectType(type) && !isInterfaceType(type)) return '';
    const all = Object.values(type.getFields());
    const fields = all.filter((field) => field.name !== 'userErrors' && (depth < deepestSelection || isLeafType(getNamedType(field.type))));
    const chosen = this.#random.draw(fc.subarray(fields, { maxLength: Math.min(mostFields, fields.length) }));
    const nested = (arg: GraphQLArgument) => this.#nestedArgument(arg);
    const refusals =
      all.length === fields.length
        ? ''
        : all.some(({ name }) => name === 'userErrors')
          ? 'userErrors { ... on UserError { code message } }'
          : '';
    return ` { __typename ${refusals} ${chosen.map((field) => this.#field(field, depth, nested)).join(' ')} }`;
  }

  #nestedArgument(arg: GraphQLArgument): { value: unknown } | null {
    if (!isRequired(arg) && this.#random.chance(50)) return null;
    const paths = this.#random.chance(15) ? [[]] : [];
    return { value: this.#value(arg.type, arg.name, { given: undefined, paths, depth: 1 }) };
  }

  #value(
    type: GraphQLInputType,
    name: string,
    { given, paths, depth }: { given: unknown; paths: readonly Path[]; depth: number },
  ): unknown {
    if (paths.some((path) => path.length === 0)) return this.#hostile(type, name, given, depth);
    const value = getNullableType(type);
    if (isListType(value)) {
      const items: unknown[] = Array.isArray(given) ? given : [];
      const inside = below(paths, 'item');
      const least = inside.length > 0 || given === undefined ? 1 : items.length;
      return Array.from({ length: Math.max(least, items.length) }, (_, index) =>
        this.#value(value.ofType, name, { given: items[index], paths: index === 0 ? inside : [], depth: depth + 1 }),
      );
    }
    if (isInputObjectType(value)) {
      const known = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
      const entries = Object.values(value.getFields()).flatMap((field) => {
        const inside = below(paths, field.name);
        const isGiven =
          inside.length > 0 ||
          field.name in known ||
          isRequiredInputField(field) ||
          (depth < deepestInput && this.#random.chance(15 / (depth + 1)));
        if (!isGiven) return [];
        return [[field.name, this.#value(field.type, field.name, { given: known[field.name], paths: inside, depth: depth + 1 })]];
      });
      return Object.fromEntries(entries);
    }
    return given === undefined ? this.#plausible(value, name) : given;
  }

  #plausible(type: GraphQLNamedType, name: string): unknown {
    const random = this.#random;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    switch (type.name) {
      case 'ID':
        return this.#knownId(name);
      case 'Boolean':
        return random.chance(50);
      case 'Int':
        return 1 + random.below(20);
      case 'Float':
        return random.below(100) / 10;
      case 'DateTimeISO':
        return new Date(Date.UTC(2026, random.below(24), 1 + random.below(28))).toISOString();
      case 'String':
        return random.pick(plausibleTexts[name] ?? ['x', 'Printer']);
      default:
        return { a: 1 };
    }
  }

  /** Of the kind that the name of an input says, or of any kind. */
  #knownId(name: string): unknown {
    const { own } = this.writing.ids;
    const singular = name.replace(/s$/, '');
    const keys = aliases[singular] ?? [singular];
    const found = keys.filter((key) => key in own).map((key) => own[key]);
    return this.#random.pick(found.length > 0 ? found : Object.values(own));
  }

  #hostile(type: GraphQLInputType, name: string, given: unknown, depth: number): unknown {
    const random = this.#random;
    if (random.chance(6)) return random.draw(wrongType);
    if (random.chance(isNonNullType(type) ? 2 : 8)) return null;
    const value = getNullableType(type);
    const again = () => this.#value(type, name, { given, paths: [], depth });
    if (isListType(value)) return this.#hostileList(value.ofType, name, again() as unknown[], depth);
    if (isInputObjectType(value)) {
      const fields = Object.values(value.getFields());
      if (random.chance(20)) return random.pick<unknown>([{}, [], [[]], { ...(again() as object), unknown: 1 }, 'x']);
      const every = random.chance(50);
      const part = random.pick(fields).name;
      return this.#value(type, name, { given, depth, paths: every ? fields.map((field) => [field.name]) : [[part]] });
    }
    if (isEnumType(value)) return random.chance(85) ? random.pick(value.getValues()).name : random.draw(hostileText);
    return this.#hostileScalar(value.name, name, given);
  }

  #hostileList(item: GraphQLInputType, name: string, items: unknown[], depth: number): unknown {
    const random = this.#random;
    const one = (): unknown => this.#value(item, name, { given: undefined, paths: [], depth: depth + 1 });
    const hostile = (): unknown => this.#hostile(item, name, undefined, depth + 1);
    switch (random.below(isLeafType(getNamedType(item)) ? 6 : 5)) {
      case 0:
        return [];
      case 1:
        return [...items, null];
      case 2:
        return [...items, ...items, ...items];
      case 3:
        return hostile();
      case 4:
        return [...items, one(), hostile(), hostile()];
      default:
        return Array.from({ length: longList }, one);
    }
  }

  #hostileScalar(type: string, name: string, given: unknown): unknown {
    const random = this.#random;
    switch (type) {
      case 'ID':
        return this.#hostileId(given ?? this.#knownId(name));
      case 'Boolean':
        return typeof given === 'boolean' ? !given : random.chance(50);
      case 'Int':
      case 'Float':
        return random.draw(hostileNumber);
      case 'DateTimeISO':
        return random.draw(hostileInstant);
      case 'String': {
        const text = random.draw(hostileText);
        const start = typeof given === 'string' ? given : random.pick(plausibleTexts[name] ?? ['x']);
        return random.pick([text, text, text, start + text, text + start]);
      }
      default:
        return random.draw(wrongType);
    }
  }

  #hostileId(given: unknown): unknown {
    const random = this.#random;
    const { own, foreign } = this.writing.ids;
    switch (random.below(6)) {
      case 0:
      case 1:
        return random.pick(Object.values(own));
      case 2:
        return random.pick(foreign);
      case 3:
        return random.draw(fc.uuid());
      case 4:
        return random.pick([String(given).toUpperCase(), `{${String(given)}}`, String(given).replaceAll('-', ''), ` ${String(given)}`]);
      default:
        return random.draw(hostileText);
    }
  }
}

/** Fixture keys for inputs with other names. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  assigneeId: ['me', 'personId', 'memberId'],
  memberId: ['personId', 'memberId', 'me'],
  watcherId: ['me', 'personId'],
  otherId: ['spareTicketId', 'ticketId'],
  destinationId: ['spareTicketId', 'spareContactId'],
  sourceId: ['ticketId', 'contactId'],
  requesterId: ['contactId', 'spareContactId'],
  from: ['me', 'teamId', 'open', 'topicId'],
  to: ['me', 'teamId', 'inProgress', 'topicId'],
  statusId: ['open', 'inProgress', 'statusId'],
  thenStatusId: ['open', 'inProgress'],
  calendarId: ['calendarId'],
  customRoleId: ['roleId'],
  parentId: ['topicId'],
  mergeIntoId: ['topicId', 'tagId', 'statusId'],
  orderFieldId: ['fieldId'],
  linkId: ['relationId'],
};

function isRequired({ type, defaultValue }: GraphQLArgument): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** The rest of the paths that begin with a name. */
function below(paths: readonly Path[], name: string): Path[] {
  return paths.filter(([first]) => first === name).map((path) => path.slice(1));
}

/** A value as it is written in a document. */
function literal(value: unknown, type: GraphQLInputType): string {
  const known = getNullableType(type);
  const ofItem = isListType(known) ? known.ofType : type;
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, ofItem)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(known) ? known.getFields() : {};
    const names = Object.entries(value).filter(([name]) => /^[_a-z]\w*$/i.test(name));
    return `{${names.map(([name, part]) => `${name}: ${literal(part, fields[name]?.type ?? type)}`).join(', ')}}`;
  }
  if (isEnumType(getNamedType(type)) && typeof value === 'string' && /^[_a-z]\w*$/i.test(value)) return value;
  return JSON.stringify(value) ?? 'null';
}
