export { clockTime, count, duration, fileSize, fullTime, hoursAndMinutes, relativeTime } from './format.ts';
export { language, locales, localized, t, type Locale, type MessageKey } from './i18n.svelte.ts';
