import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { connection, connectionTypes, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { Cursors } from '../../../platform/paging.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { TicketFilterInput } from '../../views/api/index.ts';
import { similarTickets } from '../similar-tickets.ts';
import { searchTickets, SearchSource, type Hit, type Snippet } from '../search-tickets.ts';

registerEnumType(SearchSource, { name: 'SearchSource', description: 'The part of a ticket in which words stand.' });

@ObjectType()
class SearchPiece {
  @Field(() => String) text!: string;
  @Field(() => Boolean, { description: 'Whether it is what was looked for.' }) isMatch!: boolean;
}

@ObjectType('SearchSnippet', { description: 'A few words around what was found, as plain text.' })
class SearchSnippetType implements Snippet {
  @Field(() => SearchSource) source!: SearchSource;
  @Field(() => [SearchPiece]) pieces!: readonly SearchPiece[];
}

@ObjectType('SearchHit')
class SearchHitType implements Pick<Hit, 'snippets'> {
  @Field(() => [SearchSnippetType], { description: 'Its subject, if words stand there, and the part in which most of them do.' })
  snippets!: readonly SearchSnippetType[];
}

/** By place: a search ranks at most some hundred tickets, as they are now. */
const placeCursors = new Cursors<number>('search', ['integer'], (place) => [place]);

const SearchConnection = connectionTypes('SearchHit', () => SearchHitType);

@Resolver()
export class SearchResolver {
  @Query(() => SearchConnection, {
    description:
      'The tickets you see in which all the words stand: in subject, description, messages, notes or the client’s name. `"a phrase"`, `-unwanted`; the last word may be begun. The best of the 200 newest matches come first.',
  })
  async search(
    @Arg('text', () => String) text: string,
    @Arg('filter', () => TicketFilterInput, { defaultValue: {} }) filter: TicketFilterInput,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Hit>> {
    const [place = '0'] = placeCursors.read('after', after) ?? [];
    const offset = Math.max(0, Number(place));
    const { hits, hasNext } = await searchTickets(scope, { text, filter, first, offset });
    const placeOf = new Map(hits.map((hit, index) => [hit, offset + index + 1]));
    return connection(hits, (hit) => placeCursors.of(placeOf.get(hit) ?? 0), { next: hasNext, previous: offset > 0 });
  }
}

@Resolver()
export class SimilarTicketsResolver {
  @Query(() => [TicketType], {
    description:
      'Tickets of a client that a new one may be a duplicate of, the most alike first: open or done of late, with a subject like it or its topic. At most 5.',
  })
  similarTickets(
    @Arg('requesterId', () => ID) requesterId: string,
    @Arg('subject', () => String) subject: string,
    @Arg('topicId', () => ID, { nullable: true }) topicId: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Ticket[]> {
    return similarTickets(scope, { requesterId, subject, topicId });
  }
}

@Resolver(() => SearchHitType)
export class SearchHitResolver {
  @FieldResolver(() => TicketType)
  ticket(@Root() { ticket }: Hit): Ticket {
    return ticket;
  }
}
