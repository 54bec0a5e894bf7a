export { watcherIdsOf } from './find-watchers.ts';
export { addWatcher, removeWatcher } from './watch-ticket.ts';
export { Watcher } from './watcher.entity.ts';
export { WatcherEvent } from './watcher.events.ts';
