import type { AnyVariables, Client, TypedDocumentNode } from '@urql/core';
import { untrack } from 'svelte';

/** Follows a state stream into the normalised cache, for as long as the component lives. Make it in a component. */
export function followState<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables | null,
  onData: (data: Data) => void = () => undefined,
): void {
  // By value: the getter often reads an object that each delivery replaces, and that must not subscribe anew.
  const asked = $derived(JSON.stringify(variables()));
  $effect(() => {
    const current = JSON.parse(asked) as Variables | null;
    if (current === null) return;
    const { unsubscribe } = client.subscription(document, current).subscribe(({ data }) => {
      if (data) untrack(() => onData(data));
    });
    return unsubscribe;
  });
}
