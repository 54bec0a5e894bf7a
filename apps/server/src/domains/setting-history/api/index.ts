export { SettingHistoryResolver, SettingVersionResolver } from './setting-history.resolver.ts';
