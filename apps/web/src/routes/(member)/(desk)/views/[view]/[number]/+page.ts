import { language } from '#lib/i18n/index.ts';
import { requireTicketNumber } from '#lib/views/address-parts.ts';

export const load = ({ params }: { params: { number: string } }) => {
  requireTicketNumber(params.number);
  return language.need('ticket');
};
