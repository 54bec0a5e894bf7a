import type { AnyVariables, Client, TypedDocumentNode } from '@urql/core';

/** Follows a state stream into the normalised cache, for as long as the component lives. Make it in a component. */
export function followState<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables | null,
  onData: (data: Data) => void = () => undefined,
): void {
  $effect(() => {
    const asked = variables();
    if (asked === null) return;
    const { unsubscribe } = client.subscription(document, asked).subscribe(({ data }) => {
      if (data) onData(data);
    });
    return unsubscribe;
  });
}
