import type { Client } from '@urql/core';
import { SearchDocument, type SearchHitFragment, type TicketFilterInput } from '#lib/graphql/generated/graphql.ts';

/** What is typed is asked for once it has rested for so long. */
const restMs = 120;

/** What a search found, page by page. An answer that was overtaken by another question is dropped. Make it in a component. */
export class Found {
  hits = $state.raw<readonly SearchHitFragment[]>([]);
  hasMore = $state(false);
  fault = $state<string | null>(null);
  /** Whether the hits are those of what is asked now. */
  ready = $state(false);
  #end: string | null = null;
  #question = 0;

  constructor(
    private readonly client: Client,
    private readonly text: () => string,
    private readonly filter: () => TicketFilterInput,
    private readonly pageSize: number,
  ) {
    const asked = $derived(JSON.stringify([text().trim(), filter()]));
    $effect(() => {
      void asked;
      this.ready = false;
      const timer = setTimeout(() => void this.#ask(null), restMs);
      return () => clearTimeout(timer);
    });
  }

  retry(): void {
    void this.#ask(null);
  }

  more(): void {
    void this.#ask(this.#end);
  }

  async #ask(after: string | null): Promise<void> {
    const question = ++this.#question;
    const text = this.text().trim();
    if (text === '') {
      this.hits = [];
      this.hasMore = false;
      this.ready = true;
      return;
    }
    const variables = { text, filter: this.filter(), first: this.pageSize, after };
    const { data, error } = await this.client.query(SearchDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    if (question !== this.#question) return;
    this.fault = error && !data ? error.message : null;
    if (!data) return;
    const page = data.search.edges.map(({ node }) => node);
    this.hits = after === null ? page : [...this.hits, ...page];
    this.hasMore = data.search.pageInfo.hasNextPage;
    this.#end = data.search.pageInfo.endCursor;
    this.ready = true;
  }
}
