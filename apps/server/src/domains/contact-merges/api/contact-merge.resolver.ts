import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { ContactNotFoundType, ContactType } from '../../contacts/api/index.ts';
import { contactById, findContact, type Contact } from '../../contacts/index.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import type { ContactMerge } from '../contact-merge.entity.ts';
import { mergeContacts } from '../merge-contacts.ts';
import { mergesInto, unmergeContacts } from '../unmerge-contacts.ts';

@ObjectType('ContactMerge', { description: 'A card that became another, and can be taken out of it again for 30 days.' })
class ContactMergeType implements Pick<ContactMerge, 'id' | 'mergedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Date) mergedAt!: Date;
}

@InputType()
class ContactMergeInput {
  @Field(() => ID, { description: 'Whose tickets and addresses become the other’s.' }) sourceId!: string;
  @Field(() => ID) destinationId!: string;
}

@InputType()
class ContactUnmergeInput {
  @Field(() => ID) mergeId!: string;
}

@ObjectType('ContactUnmergeRefused', { implements: UserError })
class ContactUnmergeRefusedType extends UserError {}

const ContactMergeError = userErrorUnion('ContactMergeError', [ContactNotFoundType]);
const ContactUnmergeError = userErrorUnion('ContactUnmergeError', [ContactUnmergeRefusedType]);

@ObjectType()
class ContactMergePayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => ContactMergeType, { nullable: true }) merge?: ContactMerge | null;
  @Field(() => [ContactMergeError]) userErrors!: UserErrorData[];
}

@ObjectType()
class ContactUnmergePayload {
  @Field(() => ContactType, { nullable: true, description: 'The one who is on their own again.' }) contact?: Contact | null;
  @Field(() => [ContactUnmergeError]) userErrors!: UserErrorData[];
}

@Resolver(() => ContactMergeType)
export class ContactMergeResolver {
  @FieldResolver(() => ContactType, { nullable: true, description: 'Whose card it was.' })
  source(@Root() { sourceId }: ContactMerge, @Ctx() { scope }: Context): Promise<Contact | null> {
    return scope.load(contactById, sourceId);
  }

  @FieldResolver(() => MemberType, { nullable: true })
  mergedBy(@Root() { mergedById }: ContactMerge, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, mergedById);
  }

  @Mutation(() => ContactMergePayload, {
    description: 'Makes two cards of one person one. The source leads to the destination from then on.',
  })
  @ReturnsUserErrors()
  async contactMerge(
    @Arg('input', () => ContactMergeInput) input: ContactMergeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactMergePayload>> {
    const merge = await mergeContacts(scope, input);
    return { contact: await findContact(scope.fresh(), merge.destinationId), merge };
  }

  @Mutation(() => ContactUnmergePayload, {
    description: 'Makes two cards of one again: what came with one goes back where nobody has changed it since.',
  })
  @ReturnsUserErrors()
  async contactUnmerge(
    @Arg('input', () => ContactUnmergeInput) { mergeId }: ContactUnmergeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactUnmergePayload>> {
    const { id } = await unmergeContacts(scope, mergeId);
    return { contact: await findContact(scope.fresh(), id) };
  }
}

@Resolver(() => ContactType)
export class MergedContactResolver {
  @FieldResolver(() => [ContactMergeType], { description: 'Cards that became this one, where that can still be undone.' })
  mergedFrom(@Root() { id }: Contact, @Ctx() { scope }: Context): Promise<ContactMerge[]> {
    return mergesInto(scope, id);
  }
}
