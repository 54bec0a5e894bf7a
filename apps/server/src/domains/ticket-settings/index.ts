export { changeSettings, requireVersion } from './change-settings.ts';
export { SettingNotFound } from './settings.errors.ts';
