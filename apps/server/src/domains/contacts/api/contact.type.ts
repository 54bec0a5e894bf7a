import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { Node } from '../../../graphql/node.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { Contact } from '../contact.entity.ts';

@ObjectType('Contact', { implements: Node, description: 'A client.' })
export class ContactType implements Pick<Contact, 'id' | 'name' | 'organization'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) organization!: string | null;
}

export const ContactConnection = connectionTypes('Contact', () => ContactType);

@InputType()
export class NewContactInput {
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) email?: string | null;
  @Field(() => String, { nullable: true }) phone?: string | null;
  @Field(() => String, { nullable: true }) organization?: string | null;
  @Field(() => String, { nullable: true, description: 'Your own system’s id for them. Unique.' }) externalId?: string | null;
}

@InputType()
export class ContactCreateInput extends NewContactInput {
  @Field(() => String, { nullable: true, description: 'Of your choice, 8 to 100 characters: asked again with it, nothing is made twice.' })
  idempotencyKey?: string | null;
}

@ObjectType('ContactExists', { implements: UserError })
export class ContactExistsType extends UserError {
  @Field(() => ID) contactId!: string;
}

const ContactCreateError = userErrorUnion('ContactCreateError', [ContactExistsType, IdempotencyKeyReusedType]);

@ObjectType()
export class ContactCreatePayload {
  @Field(() => ContactType, { nullable: true }) contact?: Contact | null;
  @Field(() => [ContactCreateError]) userErrors!: UserErrorData[];
}
