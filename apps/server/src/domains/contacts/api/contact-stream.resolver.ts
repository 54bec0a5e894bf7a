import { Arg, Ctx, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { StreamChange, streamChange } from '../../../graphql/change-stream.ts';
import { following, type Context } from '../../../graphql/context.ts';
import type { StreamedChange } from '../../../platform/live/change-stream.ts';
import { parseHead } from '../../../platform/live/stream-head.ts';
import type { Contact } from '../contact.entity.ts';
import { findContact } from '../find-contacts.ts';
import { streamContacts } from '../stream-contacts.ts';
import { ContactType } from './contact.type.ts';

@ObjectType({ description: 'A message of the stream of customers. One that was merged names the other in `mergedInto`.' })
class ContactChange extends StreamChange {
  @Field(() => ID, { nullable: true }) contactId!: string | null;
  @Field(() => ContactType, { nullable: true, description: 'As it is now.' }) contact!: Contact | null;
}

@Resolver()
export class ContactStreamResolver {
  @Subscription(() => ContactChange, {
    description: 'Customers that were created, changed, merged or erased, for API clients that keep a copy. Resumable.',
    subscribe: following<{ after?: string | null }>(({ args }) => streamContacts(parseHead(args.after))),
  })
  async contactsStreamed(
    @Arg('after', () => String, { nullable: true, description: 'The last position you have. Without one: from now on.' })
    _after: string | null,
    @Root() change: StreamedChange,
    @Ctx() { scope }: Context,
  ): Promise<ContactChange> {
    const { id } = change;
    return { ...streamChange(change), contactId: id, contact: id === null ? null : await findContact(scope, id) };
  }
}
