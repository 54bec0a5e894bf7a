import type { Locale } from '@baton/rules';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { Node } from '../../../graphql/node.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { ContactDatum } from '../contact-data.ts';
import type { Contact } from '../contact.entity.ts';
import type { EditContact } from '../edit-contact.ts';
import type { OrganizationFound } from '../find-contacts.ts';

@ObjectType('Contact', { simpleResolvers: true, implements: Node, description: 'A client.' })
export class ContactType implements Pick<
  Contact,
  'id' | 'name' | 'firstName' | 'lastName' | 'organization' | 'locale' | 'version' | 'createdAt'
> {
  @Field(() => Int, { description: 'Grows with every change of the card.' }) version!: number;
  @Field(() => Date) createdAt!: Date;
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'The displayed name: first and last name, if one of them is known.' }) name!: string;
  @Field(() => String, { nullable: true }) firstName!: string | null;
  @Field(() => String, { nullable: true }) lastName!: string | null;
  @Field(() => String, { nullable: true }) organization!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Language of emails and of the customer page: `en` or `uk`. Null = the default of the workspace.',
  })
  locale!: Locale | null;
}

@ObjectType('ContactDatum', { description: 'Something of a client that the card has no field for.' })
export class ContactDatumType implements ContactDatum {
  @Field(() => String) name!: string;
  @Field(() => String) value!: string;
}

@InputType()
class ContactDatumInput implements ContactDatum {
  @Field(() => String, { description: 'Once in a card.' }) name!: string;
  @Field(() => String, { description: 'At most 500 characters.' }) value!: string;
}

@ObjectType('Organization', { description: 'One that clients belong to.' })
export class OrganizationType implements OrganizationFound {
  @Field(() => String) name!: string;
  @Field(() => Int, { description: 'How many clients.' }) contacts!: number;
}

@InputType({ description: 'The card as a whole.' })
export class ContactEditInput implements EditContact {
  @Field(() => ID) contactId!: string;
  @Field(() => Int, { description: 'The version that the edit started from.' }) version!: number;
  @Field(() => String, { nullable: true, description: 'Required without a first and a last name; else made of them.' }) name?:
    string | null;
  @Field(() => String, { nullable: true }) firstName?: string | null;
  @Field(() => String, { nullable: true }) lastName?: string | null;
  @Field(() => [String], { description: 'All of them; letters go to the first.' }) emails!: string[];
  @Field(() => [String]) phones!: string[];
  @Field(() => String, { nullable: true }) organization?: string | null;
  @Field(() => String, { nullable: true }) externalId?: string | null;
  @Field(() => String, { nullable: true, description: 'Left out = as it is; null = the default of the workspace.' })
  locale?: string | null;
  @Field(() => String) notes!: string;
  @Field(() => [ContactDatumInput], { nullable: true, description: 'All of what the card has no field for; left out = as it is.' })
  data?: ContactDatumInput[] | null;
}

export const ContactConnection = connectionTypes('Contact', () => ContactType);

@InputType()
export class NewContactInput {
  @Field(() => String, { nullable: true, description: 'Required without a first and a last name; else made of them.' }) name?:
    string | null;
  @Field(() => String, { nullable: true }) firstName?: string | null;
  @Field(() => String, { nullable: true }) lastName?: string | null;
  @Field(() => String, { nullable: true }) email?: string | null;
  @Field(() => String, { nullable: true }) phone?: string | null;
  @Field(() => String, { nullable: true }) organization?: string | null;
  @Field(() => String, { nullable: true, description: 'Your own system’s id for them. Unique.' }) externalId?: string | null;
  @Field(() => String, { nullable: true, description: 'A language tag, such as `uk` or `en-GB`.' }) locale?: string | null;
  @Field(() => [ContactDatumInput], { nullable: true, description: 'What the card has no field for.' }) data?: ContactDatumInput[] | null;
}

@InputType()
export class ContactCreateInput extends NewContactInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@ObjectType('ContactExists', { implements: UserError })
class ContactExistsType extends UserError {
  @Field(() => ID) contactId!: string;
}

@ObjectType('ContactsDiffer', { implements: UserError, description: 'The e-mail address is one client’s and the external id another’s.' })
export class ContactsDifferType extends UserError {
  @Field(() => [ID]) contactIds!: string[];
}

@ObjectType('ContactConflict', { implements: UserError, description: 'Somebody else saved the client first. Nothing was overwritten.' })
class ContactConflictType extends UserError {
  @Field(() => Int, { description: 'The version that stands now.' }) version!: number;
}

@ObjectType('ContactNotFound', { implements: UserError })
export class ContactNotFoundType extends UserError {}

const ContactEditError = userErrorUnion('ContactEditError', [
  ContactExistsType,
  ContactsDifferType,
  ContactConflictType,
  ContactNotFoundType,
]);

@ObjectType()
export class ContactEditPayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => [ContactEditError]) userErrors!: UserErrorData[];
}

const ContactCreateError = userErrorUnion('ContactCreateError', [ContactExistsType, ContactsDifferType, IdempotencyKeyReusedType]);

@InputType()
export class ContactBlockInput {
  @Field(() => ID) contactId!: string;
  @Field(() => Boolean, { description: 'False lets them in again.' }) blocked!: boolean;
}

const ContactBlockError = userErrorUnion('ContactBlockError', [ContactNotFoundType]);

@ObjectType()
export class ContactBlockPayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => [ContactBlockError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class ContactCreatePayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => [ContactCreateError]) userErrors!: UserErrorData[];
}
