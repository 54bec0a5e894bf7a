import {
  execute,
  getNamedType,
  getVariableValues,
  GraphQLError,
  GraphQLScalarType,
  GraphQLSchema,
  isAbstractType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';

/** Compiled are the documents asked lately; each is some hundred kilobytes of code. */
const kept = 200;
/** An operation that costs more than any page is not worth compiling. */
const dearest = 12_000;

/** `cost`: the points that it may cost. */
export interface Operation extends Omit<ExecutionArgs, 'schema'> {
  readonly cost: number;
}

/** A query as code, with the operation in it. */
interface Compiled {
  readonly operation: OperationDefinitionNode;
  readonly query: CompiledQuery['query'];
}

/** Stands for whatever a variable is: the compiler knows no input that holds itself, as a filter does. */
const given = new GraphQLScalarType({ name: 'Given__', parseValue: (value) => value });

/**
 * Runs operations. A query that is asked a second time is compiled to code, which answers it in half the time; what it
 * answers is the same. Mutations and subscriptions, whose time goes elsewhere, are interpreted.
 */
export class Executor {
  /** 'ASKED' once is not yet worth compiling; null cannot be. */
  readonly #compiled = new Map<DocumentNode, Compiled | 'ASKED' | null>();
  readonly #compilable: GraphQLSchema;

  constructor(private readonly schema: GraphQLSchema) {
    const config = schema.toConfig();
    this.#compilable = new GraphQLSchema({ ...config, types: [...config.types, given], assumeValid: true });
  }

  async execute({ cost, ...args }: Operation): Promise<ExecutionResult> {
    const compiled = this.#compiledOf(args.document, cost);
    if (!compiled) return execute({ ...args, schema: this.schema });
    const { operation, query } = compiled;
    const variables = getVariableValues(this.schema, operation.variableDefinitions ?? [], args.variableValues ?? {}, { maxErrors: 50 });
    return variables.errors ? { errors: variables.errors } : asUsual(await query(args.rootValue, args.contextValue, variables.coerced));
  }

  #compiledOf(document: DocumentNode, cost: number): Compiled | null {
    const known = this.#compiled.get(document);
    const compiled = known === 'ASKED' ? (cost > dearest ? null : this.#compile(document)) : (known ?? null);
    // Asked for again is newest again.
    this.#compiled.delete(document);
    this.#compiled.set(document, known === undefined ? 'ASKED' : compiled);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > kept && oldest) this.#compiled.delete(oldest);
    return compiled;
  }

  #compile(document: DocumentNode): Compiled | null {
    const [operation, another] = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    if (!operation || another || operation.operation !== OperationTypeNode.QUERY) return null;
    // The compiler does not wait to be told which of several types something is.
    if (this.#asksForAbstract(document)) return null;
    const compiled = compileQuery(this.#compilable, withGivenVariables(document));
    return isCompiledQuery(compiled) ? { operation, query: compiled.query } : null;
  }

  #asksForAbstract(document: DocumentNode): boolean {
    const types = new TypeInfo(this.schema);
    let isAbstract = false;
    visit(
      document,
      visitWithTypeInfo(types, {
        Field() {
          isAbstract ||= isAbstractType(getNamedType(types.getType()));
        },
      }),
    );
    return isAbstract;
  }
}

/** The document that takes its variables as they are given: they have been read by then. */
function withGivenVariables(document: DocumentNode): DocumentNode {
  const type = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: given.name } } as const;
  return {
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION
        ? definition
        : {
            ...definition,
            variableDefinitions: definition.variableDefinitions?.map(({ kind, variable }) => ({ kind, variable, type })),
          },
    ),
  };
}

/** Compiled code makes errors of a kind of its own, to which nothing can be added. */
function asUsual({ errors, ...result }: ExecutionResult): ExecutionResult {
  if (!errors) return result;
  return {
    ...result,
    errors: errors.map(
      ({ message, path, originalError, extensions }) =>
        new GraphQLError(message, { path, originalError: originalError as Error, extensions }),
    ),
  };
}
