export { watcherIdsOf } from './find-watchers.ts';
export { addWatcher, endWatchingByMention, removeWatcher, watchByMention } from './watch-ticket.ts';
export { Watcher } from './watcher.entity.ts';
export { WatcherEvent } from './watcher.events.ts';
