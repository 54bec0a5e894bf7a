import { Arg, Ctx, Extensions, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { ContactType } from '../../contacts/api/index.ts';
import type { Contact } from '../../contacts/index.ts';
import { ConfirmationNeededType } from '../../identity/api/index.ts';
import { requireConfirmed } from '../../identity/index.ts';
import { ReferenceNotFoundType } from '../../tickets/api/index.ts';
import { eraseContact } from '../erase-contact.ts';
import { exportContact } from '../export-contact.ts';

@InputType()
class ContactDataInput {
  @Field(() => ID) contactId!: string;
}

const ContactDataError = userErrorUnion('ContactDataError', [ReferenceNotFoundType, ConfirmationNeededType]);

@ObjectType()
class ContactExportPayload {
  @Field(() => String, { nullable: true, description: 'JSON, to be given to the client. It holds no notes.' }) document?: string;
  @Field(() => [ContactDataError]) userErrors!: UserErrorData[];
}

@ObjectType()
class ContactErasePayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact;
  @Field(() => [ContactDataError]) userErrors!: UserErrorData[];
}

@Resolver()
export class PrivacyResolver {
  @Extensions({ cost: 4000 })
  @Mutation(() => ContactExportPayload, { description: 'All that is kept of a client and is theirs to have.' })
  @ReturnsUserErrors()
  async contactExport(
    @Arg('input', () => ContactDataInput) { contactId }: ContactDataInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactExportPayload>> {
    requireConfirmed(scope);
    return { document: await exportContact(scope, contactId) };
  }

  @Mutation(() => ContactErasePayload, {
    description: 'Takes away who a client is and what they wrote, with the notes on their tickets. It cannot be undone.',
  })
  @ReturnsUserErrors()
  async contactErase(
    @Arg('input', () => ContactDataInput) { contactId }: ContactDataInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ContactErasePayload>> {
    requireConfirmed(scope);
    return { contact: await eraseContact(scope, contactId) };
  }
}
