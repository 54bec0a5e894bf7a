import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { findContact } from './domains/contacts/index.ts';
import { findMember } from './domains/identity/index.ts';
import { findMessage } from './domains/conversations/index.ts';
import { findNote } from './domains/notes/index.ts';
import { findTicket } from './domains/tickets/index.ts';
import type { Context } from './graphql/context.ts';
import { Node } from './graphql/node.ts';
import { isId } from './kernel/id.ts';
import type { Scope } from './platform/scope.ts';

type Finder = (scope: Scope, id: string) => Promise<object | null>;

/** Each asks its own policy; ids are unique across all of them. */
const finders: readonly Finder[] = [findTicket, findContact, findMember, findMessage, findNote];

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'A ticket, contact, member or note by its id; null for missing and for not yours to see.',
  })
  async node(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<object | null> {
    if (!isId(id)) return null;
    const found = await Promise.all(finders.map((find) => find(scope, id)));
    return found.find((one) => one !== null) ?? null;
  }
}
