export const WatcherEvent = { ADDED: 'watcher.added', REMOVED: 'watcher.removed' } as const;
