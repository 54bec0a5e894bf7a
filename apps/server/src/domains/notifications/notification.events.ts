export const NotificationEvent = { ADDED: 'notification.added' } as const;
export const NotificationReadEvent = 'notification.read';
