import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { retryWhenBusy } from './retry.ts';
import { ViewsDocument, type ViewsChangedSubscription } from './generated/graphql.ts';
import type { Client as Socket } from 'graphql-ws';

const embedded = () => null;

/** Parts of something that has an id: they are kept with it and have no identity of their own. */
const embeddedTypes = [
  'Board',
  'BoardCount',
  'BoardOperator',
  'BoardPriorityCount',
  'BoardTrend',
  'ActivityChange',
  'BulkCount',
  'BulkItem',
  'BulkItemConnection',
  'BulkItemEdge',
  'ActivityEntryConnection',
  'ActivityEntryEdge',
  'ActivityValue',
  'ContactConnection',
  'Organization',
  'ContactEdge',
  'DeletedTicketConnection',
  'DeletedTicketEdge',
  'FailedJobConnection',
  'FailedJobEdge',
  'FieldOption',
  'FieldValue',
  'Lifecycle',
  'LocalizedName',
  'LinkedTicket',
  'MessageConnection',
  'MessageEdge',
  'NoteConnection',
  'NoteVersion',
  'NoteEdge',
  'NotificationChange',
  'NotificationConnection',
  'NotificationEdge',
  'NotificationRule',
  'NotificationSettings',
  'PageInfo',
  'PriorityName',
  'Machine',
  'Person',
  'Presence',
  'PublicLink',
  'RoleDescription',
  'SearchHit',
  'SearchHitConnection',
  'SearchHitEdge',
  'SearchPiece',
  'SearchSnippet',
  'SecurityEventConnection',
  'SecurityEventEdge',
  'SlaClock',
  'SlaConditions',
  'SlaHoliday',
  'SlaHours',
  'SlaLedgerLine',
  'SlaPolicyEffect',
  'SlaReportRow',
  'SlaStep',
  'SlaTarget',
  'SlaWarning',
  'SlaOptions',
  'SlaExampleOutcome',
  'SlaExamplePromise',
  'SlaZoneOffset',
  'TicketPresence',
  'TicketConnection',
  'TicketEdge',
  'TicketPermissions',
  'ViewChangeType',
  'ViewCount',
  'Viewer',
];

interface Doors {
  /** The server no longer knows who asks. */
  readonly signedOut: () => void;
  /** The workspace asks for a second factor before anything else. */
  readonly secondFactorRequired: () => void;
}

/**
 * The page's GraphQL client: one normalised cache, so that a ticket that changes changes wherever it is shown.
 */
export function createGraphqlClient(socket: Socket, { signedOut, secondFactorRequired }: Doors): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onError({ graphQLErrors }) {
          const codes = graphQLErrors.map(({ extensions }) => extensions.code);
          if (codes.includes('UNAUTHENTICATED')) signedOut();
          if (codes.includes('SECOND_FACTOR_REQUIRED')) secondFactorRequired();
        },
      }),
      cacheExchange({
        keys: Object.fromEntries(embeddedTypes.map((type) => [type, embedded])),
        updates: {
          Subscription: {
            // What comes pushed is what the list is from now on.
            viewsChanged: ({ viewsChanged }: ViewsChangedSubscription, _variables, cache) =>
              void cache.updateQuery({ query: ViewsDocument }, () => ({ views: viewsChanged })),
          },
        },
      }),
      mapExchange({
        // What a mutation answered goes to who sent it as it came. The cache knows no schema, so it only guesses whether a
        // refusal is one of an interface's, and reads an empty one where it guesses wrong.
        onResult: (result) =>
          result.operation.kind === 'mutation'
            ? { ...result, extensions: { ...result.extensions, answer: result.data as unknown } }
            : result,
      }),
      retryWhenBusy(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink as never),
          }),
        }),
      }),
    ],
  });
}
