import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { Kind, type OperationDefinitionNode } from 'graphql';
import { NotPermitted } from '../kernel/domain-error.ts';
import { admitOperation, costShown } from './admit-operation.ts';
import { Context } from './context.ts';
import { Executor } from './executor.ts';
import { errorFormatter, located, withoutSuggestions } from './format-error.ts';
import { requestTransport } from './http-transport.ts';
import { costBudget, limitRules, maxTokens } from './limits.ts';
import type { OperationsInFlight } from './operations-in-flight.ts';
import { requireNoSubscription } from './read-operation.ts';
import { refuseLater } from './refuse-later.ts';
import { refuseBursts } from './requests-in-progress.ts';
import { runInTurn, type Turns } from './run-in-turn.ts';
import type { GraphqlServerSettings } from './server-settings.ts';
import { openSocketDoor, type SocketDoor } from './socket-door.ts';
import { unconditionalSubscriptionRule } from './subscription-root.ts';

/** Serves a schema over HTTP, and over the sockets that `serveSockets` passes to the result. */
export async function serveGraphql(app: FastifyInstance, settings: GraphqlServerSettings): Promise<SocketDoor> {
  const { schema, factory, live, logger, publicUrl, path, inFlight } = settings;
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const executor = new Executor(schema);
  const sockets = openSocketDoor(settings, executor);
  const apollo = new ApolloServer<Context>({
    gateway: runningBy({ schema, executor, inFlight }),
    csrfPrevention: true,
    // The node stops as a whole, in an order of its own.
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    // Who may see the schema is for the gate to say, the same over HTTP and over sockets.
    introspection: true,
    parseOptions: { maxTokens },
    validationRules: [unconditionalSubscriptionRule, ...limitRules],
    formatError: (_formatted, error) => format(located(error)),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Answers are private and not for caches; without it no field is looked at a second time.
      ApolloServerPluginCacheControlDisabled(),
      denialLog,
      gatekeeper(settings),
    ],
  });
  await apollo.start();
  await app.register(async (routes) => {
    refuseBursts(routes, inFlight);
    await routes.register(fastifyApollo(apollo), {
      path,
      context: (request, reply) => asRefusal(inFlight, Context.open(requestTransport(request, reply, secure), factory, live)),
    });
  });
  return {
    ...sockets,
    async close() {
      await sockets.close();
      await apollo.stop();
    },
  };
}

/** The one way that Apollo has to leave the running of operations to somebody else. */
function runningBy(turns: Turns): ApolloServerOptionsWithGateway<Context>['gateway'] {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: turns.schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor({ document, operationName, context, request: { variables } }) {
        const contextValue = context as Context;
        return runInTurn(turns, { document, operationName, contextValue, variableValues: variables, cost: contextValue.cost?.total ?? 0 });
      },
    }),
    stop: async () => undefined,
  };
}

/** Queries that are refused; mutations say it as data, where `ReturnsUserErrors` sees it. */
const denialLog: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didEncounterErrors({ errors, contextValue, operation }) {
        for (const { originalError, path: at } of errors) {
          if (originalError instanceof NotPermitted) contextValue.denied(rootField(operation, at?.[0]));
        }
      },
    };
  },
};

/** The field behind a response key, which the caller chooses. */
function rootField(operation: OperationDefinitionNode | undefined, key: string | number | undefined): string {
  const fields = operation?.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD) ?? [];
  return fields.find(({ name, alias }) => (alias ?? name).value === key)?.name.value ?? 'unknown';
}

/** Admits operations over HTTP, as the socket door does over sockets. */
function gatekeeper(settings: GraphqlServerSettings): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation(requestContext) {
          const { document, request, contextValue } = requestContext;
          const { operationName, variables } = request;
          requireNoSubscription({ document, operationName });
          const read = await asRefusal(settings.inFlight, admitOperation(settings, { document, operationName, variables }, contextValue));
          Object.assign(requestContext, { document: read.document });
          request.variables = read.variables;
        },
        async willSendResponse({ contextValue, response: { body, http } }) {
          const { cost } = contextValue;
          if (cost) {
            http.headers.set('x-operation-cost', String(cost.total));
            http.headers.set('x-operation-budget', String(costBudget));
          }
          if (body.kind !== 'single') return;
          const { singleResult } = body;
          if (cost) singleResult.extensions = { ...singleResult.extensions, ...costShown(cost) };
          if (singleResult.errors && !settings.gate.mayIntrospect(contextValue)) {
            singleResult.errors = singleResult.errors.map(withoutSuggestions);
          }
        },
      };
    },
  };
}

async function asRefusal<T>(inFlight: OperationsInFlight, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw refuseLater(inFlight, error);
  }
}
