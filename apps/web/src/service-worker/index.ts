/** Shows what the desk pushes to this browser, also while no page of it is open. Keeps nothing and answers no request. */
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

interface Message {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly tag: string;
}

worker.addEventListener('push', (event) => {
  const { title, body, url, tag } = event.data?.json() as Message;
  event.waitUntil(worker.registration.showNotification(title, { body, tag, data: url, icon: '/favicon.svg' }));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(String(event.notification.data)));
});

/** In a page of the desk that is open already, or in a new one. */
async function open(url: string): Promise<void> {
  const [page] = await worker.clients.matchAll({ type: 'window' });
  if (!page) return void (await worker.clients.openWindow(url));
  await page.focus();
  await page.navigate(url);
}
