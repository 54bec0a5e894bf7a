import { FieldResolver, Resolver, Root } from 'type-graphql';
import { allNames, LocalizedName } from '../../tickets/api/index.ts';
import type { Lifecycle } from '../save-lifecycle.ts';
import { LifecycleType } from './settings.type.ts';

@Resolver(() => LifecycleType)
export class LifecycleResolver {
  @FieldResolver(() => [LocalizedName], {
    description: 'Email to the customer when a ticket is closed, {days} as in reopenDays. The built-in text where a language is missing.',
  })
  closeNotices(@Root() { closeNotices }: Lifecycle): LocalizedName[] {
    return allNames(closeNotices);
  }

  @FieldResolver(() => [LocalizedName], {
    description: 'Email before a waiting ticket is closed, {days} as in staleCloseDays. The built-in text where a language is missing.',
  })
  staleNotices(@Root() { staleNotices }: Lifecycle): LocalizedName[] {
    return allNames(staleNotices);
  }
}
