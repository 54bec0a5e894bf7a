import type { Client } from '@urql/core';
import { PushDeviceAddDocument, PushDeviceRemoveDocument, type NotificationSettingsFragment } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';

export type PushState = 'UNKNOWN' | 'IMPOSSIBLE' | 'BLOCKED' | 'OFF' | 'ON';

/** Whether this browser is pushed to, and turning it on and off. */
export class PushSwitch {
  state = $state<PushState>('UNKNOWN');
  fault = $state<string | null>(null);

  constructor(
    private readonly client: Client,
    /** The desk's key, that browsers subscribe with. */
    private readonly key: () => string,
    private readonly onChanged: (settings: NotificationSettingsFragment) => void,
  ) {}

  async look(): Promise<void> {
    if (!('serviceWorker' in navigator) || !('PushManager' in window)) this.state = 'IMPOSSIBLE';
    else if (Notification.permission === 'denied') this.state = 'BLOCKED';
    else this.state = (await subscription()) ? 'ON' : 'OFF';
  }

  async turnOn(): Promise<void> {
    this.fault = null;
    try {
      if ((await Notification.requestPermission()) !== 'granted') return await this.look();
      await navigator.serviceWorker.register('/service-worker.js', { type: 'module' });
      const { pushManager } = await navigator.serviceWorker.ready;
      const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.key() });
      const { endpoint, keys } = made.toJSON();
      const input = { endpoint: endpoint ?? '', publicKey: keys?.p256dh ?? '', auth: keys?.auth ?? '' };
      const answer = (await mutate(this.client, PushDeviceAddDocument, { input }))?.pushDeviceAdd;
      if (answer?.settings) this.onChanged(answer.settings);
      else {
        // What the desk does not know of must not seem to be on.
        await made.unsubscribe();
        this.fault = answer?.userErrors[0]?.message ?? null;
      }
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
    await this.look();
  }

  async turnOff(): Promise<void> {
    const made = await subscription();
    if (made) {
      const answer = await mutate(this.client, PushDeviceRemoveDocument, { input: { endpoint: made.endpoint } });
      await made.unsubscribe();
      if (answer?.pushDeviceRemove.settings) this.onChanged(answer.pushDeviceRemove.settings);
    }
    await this.look();
  }
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
}
