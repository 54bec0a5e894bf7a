import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { ContactNotFoundType, ContactType } from '../../contacts/api/index.ts';
import { findContact, type Contact } from '../../contacts/index.ts';
import { mergeContacts } from '../merge-contacts.ts';

@InputType()
class ContactMergeInput {
  @Field(() => ID, { description: 'Whose tickets and addresses become the other’s.' }) sourceId!: string;
  @Field(() => ID) destinationId!: string;
}

const ContactMergeError = userErrorUnion('ContactMergeError', [ContactNotFoundType]);

@ObjectType()
class ContactMergePayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => [ContactMergeError]) userErrors!: UserErrorData[];
}

@Resolver()
export class ContactMergeResolver {
  @Mutation(() => ContactMergePayload, {
    description: 'Makes two cards of one person one. The source leads to the destination from then on.',
  })
  @ReturnsUserErrors()
  async contactMerge(
    @Arg('input', () => ContactMergeInput) input: ContactMergeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactMergePayload>> {
    const { id } = await mergeContacts(scope, input);
    return { contact: await findContact(scope.fresh(), id) };
  }
}
