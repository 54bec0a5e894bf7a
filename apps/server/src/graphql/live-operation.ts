import {
  execute,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  locatedError,
  visit,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type GraphQLField,
  type OperationDefinitionNode,
} from 'graphql';
import { DomainError } from '../kernel/domain-error.ts';
import type { LiveDesk, OpenFollowing } from '../platform/live/live-desk.ts';
import { LiveEnd, type Outlet } from '../platform/live/live-group.ts';
import type { LiveSource } from '../platform/live/live-source.ts';

import { SampleViewer, type Viewer } from '../kernel/viewer.ts';
import type { Scope } from '../platform/scope.ts';
import type { Context } from './context.ts';
import type { SocketLink } from './socket-link.ts';
import { subscriptionRoot } from './subscription-root.ts';

export interface LiveOperation {
  readonly args: ExecutionArgs;
  readonly context: Context;
  readonly desk: LiveDesk;
  /** The operation's text and id as the client sent them. */
  readonly query: string;
  readonly id: string;
  readonly link: SocketLink;
  /** Called when an opened subscription ends. */
  readonly release: () => void;
}

/**
 * Opens a subscription, or says why the one who asks may not; faults on our side are thrown. Its results do not pass
 * through the iterator that is answered, which only ends it: they are executed and serialised once for everybody who is
 * due the same, and each socket gets the shared bytes behind its own operation id.
 */
export async function openLive(operation: LiveOperation): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult> {
  const { args, context, desk, link, id, release } = operation;
  const definition = getOperationAST(args.document, args.operationName);
  if (!definition) return { errors: [new GraphQLError('The document holds no single operation to run; name one.')] };
  const asked = askedOf(args, definition);
  if ('errors' in asked) return asked;
  const { field, node, values, variables } = asked;
  let source: LiveSource;
  let viewer: Viewer;
  try {
    ({ viewer } = context.scope);
    source = (await field.subscribe?.(undefined, values, context, {} as never)) as LiveSource;
  } catch (error) {
    if (!(error instanceof DomainError || error instanceof GraphQLError)) throw error;
    return { errors: [locatedError(error, node, [field.name])] };
  }
  if (!source?.topics) throw new Error(`the subscription ${field.name} follows nothing`);

  const stream = new EndingOnly();
  const outlet = outletOf(link, id, stream);
  const following: OpenFollowing = await desk.follow({
    source,
    outlet,
    secret: context.transport.secret ?? '',
    viewer,
    question: questionOf(operation, definition, node, variables),
    render: source.selfContained
      ? (payload, scope) =>
          renderOnce(questionOf(operation, definition, node, variables, true), payload, scope, (seen) =>
            render(args, context.seenBy(seen), payload),
          )
      : (payload, scope) => render(args, context.seenBy(scope), payload),
  });
  const drop = link.carry({ wake: () => following.wake(), end: () => stream.end(null) });
  stream.whenEnded(() => {
    drop();
    following.close();
    release();
  });
  return stream;
}

interface Asked {
  readonly field: GraphQLField<unknown, Context>;
  readonly node: FieldNode;
  readonly values: Record<string, unknown>;
  readonly variables: Record<string, unknown>;
}

function askedOf(args: ExecutionArgs, definition: OperationDefinitionNode): Asked | { errors: readonly GraphQLError[] } {
  const coerced = getVariableValues(args.schema, definition.variableDefinitions ?? [], args.variableValues ?? {});
  if (coerced.errors) return { errors: coerced.errors };
  const node = subscriptionRoot(args.document, definition);
  const field = node && args.schema.getSubscriptionType()?.getFields()[node.name.value];
  if (!node || !field) return { errors: [new GraphQLError('Ask for one field of Subscription.')] };
  return { field, node, values: getArgumentValues(field, node, coerced.coerced), variables: coerced.coerced };
}

/**
 * What makes a group. Where each stands is their own, so the variable behind `after` does not count; with `payloadsOnly`
 * none does that is used by the root field alone, for answers that depend on their payload.
 */
