export { SettingStreamResolver } from './setting-stream.resolver.ts';
export { SettingHistoryResolver, SettingVersionResolver } from './setting-history.resolver.ts';
