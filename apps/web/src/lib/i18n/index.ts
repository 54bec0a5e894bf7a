export { clockTime, count, duration, fileSize, fullTime, relativeTime } from './format.ts';
export { language, locales, localized, t, type Locale, type MessageKey } from './i18n.svelte.ts';
