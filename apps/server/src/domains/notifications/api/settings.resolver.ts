import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import type { PushService } from '../../../platform/push/push-service.ts';
import {
  addPushDevice,
  muteLike,
  notificationSettings,
  removePushDevice,
  saveNotificationSettings,
  type NotificationSettings,
} from '../save-settings.ts';
import {
  NotificationMuteInput,
  NotificationMutePayload,
  NotificationSettingsPayload,
  NotificationSettingsSaveInput,
  NotificationSettingsType,
  PushDeviceAddInput,
  PushDeviceRemoveInput,
} from './settings.type.ts';

@Resolver()
export class NotificationSettingsResolver {
  constructor(private readonly push: PushService) {}

  @Query(() => NotificationSettingsType, { description: 'Yours.' })
  notificationSettings(@Ctx() { scope }: Context): Promise<NotificationSettings> {
    return notificationSettings(scope);
  }

  @Query(() => String, { description: 'The key that a browser subscribes to pushes with (applicationServerKey).' })
  pushKey(@Ctx() { scope }: Context): string {
    void scope;
    return this.push.publicKey;
  }

  @Mutation(() => NotificationSettingsPayload)
  @ReturnsUserErrors()
  async notificationSettingsSave(
    @Arg('input', () => NotificationSettingsSaveInput) input: NotificationSettingsSaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<NotificationSettingsPayload>> {
    return { settings: await saveNotificationSettings(scope, input) };
  }

  @Mutation(() => NotificationMutePayload, {
    description:
      'Changes the one setting because of which you got a notification: told of a ticket you watch, you are told of such only on your own.',
  })
  @ReturnsUserErrors()
  async notificationMute(
    @Arg('input', () => NotificationMuteInput) { notificationId }: NotificationMuteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<NotificationMutePayload>> {
    return muteLike(scope, notificationId);
  }

  @Mutation(() => NotificationSettingsPayload, { description: 'Pushes to the browser that asks, as long as you are signed in there.' })
  @ReturnsUserErrors()
  async pushDeviceAdd(
    @Arg('input', () => PushDeviceAddInput) input: PushDeviceAddInput,
    @Ctx() { scope, transport }: Context,
  ): Promise<Partial<NotificationSettingsPayload>> {
    return { settings: await addPushDevice(scope, this.push, transport.secret, input) };
  }

  @Mutation(() => NotificationSettingsPayload)
  @ReturnsUserErrors()
  async pushDeviceRemove(
    @Arg('input', () => PushDeviceRemoveInput) { endpoint }: PushDeviceRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<NotificationSettingsPayload>> {
    return { settings: await removePushDevice(scope, endpoint) };
  }
}
