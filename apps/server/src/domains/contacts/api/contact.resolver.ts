import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import type { Contact } from '../contact.entity.ts';
import { shownEmail, shownPhone } from '../contact.policy.ts';
import { createContact } from '../create-contact.ts';
import { findContact, searchContacts } from '../find-contacts.ts';
import { ContactConnection, ContactCreateInput, ContactCreatePayload, ContactType } from './contact.type.ts';

@Resolver(() => ContactType)
export class ContactResolver {
  @Query(() => ContactConnection, { description: 'Clients by name or e-mail, the best match first. At most 50.' })
  async contacts(
    @Arg('search', () => String, { defaultValue: '' }) search: string,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Contact>> {
    return connection(await searchContacts(scope, search, first), (contact) => contact.id, {});
  }

  @Query(() => ContactType, { nullable: true })
  contact(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<Contact | null> {
    return findContact(scope, id);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Masked for those who may not read client details.' })
  email(@Root() contact: Contact, @Ctx() { scope }: Context): string | null {
    return shownEmail(scope.viewer, contact);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Masked for those who may not read client details.' })
  phone(@Root() contact: Contact, @Ctx() { scope }: Context): string | null {
    return shownPhone(scope.viewer, contact);
  }

  @Mutation(() => ContactCreatePayload)
  @ReturnsUserErrors()
  async contactCreate(
    @Arg('input', () => ContactCreateInput) input: ContactCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactCreatePayload>> {
    const { idempotencyKey: key, ...payload } = input;
    const id = await once(scope, { key, operation: 'contactCreate', payload }, async (tx) => (await createContact(tx, payload)).id);
    return { contact: await findContact(scope.fresh(), id) };
  }
}
