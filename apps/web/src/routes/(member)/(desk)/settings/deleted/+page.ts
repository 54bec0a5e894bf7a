import { language } from '#lib/i18n/index.ts';

/** The texts of the activity log. */
export const load = () => language.need('ticket');
