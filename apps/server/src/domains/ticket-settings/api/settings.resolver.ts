import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Priority } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { allNames, namesOf } from '../../tickets/api/index.ts';
import { statusById, topicById } from '../../tickets/index.ts';
import { namePriorities, priorityNames, type PriorityNames } from '../name-priorities.ts';
import { findLifecycle, saveLifecycle, type Lifecycle } from '../save-lifecycle.ts';
import { createStatus, deleteStatus, editStatus, orderStatuses } from '../save-status.ts';
import { deleteTag, renameTag } from '../save-tag.ts';
import { createTopic, deleteTopic, editTopic, orderTopics } from '../save-topic.ts';
import {
  LifecycleSaveInput,
  LifecycleSavePayload,
  LifecycleType,
  PrioritiesNameInput,
  PrioritiesNamePayload,
  PriorityName,
  StatusCreateInput,
  StatusDeleteInput,
  StatusEditInput,
  StatusesOrderInput,
  StatusesOrderPayload,
  StatusSavePayload,
  TagDeleteInput,
  TagRenameInput,
  TagSavePayload,
  TopicCreateInput,
  TopicDeleteInput,
  TopicEditInput,
  TopicSavePayload,
  TopicsOrderInput,
  TopicsOrderPayload,
} from './settings.type.ts';

const shown = (names: PriorityNames): PriorityName[] =>
  Object.entries(names).map(([priority, own]) => ({ priority: priority as Priority, names: allNames(own) }));

/** What tickets are made of, for those who set up the desk. */
@Resolver()
export class TicketSettingsResolver {
  @Query(() => LifecycleType)
  lifecycle(@Ctx() { scope }: Context): Promise<Lifecycle> {
    return findLifecycle(scope);
  }

  @Mutation(() => LifecycleSavePayload)
  @ReturnsUserErrors()
  async lifecycleSave(
    @Arg('input', () => LifecycleSaveInput) input: LifecycleSaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<LifecycleSavePayload>> {
    const { closeNotices, staleNotices, ...rest } = input;
    const notices = { closeNotices: namesOf(closeNotices), staleNotices: namesOf(staleNotices) };
    return { lifecycle: await saveLifecycle(scope, { ...rest, ...notices }) };
  }

  @Mutation(() => TopicSavePayload)
  @ReturnsUserErrors()
  async topicCreate(
    @Arg('input', () => TopicCreateInput) { idempotencyKey: key, ...input }: TopicCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TopicSavePayload>> {
    const wanted = { ...input, names: namesOf(input.names) };
    const id = await once(scope, { key, operation: 'topicCreate', payload: wanted }, async (tx) => (await createTopic(tx, wanted)).id);
    return { topic: await scope.fresh().load(topicById, id) };
  }

  @Mutation(() => TopicSavePayload)
  @ReturnsUserErrors()
  async topicEdit(
    @Arg('input', () => TopicEditInput) input: TopicEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TopicSavePayload>> {
    return { topic: await editTopic(scope, { ...input, names: namesOf(input.names) }) };
  }

  @Mutation(() => TopicSavePayload, { description: 'Refused while tickets have it or topics are under it.' })
  @ReturnsUserErrors()
  async topicDelete(
    @Arg('input', () => TopicDeleteInput) { topicId }: TopicDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TopicSavePayload>> {
    return { topic: await deleteTopic(scope, topicId) };
  }

  @Mutation(() => TopicsOrderPayload)
  @ReturnsUserErrors()
  async topicsOrder(
    @Arg('input', () => TopicsOrderInput) { topicIds }: TopicsOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TopicsOrderPayload>> {
    return { topics: await orderTopics(scope, topicIds) };
  }

  @Mutation(() => StatusSavePayload)
  @ReturnsUserErrors()
  async statusCreate(
    @Arg('input', () => StatusCreateInput) { idempotencyKey: key, ...input }: StatusCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<StatusSavePayload>> {
    const wanted = { ...input, names: namesOf(input.names) };
    const id = await once(scope, { key, operation: 'statusCreate', payload: wanted }, async (tx) => (await createStatus(tx, wanted)).id);
    return { status: await scope.fresh().load(statusById, id) };
  }

  @Mutation(() => StatusSavePayload)
  @ReturnsUserErrors()
  async statusEdit(
    @Arg('input', () => StatusEditInput) input: StatusEditInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<StatusSavePayload>> {
    return { status: await editStatus(scope, { ...input, names: namesOf(input.names) }) };
  }

  @Mutation(() => StatusSavePayload, { description: 'Refused while tickets have it, and for the last of a category.' })
  @ReturnsUserErrors()
  async statusDelete(
    @Arg('input', () => StatusDeleteInput) { statusId }: StatusDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<StatusSavePayload>> {
    return { status: await deleteStatus(scope, statusId) };
  }

  @Mutation(() => StatusesOrderPayload)
  @ReturnsUserErrors()
  async statusesOrder(
    @Arg('input', () => StatusesOrderInput) { statusIds }: StatusesOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<StatusesOrderPayload>> {
    return { statuses: await orderStatuses(scope, statusIds) };
  }

  @Mutation(() => TagSavePayload)
  @ReturnsUserErrors()
  async tagRename(@Arg('input', () => TagRenameInput) input: TagRenameInput, @Ctx() { scope }: Context): Promise<Partial<TagSavePayload>> {
    return { tag: await renameTag(scope, { ...input, version: input.version ?? null }) };
  }

  @Mutation(() => TagSavePayload, { description: 'Refused while tickets have it.' })
  @ReturnsUserErrors()
  async tagDelete(
    @Arg('input', () => TagDeleteInput) { tagId }: TagDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TagSavePayload>> {
    return { tag: await deleteTag(scope, tagId) };
  }

  @Query(() => [PriorityName], { description: 'The names of the workspace’s own; a priority without one has the usual.' })
  async priorityNames(@Ctx() { scope }: Context): Promise<PriorityName[]> {
    return shown(await priorityNames(scope));
  }

  @Mutation(() => PrioritiesNamePayload)
  @ReturnsUserErrors()
  async prioritiesName(
    @Arg('input', () => PrioritiesNameInput) { names, version }: PrioritiesNameInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<PrioritiesNamePayload>> {
    const wanted: PriorityNames = Object.fromEntries(names.map(({ priority, names: own }) => [priority, namesOf(own)]));
    return { priorityNames: shown(await namePriorities(scope, { names: wanted, version: version ?? null })) };
  }
}
