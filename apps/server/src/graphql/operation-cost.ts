import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  typeFromAST,
  valueFromAST,
  valueFromASTUntyped,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { limits } from '@baton/rules';

/** What an operation may cost: a number for the whole, and the path that costs most. */
export interface OperationCost {
  readonly total: number;
  /** The most expensive path, such as `tickets.edges.node.activity`. */
  readonly path: string;
  readonly pathCost: number;
}

/** What a resolver costs beyond its values, and how long its plain list is. Set with `@Extensions` of type-graphql. */
interface CostHints {
  readonly cost?: number;
  readonly listSize?: number;
}

/** An object is one point: a row that is loaded, checked and serialized. */
const objectCost = 1;
/** A single value of a row that is loaded anyway. */
const valueCost = 0.1;
/** A mutation locks, writes and announces. */
const mutationCost = 10;
/** Plain lists without a hint: settings of the workspace at the root, a few parts of an object elsewhere. */
const rootListSize = 50;
const partListSize = 3;

interface Costed {
  readonly cost: number;
  readonly path: readonly string[];
  readonly pathCost: number;
}

interface KnownCosts {
  /** The variables that decide the cost: page sizes and conditions. */
  readonly deciding: readonly string[];
  readonly costs: Map<string, OperationCost>;
}

const knownCosts = new WeakMap<OperationDefinitionNode, KnownCosts>();
/** Different page sizes of one operation. */
const maxKnown = 50;

/** As `costOf`, computed once for an operation and the values of the variables that decide its cost. */
export function knownCostOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationCost {
  const known = knownCosts.get(operation) ?? { deciding: decidingVariables(document), costs: new Map<string, OperationCost>() };
  knownCosts.set(operation, known);
  const key = JSON.stringify(known.deciding.map((name) => variables[name] ?? null));
  const cost = known.costs.get(key) ?? costOf(schema, document, operation, variables);
  if (known.costs.size < maxKnown) known.costs.set(key, cost);
  return cost;
}

function decidingVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const collect = ({ value }: ArgumentNode) => value.kind === Kind.VARIABLE && names.add(value.name.value);
  visit(document, {
    Field: ({ arguments: given = [] }) => given.filter(({ name }) => isPageSize(name.value)).forEach(collect),
    Directive: ({ arguments: given = [] }) => given.forEach(collect),
  });
  return [...names];
}

function isPageSize(argument: string): boolean {
  return argument === 'first' || argument === 'last';
}

/**
 * The most that an operation can answer, from its coerced variables and the defaults of the schema. A page size whose
 * variable is missing counts as the largest page.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationCost {
  const root = schema.getRootType(operation.operation);
  if (!root) return { total: 0, path: '', pathCost: 0 };
  const { cost, path, pathCost } = new CostReader(schema, document, variables).costOfSelections(root, [operation.selectionSet], null);
  const ofWrites = operation.operation === OperationTypeNode.MUTATION ? mutationCost * operation.selectionSet.selections.length : 0;
  return { total: Math.ceil(cost + ofWrites), path: path.join('.'), pathCost: Math.ceil(pathCost) };
}

class CostReader {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  /** `pageSize`: how many edges a connection has; null elsewhere. */
  costOfSelections(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], pageSize: number | null): Costed {
    // A value of an abstract type has one of several: the most expensive counts.
    const possible = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    return most(
      possible.map((one) => this.#costOfObject(one, sets, pageSize)),
      ({ cost }) => cost,
    );
  }

  #costOfObject(type: GraphQLObjectType, sets: readonly SelectionSetNode[], pageSize: number | null): Costed {
    const fields = new Map<string, FieldNode[]>();
    for (const set of sets) this.#collect(type, set, fields, new Set());
    const costs = [...fields].map(([key, nodes]) => this.#costOfField(type, key, nodes, pageSize));
    const { path, pathCost } = most(costs, (one) => one.pathCost);
    return { cost: costs.reduce((sum, { cost }) => sum + cost, 0), path, pathCost };
  }

  #costOfField(parent: GraphQLObjectType, key: string, nodes: readonly FieldNode[], pageSize: number | null): Costed {
    const [node] = nodes;
    const field = node && parent.getFields()[node.name.value];
    // `__typename`, and the introspection of the schema, which graphql-js limits itself.
    if (!node || !field) return { cost: 0, path: [key], pathCost: 0 };
    const type = getNamedType(field.type);
    const { cost: own = 0 } = hintsOf(field);
    if (!isCompositeType(type)) {
      const cost = own + valueCost;
      return { cost, path: [key], pathCost: cost };
    }
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const inside = this.costOfSelections(type, sets, this.#pageSizeOf(field, node));
    const count = isEdges(field, parent) && pageSize !== null ? pageSize : this.#listSizeOf(field, parent);
    const one = inside.cost + (isWrapper(type) ? 0 : objectCost);
    const cost = own + count * one;
    // A path ends where what lies beneath is only a small part of it.
    const isBeneath = inside.pathCost * 2 > one;
    return { cost, path: isBeneath ? [key, ...inside.path] : [key], pathCost: cost };
  }

  #listSizeOf(field: GraphQLField<unknown, unknown>, parent: GraphQLObjectType): number {
    if (!isListType(getNullableType(field.type))) return 1;
    return hintsOf(field).listSize ?? (parent === this.schema.getQueryType() ? rootListSize : partListSize);
  }

  #pageSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
    const argument = field.args.find(({ name }) => isPageSize(name));
    if (!argument) return null;
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    const size = given ? valueFromAST(given, argument.type, this.variables) : argument.defaultValue;
    // A larger page is refused before anything is loaded.
    return typeof size === 'number' && size >= 0 ? Math.min(size, limits.pageSize) : limits.pageSize;
  }

  /** As execution collects fields, so that what two fragments both select is counted once. */
  #collect(type: GraphQLObjectType, set: SelectionSetNode, fields: Map<string, FieldNode[]>, visited: Set<string>): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        fields.set(key, [...(fields.get(key) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (this.#fits(type, selection)) this.#collect(type, selection.selectionSet, fields, visited);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment && this.#fits(type, fragment)) this.#collect(type, fragment.selectionSet, fields, visited);
      }
    }
  }

  #isIncluded({ directives = [] }: SelectionNode): boolean {
    return directives.every(({ name, arguments: [condition] = [] }) => {
      const wanted = condition && valueFromASTUntyped(condition.value, this.variables);
      return name.value === 'skip' ? wanted !== true : name.value !== 'include' || wanted !== false;
    });
  }

  #fits(type: GraphQLObjectType, { typeCondition }: InlineFragmentNode | FragmentDefinitionNode): boolean {
    if (!typeCondition) return true;
    const condition = typeFromAST(this.schema, typeCondition);
    return condition === type || (isAbstractType(condition) && this.schema.isSubType(condition, type));
  }
}

const nothing: Costed = { cost: 0, path: [], pathCost: 0 };

function most(costs: readonly Costed[], by: (costed: Costed) => number): Costed {
  return costs.reduce((found, one) => (by(one) > by(found) ? one : found), nothing);
}

function hintsOf({ extensions }: GraphQLField<unknown, unknown>): CostHints {
  return extensions as CostHints;
}

function isEdges({ name }: GraphQLField<unknown, unknown>, parent: GraphQLObjectType): boolean {
  return name === 'edges' && parent.name.endsWith('Connection');
}

/** Types that carry a node and are none themselves. */
function isWrapper(type: GraphQLCompositeType): boolean {
  return isObjectType(type) && (type.name.endsWith('Edge') || type.name.endsWith('Connection') || type.name === 'PageInfo');
}
