import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({
  description: 'Something with an id of its own, which `node` finds.',
  // A type is named as its entity is.
  resolveType: (value: object) => value.constructor.name,
})
export abstract class Node {
  @Field(() => ID) id!: string;
}
