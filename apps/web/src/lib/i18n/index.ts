export { clockTime, count, duration, fullTime, relativeTime } from './format.ts';
export { language, locales, localized, t } from './i18n.svelte.ts';
