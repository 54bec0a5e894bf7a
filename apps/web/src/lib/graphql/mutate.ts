import type { AnyVariables, Client, DocumentInput } from '@urql/core';

/** Sends a mutation; null where the server could not be reached or failed, which the caller tells the person. */
export async function mutate<Data, Variables extends AnyVariables>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<Data | null> {
  const { data, error, extensions } = await client.mutation(document, variables).toPromise();
  return error || !data ? null : ((extensions?.answer as Data | undefined) ?? data);
}
