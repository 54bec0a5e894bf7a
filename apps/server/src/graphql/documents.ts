import { parse, specifiedRules, validate, type DocumentNode, type GraphQLError, type GraphQLSchema, type Source } from 'graphql';
import { limitRules, maxTokens } from './limits.ts';
import { unconditionalSubscriptionRule } from './subscription-root.ts';

const kept = 500;

/**
 * Documents that came over sockets, parsed and validated once: after a restart everybody asks the same again, at the same
 * moment. Only the last few hundred different ones are kept.
 */
export class Documents {
  readonly #parsed = new Map<string, DocumentNode>();
  readonly #faults = new WeakMap<DocumentNode, readonly GraphQLError[]>();

  constructor(private readonly schema: GraphQLSchema) {}

  parse = (source: string | Source): DocumentNode => {
    const text = typeof source === 'string' ? source : source.body;
    const document = this.#parsed.get(text) ?? parse(text, { maxTokens });
    // Asked for again is newest again.
    this.#parsed.delete(text);
    this.#parsed.set(text, document);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > kept && oldest !== undefined) this.#parsed.delete(oldest);
    return document;
  };

  validate(document: DocumentNode): readonly GraphQLError[] {
    const faults = this.#faults.get(document) ?? this.#check(document);
    this.#faults.set(document, faults);
    return faults;
  }

  #check(document: DocumentNode): readonly GraphQLError[] {
    // First and alone: a rule of the specification evaluates such a condition, and throws if it has a variable.
    const conditions = validate(this.schema, document, [unconditionalSubscriptionRule]);
    return conditions.length > 0 ? conditions : validate(this.schema, document, [...specifiedRules, ...limitRules]);
  }
}
