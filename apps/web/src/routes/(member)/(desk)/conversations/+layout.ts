import { language } from '#lib/i18n/index.ts';

export const load = () => Promise.all([language.need('contacts'), language.need('ticket')]);
