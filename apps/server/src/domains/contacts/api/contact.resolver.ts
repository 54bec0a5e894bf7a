import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import type { ContactDatum } from '../contact-data.ts';
import type { Contact } from '../contact.entity.ts';
import { addressesOf } from '../addresses.ts';
import { shownDetail, shownEmail, shownPhone } from '../contact.policy.ts';
import { blockContact } from '../block-contact.ts';
import { createContact } from '../create-contact.ts';
import { editContact } from '../edit-contact.ts';
import { contactCursors, contactById, findContact, findContacts, listOrganizations, type OrganizationFound } from '../find-contacts.ts';
import { followContact } from '../follow-contact.ts';
import {
  ContactBlockInput,
  ContactBlockPayload,
  ContactConnection,
  ContactCreateInput,
  ContactCreatePayload,
  ContactDatumType,
  ContactEditInput,
  ContactEditPayload,
  ContactType,
  OrganizationType,
} from './contact.type.ts';

@Resolver(() => ContactType)
export class ContactResolver {
  @Query(() => ContactConnection, {
    description: 'Clients by name or address, the best match first; without words all by name, page by page. At most 100 a page.',
  })
  async contacts(
    @Arg('search', () => String, { defaultValue: '' }) search: string,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('organization', () => String, { nullable: true, description: 'Of this one alone, by its name. Case and spacing do not matter.' })
    organization: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Contact>> {
    const { contacts, hasNext } = await findContacts(scope, { search, first, after, organization });
    return connection(contacts, contactCursors.of, { next: hasNext, previous: after != null });
  }

  @Query(() => [OrganizationType], { description: 'By name, those that begin with the words. At most 50.' })
  organizations(
    @Arg('search', () => String, { defaultValue: '' }) search: string,
    @Ctx() { scope }: Context,
  ): Promise<OrganizationFound[]> {
    return listOrganizations(scope, search);
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

  @FieldResolver(() => [String], {
    nullable: true,
    description: 'All of them, the first first; null for those who may not read client details.',
  })
  async emails(@Root() contact: Contact, @Ctx() { scope }: Context): Promise<string[] | null> {
    return shownDetail(scope.viewer, await addressesOf(scope, contact, 'EMAIL'));
  }

  @FieldResolver(() => [String], {
    nullable: true,
    description: 'All of them, the first first; null for those who may not read client details.',
  })
  async phones(@Root() contact: Contact, @Ctx() { scope }: Context): Promise<string[] | null> {
    return shownDetail(scope.viewer, await addressesOf(scope, contact, 'PHONE'));
  }

  @FieldResolver(() => String, { nullable: true, description: 'Null also for those who may not read client details.' })
  externalId(@Root() { externalId }: Contact, @Ctx() { scope }: Context): string | null {
    return shownDetail(scope.viewer, externalId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What colleagues should know; null for those who may not read client details.',
  })
  notes(@Root() { notes }: Contact, @Ctx() { scope }: Context): string | null {
    return shownDetail(scope.viewer, notes);
  }

  @FieldResolver(() => [ContactDatumType], {
    nullable: true,
    description: 'What the card has no field for, in its order; null for those who may not read client details.',
  })
  data(@Root() { data }: Contact, @Ctx() { scope }: Context): readonly ContactDatum[] | null {
    return shownDetail(scope.viewer, data);
  }

  @FieldResolver(() => ContactType, { nullable: true, description: 'The client that this one turned out to be.' })
  mergedInto(@Root() { mergedIntoId }: Contact, @Ctx() { scope }: Context): Promise<Contact | null> {
    return scope.load(contactById, mergedIntoId);
  }

  @Mutation(() => ContactEditPayload, { description: 'Saves a client’s card as a whole.' })
  @ReturnsUserErrors()
  async contactEdit(
    @Arg('input', () => ContactEditInput) input: ContactEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactEditPayload>> {
    const { id } = await editContact(scope, input);
    return { contact: await findContact(scope.fresh(), id) };
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: 'Since when nothing is taken from them; null also for those who may not read client details.',
  })
  blockedAt(@Root() { blockedAt }: Contact, @Ctx() { scope }: Context): Date | null {
    return shownDetail(scope.viewer, blockedAt);
  }

  @Mutation(() => ContactBlockPayload, { description: 'Takes nothing more from a client, or lets them in again.' })
  @ReturnsUserErrors()
  async contactBlock(
    @Arg('input', () => ContactBlockInput) input: ContactBlockInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactBlockPayload>> {
    const { id } = await blockContact(scope, input);
    return { contact: await findContact(scope.fresh(), id) };
  }

  @Subscription(() => ContactType, {
    nullable: true,
    description: 'The client as they are now and after each change of their card.',
    subscribe: following<{ id: string }>(({ args }) => followContact(args.id)),
  })
  contactChanged(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<Contact | null> {
    return findContact(scope, id);
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
