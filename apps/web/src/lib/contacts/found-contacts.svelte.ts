import type { Client } from '@urql/core';
import { ContactsDocument, type ContactsQuery } from '#lib/graphql/generated/graphql.ts';

export type FoundContact = ContactsQuery['contacts']['edges'][number]['node'];

/** What is typed is asked for once it has rested for so long. */
const restMs = 120;

/** The clients whom some words name, the best match first. An answer that was overtaken is dropped. Make it in a component. */
export class FoundContacts {
  found = $state.raw<readonly FoundContact[]>([]);

  constructor(client: Client, text: () => string) {
    const search = $derived(text().trim());
    $effect(() => {
      const asked = search;
      if (asked === '') {
        this.found = [];
        return;
      }
      let overtaken = false;
      const timer = setTimeout(async () => {
        const { data } = await client.query(ContactsDocument, { search: asked }, { requestPolicy: 'network-only' }).toPromise();
        if (!overtaken && data) this.found = data.contacts.edges.map(({ node }) => node);
      }, restMs);
      return () => {
        overtaken = true;
        clearTimeout(timer);
      };
    });
  }
}