function questionOf(
  { query, args }: LiveOperation,
  definition: OperationDefinitionNode,
  root: FieldNode,
  variables: Record<string, unknown>,
  payloadsOnly = false,
): string {
  const free = new Set<string>();
  for (const { name, value } of root.arguments ?? []) {
    if (value.kind === Kind.VARIABLE && (payloadsOnly || name.value === 'after')) free.add(value.name.value);
  }
  for (const name of free) {
    let uses = 0;
    visit(args.document, { Variable: (node) => void (node.name.value === name && uses++) });
    // Once where it is declared, once in the argument; elsewhere it may change the answer.
    if (uses !== 2) free.delete(name);
  }
  const asked = Object.entries(variables).filter(([name]) => !free.has(name));
  return `${args.operationName ?? ''} ${definition.name?.value ?? ''} ${JSON.stringify(asked.sort())} ${query}`;
}

interface Rendered {
  readonly sample: SampleViewer;
  readonly result: Promise<Buffer>;
}

/** One execution for all questions that the same payload answers, for all viewers whose rights say the same of it. */
async function renderOnce(question: string, payload: unknown, scope: Scope, work: (seen: Scope) => Promise<Buffer>): Promise<Buffer> {
  const { viewer } = scope;
  if (!(viewer instanceof SampleViewer)) return work(scope);
  const known = await scope.remember(`rendered ${JSON.stringify(payload)} ${question}`, async (): Promise<Rendered[]> => []);
  for (const { sample, result } of known) {
    const bytes = await result;
    if (viewer.adopt(sample)) return bytes;
  }
  const sample = viewer.alone();
  const result = work(scope.seenBy(sample));
  known.push({ sample, result });
  const bytes = await result;
  viewer.adopt(sample);
  return bytes;
}

async function render(args: ExecutionArgs, contextValue: Context, payload: unknown): Promise<Buffer> {
  const result = await execute({ ...args, contextValue, rootValue: payload });
  const fault = result.errors?.find(({ originalError }) => originalError && !(originalError instanceof DomainError));
  // A fault on our side is no answer: it is tried again, and nobody is shown half a ticket.
  if (fault) throw fault.originalError ?? fault;
  return Buffer.from(JSON.stringify(result));
}

function outletOf(link: SocketLink, id: string, stream: EndingOnly): Outlet {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  return {
    get congested() {
      return link.congested;
    },
    write(result) {
      const frame = Buffer.allocUnsafe(head.length + result.length + 1);
      head.copy(frame);
      result.copy(frame, head.length);
      frame[frame.length - 1] = closingBrace;
      link.send(frame);
    },
    end(reason) {
      stream.end(reason === LiveEnd.CLOSING ? null : endings[reason]());
    },
  };
}

const closingBrace = '}'.charCodeAt(0);

const endings = {
  [LiveEnd.SIGNED_OUT]: () =>
    new GraphQLError('Your session has ended, or your access was taken away. Sign in and subscribe again.', {
      extensions: { code: 'UNAUTHENTICATED' },
    }),
  [LiveEnd.FAILED]: askAgain,
};

/** For faults on our side, as when the database is away: nothing is lost for who asks again. */
export function askAgain(): GraphQLError {
  return new GraphQLError('The stream could not be kept up. Subscribe again after the last position.', {
    extensions: { code: 'RESUBSCRIBE' },
  });
}

/** Stays silent until it ends, of itself or with a last error. */
class EndingOnly implements AsyncGenerator<ExecutionResult, void> {
  #onEnd: () => void = () => undefined;
  #last: GraphQLError | null = null;
  #ended = false;
  #settle: (() => void) | null = null;

  /** Calls the listener once, also if it has already ended. */
  whenEnded(listener: () => void): void {
    if (this.#ended) listener();
    else this.#onEnd = listener;
  }

  end(last: GraphQLError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#last = last;
    this.#onEnd();
    this.#settle?.();
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    if (!this.#ended) await new Promise<void>((resolve) => (this.#settle = resolve));
    const last = this.#last;
    this.#last = null;
    return last ? { value: { errors: [last] }, done: false } : { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.end(null);
    return { value: undefined, done: true };
  }

  async throw(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end(null);
  }
}
