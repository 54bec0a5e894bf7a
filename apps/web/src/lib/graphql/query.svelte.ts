import type { AnyVariables, Client, DocumentInput, OperationResult } from '@urql/core';

/** A server that did not answer is asked again after this while. */
const retryMs = 2000;

/** A query that stays: what it shows follows the cache, and its variables when they change. Make it in a component. */
export class LiveQuery<Data, Variables extends AnyVariables> {
  data = $state.raw<Data | undefined>();
  fault = $state<string | null>(null);
  loading = $state(true);
  /** The data may be of the cache alone: the server has not answered yet. */
  stale = $state(true);
  #round = $state(0);

  constructor(client: Client, document: DocumentInput<Data, Variables>, variables: () => Variables) {
    const asked = $derived(JSON.stringify(variables()));
    $effect(() => {
      void this.#round;
      this.loading = true;
      this.stale = true;
      let again: ReturnType<typeof setTimeout> | undefined;
      const { unsubscribe } = client
        .query(document, JSON.parse(asked) as Variables, { requestPolicy: 'cache-and-network' })
        .subscribe((result: OperationResult<Data, Variables>) => {
          this.data = result.data ?? this.data;
          this.fault = result.error && !result.data ? result.error.message : null;
          this.loading = Boolean(result.stale) && !result.data;
          this.stale = Boolean(result.stale);
          if (result.error?.networkError && !result.data) again = setTimeout(() => this.retry(), retryMs);
        });
      return () => {
        clearTimeout(again);
        unsubscribe();
        this.data = undefined;
      };
    });
  }

  retry(): void {
    this.#round += 1;
  }
}
