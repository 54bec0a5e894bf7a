import { Arg, Ctx, FieldResolver, Query, Resolver, Root, Subscription } from 'type-graphql';
import { following, type Context } from '../../../graphql/context.ts';
import { listStatuses, listTags, listTopics, topicById } from '../references.ts';
import { settingsChanged } from '../settings.events.ts';
import type { Names, Status, Tag, Topic } from '../status.entity.ts';
import { LocalizedName, StatusType, TagType, TopicType } from './ticket.type.ts';

/** The name in a language, in English where that language has none, or any that there is. */
function nameIn(names: Names, locale: string): string {
  return names[locale] ?? names.en ?? Object.values(names)[0] ?? '';
}

/** Names as they are kept. */
export function namesOf(names: readonly LocalizedName[]): Names {
  return Object.fromEntries(names.map(({ locale, text }) => [locale, text]));
}

export function allNames(names: Names): LocalizedName[] {
  return Object.entries(names).map(([locale, text]) => ({ locale, text }));
}

@Resolver(() => StatusType)
export class StatusResolver {
  @Query(() => [StatusType], { description: 'In the workspace’s order.' })
  statuses(@Ctx() { scope }: Context): Promise<Status[]> {
    return listStatuses(scope);
  }

  @FieldResolver(() => String)
  name(@Root() { name }: Status, @Arg('locale', () => String, { defaultValue: 'en' }) locale: string): string {
    return nameIn(name, locale);
  }

  @Subscription(() => Boolean, {
    description: 'Ticks whenever what tickets are made of changed: fields, topics, statuses, tags. Load them anew.',
    subscribe: following(() => ({
      topics: [settingsChanged],
      begin: () => Promise.resolve({ payloads: [true] }),
      step: (_scope, { events }) => Promise.resolve({ payloads: events.some(({ type }) => type === settingsChanged) ? [true] : [] }),
    })),
  })
  settingsChanged(): boolean {
    return true;
  }

  @FieldResolver(() => [LocalizedName])
  names(@Root() { name }: Status): LocalizedName[] {
    return allNames(name);
  }
}

@Resolver(() => TopicType)
export class TopicResolver {
  @Query(() => [TopicType], { description: 'In the workspace’s order.' })
  topics(@Ctx() { scope }: Context): Promise<Topic[]> {
    return listTopics(scope);
  }

  @Query(() => [TagType], { description: 'By name.' })
  tags(@Ctx() { scope }: Context): Promise<Tag[]> {
    return listTags(scope);
  }

  @FieldResolver(() => String)
  name(@Root() { name }: Topic, @Arg('locale', () => String, { defaultValue: 'en' }) locale: string): string {
    return nameIn(name, locale);
  }

  @FieldResolver(() => [LocalizedName])
  names(@Root() { name }: Topic): LocalizedName[] {
    return allNames(name);
  }

  @FieldResolver(() => TopicType, { nullable: true })
  parent(@Root() { parentId }: Topic, @Ctx() { scope }: Context): Promise<Topic | null> {
    return scope.load(topicById, parentId);
  }
}
