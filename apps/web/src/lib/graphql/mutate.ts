import type { AnyVariables, Client, CombinedError, DocumentInput } from '@urql/core';
import { busyCodes } from './retry.ts';

/**
 * What became of a mutation. `UNREACHABLE`: no answer, or an answer to retry later. `REJECTED`: the
 * request as it is will never be accepted. `FAILED`: the server failed on it.
 */
export type MutationOutcome<Data> =
  | { readonly kind: 'ANSWERED'; readonly data: Data }
  | { readonly kind: 'UNREACHABLE' }
  | { readonly kind: 'REJECTED' | 'FAILED'; readonly message: string };

/** Codes with which the server says that the same request can succeed later. */
const laterCodes: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'SECOND_FACTOR_REQUIRED', ...busyCodes]);
const laterStatuses: ReadonlySet<number> = new Set([401, 408, 425, 429, 502, 503, 504]);

/** Sends a mutation and says what became of it. */
export async function send<Data, Variables extends AnyVariables>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<MutationOutcome<Data>> {
  const { data, error, extensions } = await client.mutation(document, variables).toPromise();
  if (!error && data) return { kind: 'ANSWERED', data: (extensions?.answer as Data | undefined) ?? data };
  return error ? outcomeOf(error) : { kind: 'UNREACHABLE' };
}

/** Sends a mutation; null where the server could not be reached or failed. The caller tells the viewer. */
export async function mutate<Data, Variables extends AnyVariables>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<Data | null> {
  const outcome = await send(client, document, variables);
  return outcome.kind === 'ANSWERED' ? outcome.data : null;
}

function outcomeOf({ graphQLErrors, message, response }: CombinedError): MutationOutcome<never> {
  const status = (response as Response | undefined)?.status ?? 0;
  const codes = graphQLErrors.map(({ extensions }) => extensions.code);
  if (codes.some((code) => laterCodes.has(code)) || laterStatuses.has(status)) return { kind: 'UNREACHABLE' };
  if (graphQLErrors.length > 0) {
    const text = graphQLErrors.map((error) => error.message).join(' ');
    return { kind: codes.includes('INTERNAL_SERVER_ERROR') ? 'FAILED' : 'REJECTED', message: text };
  }
  if (status >= 500) return { kind: 'FAILED', message };
  return status >= 400 ? { kind: 'REJECTED', message } : { kind: 'UNREACHABLE' };
}
