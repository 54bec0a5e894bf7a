export { WatcherResolver } from './watcher.resolver.ts';
