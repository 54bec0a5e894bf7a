import type { AnyVariables, Client, TypedDocumentNode } from '@urql/core';
import { untrack } from 'svelte';

/** A stream that the server ended is asked for again after this while. */
const retryMs = 2000;

/**
 * Follows a state stream into the normalised cache, for as long as the component lives: through lost connections, and
 * through an end or an error that the server gave it. Make it in a component.
 */
export function followState<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables | null,
  onData: (data: Data) => void = () => undefined,
  /** When it becomes another, the same is asked for anew. */
  anew: () => unknown = () => null,
): void {
  // By value: the getter often reads an object that each delivery replaces, and that must not subscribe anew.
  const asked = $derived(JSON.stringify(variables()));
  const asOf = $derived(JSON.stringify(anew()));
  let round = $state(0);
  $effect(() => {
    void round;
    void asOf;
    const current = JSON.parse(asked) as Variables | null;
    if (current === null) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    const { unsubscribe } = client.subscription(document, current).subscribe(({ data, error, hasNext }) => {
      if (data) untrack(() => onData(data));
      if (error || hasNext === false) again ??= setTimeout(() => (round += 1), retryMs);
    });
    return () => {
      clearTimeout(again);
      unsubscribe();
    };
  });
}
